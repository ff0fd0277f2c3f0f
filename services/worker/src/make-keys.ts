import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { generateKeyring, keyringText, parseKeyring, publicHalf } from '@drayage/core/keyring'

// Makes the secrets of an installation, once, as files that `NAME_FILE` settings name: `pnpm keys <folder>`.
// What is there already stays as it is, so that keys which open what was sealed are never lost to a second run.

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('pnpm keys <folder>')
  process.exit(2)
}
// Nobody else gets into the folder; whoever is handed a file out of it, such as a container under its own user, reads it.
await mkdir(folder, { recursive: true, mode: 0o700 })
await chmod(folder, 0o700)
const password = await kept('database-password', () => randomBytes(24).toString('base64url'))
await kept('database-url', () => `postgres://drayage:${password}@postgres/drayage`)
const keyring = await kept('secrets-keyring', generateKeyring)
await kept('secrets-keyring-public', () => keyringText(publicHalf(parseKeyring(keyring))))
await kept('api-keyring', generateApiKeyring)
console.log(`The secrets are in ${resolve(folder)}. Keep a copy of them where the backups of the database are not.`)

async function kept(name: string, make: () => string): Promise<string> {
  const path = join(folder as string, name)
  try {
    await writeFile(path, make(), { mode: 0o444, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFile(path, 'utf8')
}
