import { accessSync, constants } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Where `test/servers/fetch` unpacks servers whose packages cannot be installed beside one another. */
const unpacked = process.env.DRAYAGE_TEST_SERVERS ?? join(homedir(), '.cache/drayage/test-servers')

/** A program of a Debian package, installed or only unpacked. */
export function findProgram(path: string): string | undefined {
  return [path, join(unpacked, path)].find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Why a server cannot take part; undefined where it can. */
export function missingServer(options: { path: string; package: string }): string | undefined {
  if (findProgram(options.path) === undefined) return `there is no ${options.path}; run test/servers/fetch, or install ${options.package}`
  // They log somebody in, which means to become somebody else.
  return userInfo().uid === 0 ? undefined : 'it has to be started by root'
}
