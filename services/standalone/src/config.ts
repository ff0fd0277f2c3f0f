import { type Environment, readSettings, settings } from '@drayage/core/settings'

/**
 * What the standalone service needs to know: every setting has a value that works, until DATABASE_URL names a database
 * whose secrets must outlive this folder. Throws `settings.invalid`, naming all that is wrong.
 */
export function readConfig(env: Environment = process.env) {
  const embedded = !env.DATABASE_URL && !env.DATABASE_URL_FILE
  const { DATABASE_URL, ENVIRONMENT, SECRETS_KEYRING, API_KEYRING, SMTP_URL, MAIL_FROM } = settings
  const given = readSettings(
    {
      ...settings,
      DATABASE_URL: DATABASE_URL.optional(),
      ENVIRONMENT: embedded ? ENVIRONMENT.default('sandbox') : ENVIRONMENT,
      SECRETS_KEYRING: embedded ? SECRETS_KEYRING.optional() : SECRETS_KEYRING,
      API_KEYRING: embedded ? API_KEYRING.optional() : API_KEYRING,
      SMTP_URL: SMTP_URL.optional(),
      MAIL_FROM: MAIL_FROM.default('drayage@example.com'),
    },
    env,
  )
  return { ...given, env }
}

export type Config = ReturnType<typeof readConfig>

/** The environment of a service that we start: as ours, with these settings, or none, in place of whatever was given. */
export function serviceEnvironment(env: Environment, set: Environment): Environment {
  const cleared = Object.fromEntries(Object.keys(set).map((name) => [`${name}_FILE`, undefined]))
  return { ...env, ...cleared, ...set }
}
