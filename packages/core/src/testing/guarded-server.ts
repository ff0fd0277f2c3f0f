import { type MemoryServer, memoryServer } from '../remotes/memory.ts'
import type { Endpoint, OpenedRemote } from '../remotes/remote.ts'
import { remoteFault } from '../remotes/remote-faults.ts'

/** A server in memory behind a host key and a password, as an SFTP server is. */
export type GuardedServer = MemoryServer & {
  hostKey: { type: string; fingerprint: string }
  password: string
  /** Everyone who came with a password, and which one; nobody does who was stopped by the host key. */
  logins: { host: string; username: string; password: string | undefined }[]
  openRemote(endpoint: Endpoint): Promise<OpenedRemote>
}

export const fingerprint = (letter: string) => `SHA256:${letter.repeat(43)}`

export function guardedServer(): GuardedServer {
  const server: GuardedServer = Object.assign(memoryServer(), {
    hostKey: { type: 'ssh-ed25519', fingerprint: fingerprint('a') },
    password: 'right',
    logins: [] as GuardedServer['logins'],
    openRemote: async ({ host, username, password, trustedHostKeys }: Endpoint) => {
      const trusted = trustedHostKeys.includes(server.hostKey.fingerprint)
      const hostKey = { ...server.hostKey, trusted }
      if (!trusted)
        throw remoteFault(trustedHostKeys.length > 0 ? 'remote.host_key_changed' : 'remote.host_key_unknown', { observedHostKey: hostKey })
      server.logins.push({ host, username, password })
      if (password !== server.password) throw remoteFault('remote.login_refused')
      return { remote: server.open(), hostKey }
    },
  })
  return server
}
