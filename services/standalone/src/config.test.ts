import { expect, test } from 'vitest'
import { readConfig, serviceEnvironment } from './config.ts'

test('without a database of its own everything has a value that works', () => {
  expect(readConfig({})).toMatchObject({ DATA_DIR: '.drayage', PORT: 3000, ENVIRONMENT: 'sandbox', DATABASE_URL: undefined })
})

test('a given database needs to be told the environment and the keyring', () => {
  expect(() => readConfig({ DATABASE_URL: 'postgres://drayage@127.0.0.1/drayage' })).toThrow(
    /ENVIRONMENT is not set.*SECRETS_KEYRING is not set/s,
  )
})

test('what is set for a service stands above what was given, as a value or as a file', () => {
  const env = serviceEnvironment({ PORT: '1', SMTP_URL_FILE: '/given', PATH: '/bin' }, { PORT: '2', SMTP_URL: 'smtp://127.0.0.1' })
  expect(env).toEqual({ PORT: '2', PORT_FILE: undefined, SMTP_URL: 'smtp://127.0.0.1', SMTP_URL_FILE: undefined, PATH: '/bin' })
})
