import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Endpoint } from '@drayage/core/remotes/remote'

/** SSH servers on 127.0.0.1 with nothing but empty folders, in a process of their own: what most looks find. */
export type ManySsh = AsyncDisposable & {
  /** Each lets in anybody with the password. */
  endpoints: (Endpoint & { password: string })[]
  /** The looks since it was last asked. */
  looks(): Promise<Look[]>
}

/** A folder was opened: by whom, and when by the machine's clock, in milliseconds. */
export type Look = { username: string; at: number }

export type ManySshReady = { ports: number[]; fingerprint: string; password: string }

export async function startManySsh({ servers }: { servers: number }): Promise<ManySsh> {
  const child = fork(fileURLToPath(new URL('many-ssh-process.ts', import.meta.url)), [String(servers)], { serialization: 'advanced' })
  const [{ ports, fingerprint, password }] = (await once(child, 'message')) as [ManySshReady]
  return {
    endpoints: ports.map((port) => ({
      protocol: 'sftp',
      host: '127.0.0.1',
      port,
      username: 'anybody',
      password,
      trustedHostKeys: [fingerprint],
      tlsMode: 'explicit',
      transferMode: 'passive',
      algorithms: 'default',
    })),
    looks: async () => {
      child.send('looks')
      const [looks] = (await once(child, 'message')) as [Look[]]
      return looks
    },
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
