import { type Environment, readSettings, settings } from '@drayage/core/settings'

const { DATABASE_URL, HOST, PORT, PUBLIC_URL, ENVIRONMENT, ROOT_FOLDER, EGRESS_ADDRESSES, MAIL_FROM, LOG_LEVEL } = settings
const { SECRETS_KEYRING, API_KEYRING, BOOTSTRAP_EMAIL, BOOTSTRAP_PASSWORD, MAX_FILE_BYTES, RETENTION_DAYS, LEASE_SECONDS } = settings
const { CORS_ORIGINS, TRUSTED_PROXIES, RATE_LIMIT_REQUESTS, RATE_LIMIT_LOG_INS } = settings

/** What the API needs to know. Throws `settings.invalid`, naming all that is wrong. */
export function readConfig(env: Environment = process.env) {
  return readSettings(
    {
      DATABASE_URL,
      HOST,
      PORT,
      PUBLIC_URL,
      ENVIRONMENT,
      ROOT_FOLDER,
      EGRESS_ADDRESSES,
      SECRETS_KEYRING,
      API_KEYRING,
      BOOTSTRAP_EMAIL,
      BOOTSTRAP_PASSWORD,
      MAX_FILE_BYTES,
      RETENTION_DAYS,
      LEASE_SECONDS,
      MAIL_FROM,
      CORS_ORIGINS,
      TRUSTED_PROXIES,
      RATE_LIMIT_REQUESTS,
      RATE_LIMIT_LOG_INS,
      LOG_LEVEL,
    },
    env,
  )
}

export type Config = ReturnType<typeof readConfig>
