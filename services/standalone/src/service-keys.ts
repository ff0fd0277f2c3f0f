import { join } from 'node:path'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { generateKeyring, type Keyring, keyringText, parseKeyring, publicHalf } from '@drayage/core/keyring'
import type { Environment } from '@drayage/core/settings'
import { type Config, serviceEnvironment } from './config.ts'
import { keptFile } from './kept-file.ts'

export type ServiceKeys = {
  /** Seals secrets and opens none: for whoever does what the API does. */
  sealing: Keyring
  workerEnv: Environment
  apiEnv: Environment
}

/**
 * Who holds which keys, as the environment of each service: workers open secrets, the API seals them and knows people,
 * and neither has the keys of the other. Keys that were not given are made up once and kept in `folder`.
 */
export async function serviceKeys(config: Config, { env, folder }: { env: Environment; folder: string }): Promise<ServiceKeys> {
  const whole = config.SECRETS_KEYRING ?? parseKeyring(await keptFile(join(folder, 'secrets-keyring'), generateKeyring))
  const sealing = publicHalf(whole)
  const apiKeyring = config.API_KEYRING === undefined ? await keptFile(join(folder, 'api-keyring'), generateApiKeyring) : undefined
  return {
    sealing,
    workerEnv: serviceEnvironment(env, { SECRETS_KEYRING: keyringText(whole), API_KEYRING: undefined }),
    apiEnv: serviceEnvironment(env, {
      SECRETS_KEYRING: keyringText(sealing),
      ...(apiKeyring !== undefined && { API_KEYRING: apiKeyring }),
    }),
  }
}
