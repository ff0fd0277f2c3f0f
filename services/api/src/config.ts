import { type Environment, readSettings, settings } from '@drayage/core/settings'

const { DATABASE_URL, HOST, PORT, ENVIRONMENT, EGRESS_ADDRESSES, LOG_LEVEL } = settings

/** What the API needs to know. Throws `settings.invalid`, naming all that is wrong. */
export function readConfig(env: Environment = process.env) {
  return readSettings({ DATABASE_URL, HOST, PORT, ENVIRONMENT, EGRESS_ADDRESSES, LOG_LEVEL }, env)
}

export type Config = ReturnType<typeof readConfig>
