import { type Environment, readSettings, settings } from '@drayage/core/settings'

const { DATABASE_URL, ENVIRONMENT, ROOT_FOLDER, EGRESS_ALLOW_CIDRS, SECRETS_KEYRING, RETENTION_DAYS, MAX_FILE_BYTES } = settings
const {
  ACTIVE_MODE_ADDRESS,
  ACTIVE_MODE_PORTS,
  SMTP_URL,
  MAIL_FROM,
  PUBLIC_URL,
  WORKER_CONCURRENCY,
  WARM_SESSIONS,
  LEASE_SECONDS,
  LOG_LEVEL,
} = settings
const { METRICS_PORT, HOST } = settings

/** What a worker needs to know. Throws `settings.invalid`, naming all that is wrong. */
export function readConfig(env: Environment = process.env) {
  return readSettings(
    {
      DATABASE_URL,
      ENVIRONMENT,
      ROOT_FOLDER,
      EGRESS_ALLOW_CIDRS,
      ACTIVE_MODE_ADDRESS,
      ACTIVE_MODE_PORTS,
      SECRETS_KEYRING,
      RETENTION_DAYS,
      MAX_FILE_BYTES,
      SMTP_URL,
      MAIL_FROM,
      PUBLIC_URL,
      WORKER_CONCURRENCY,
      WARM_SESSIONS,
      LEASE_SECONDS,
      METRICS_PORT,
      HOST,
      LOG_LEVEL,
    },
    env,
  )
}

export type Config = ReturnType<typeof readConfig>

export function readMigrationConfig(env: Environment = process.env) {
  return readSettings({ DATABASE_URL }, env)
}

export function readAuditConfig(env: Environment = process.env) {
  return readSettings({ DATABASE_URL, API_KEYRING: settings.API_KEYRING }, env)
}
