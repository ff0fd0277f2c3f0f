import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { generateKeyring } from '@drayage/core/keyring'
import { type Environment, readSettings, settings } from '@drayage/core/settings'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { serviceKeys } from './service-keys.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drayage-keys-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const { SECRETS_KEYRING, API_KEYRING } = settings
const database = { DATABASE_URL: 'postgres://drayage@127.0.0.1/drayage', ENVIRONMENT: 'sandbox' }
const written = async (name: string, text: string) => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}
const environments: [string, () => Promise<Environment>][] = [
  ['made up', async () => ({})],
  ['given', async () => ({ ...database, SECRETS_KEYRING: generateKeyring(), API_KEYRING: generateApiKeyring() })],
  [
    'given in files',
    async () => ({
      ...database,
      SECRETS_KEYRING_FILE: await written('secrets', generateKeyring()),
      API_KEYRING_FILE: await written('api', generateApiKeyring()),
    }),
  ],
]

test.each(environments)('with keys that are %s, only workers open secrets, and only the API knows people', async (_, environment) => {
  const env = await environment()
  const { sealing, workerEnv, apiEnv } = await serviceKeys(readConfig(env), { env, folder: join(folder, 'keys') })
  const worker = readSettings({ SECRETS_KEYRING, API_KEYRING: API_KEYRING.optional() }, workerEnv)
  const api = readSettings({ SECRETS_KEYRING, API_KEYRING }, apiEnv)
  expect(worker.API_KEYRING).toBeUndefined()
  expect(worker.SECRETS_KEYRING.keys.map((key) => key.privateKey !== undefined)).toEqual([true])
  expect(api.SECRETS_KEYRING).toEqual(sealing)
  const { digestKey, keys } = worker.SECRETS_KEYRING
  expect(sealing).toEqual({ digestKey, keys: keys.map(({ id, publicKey }) => ({ id, publicKey })) })
})

test('keys that were made up are those of the next start', async () => {
  const keysOf = async () => (await serviceKeys(readConfig({}), { env: {}, folder: join(folder, 'kept') })).sealing
  expect(await keysOf()).toEqual(await keysOf())
})
