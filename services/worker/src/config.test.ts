import { generateKeyring } from '@drayage/core/keyring'
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const env = {
  DATABASE_URL: 'postgres://drayage@127.0.0.1/drayage',
  ENVIRONMENT: 'production',
  SECRETS_KEYRING: generateKeyring(),
  SMTP_URL: 'smtp://127.0.0.1:25',
  MAIL_FROM: 'drayage@example.com',
}

test('with what is required, the rest has its defaults', () => {
  expect(readConfig(env)).toMatchObject({ WORKER_CONCURRENCY: 8, RETENTION_DAYS: 90, ROOT_FOLDER: 'CLEARTAX', EGRESS_ALLOW_CIDRS: [] })
})

test('all that is missing or wrong is named at once', () => {
  const read = () => readConfig({ ...env, SMTP_URL: '', WORKER_CONCURRENCY: 'many', SECRETS_KEYRING: 'secret' })
  expect(read).toThrow(/SECRETS_KEYRING is wrong.*SMTP_URL is not set.*WORKER_CONCURRENCY is not a whole number/s)
})
