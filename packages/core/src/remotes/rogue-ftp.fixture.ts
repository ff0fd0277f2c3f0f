import { afterAll, beforeAll, beforeEach, vi } from 'vitest'
import { type CertificateName, type FtpBehaviour, type FtpCall, type RogueFtp, startRogueFtp } from '../../../../test/servers/rogue-ftp.ts'
import { createEgress } from './egress.ts'
import { collect } from './fixture.conformance.ts'
import { openRemote } from './open-remote.ts'
import { type Endpoint, type Remote, type RemoteLimits, remoteLimits } from './remote.ts'

/** FTP and FTPS with a server that does what no honest one does, anew for each test. */
export function rogueFtp() {
  let server: RogueFtp
  beforeAll(async () => {
    server = await startRogueFtp()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  beforeEach(() => {
    server.behaviour = {}
    server.dropConnections()
    server.commands.length = 0
    server.files.clear()
    server.files.set('/base/order.csv', Buffer.from('a;b;c'))
  })

  const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
  const active = { address: '127.0.0.1', ports: { from: 43_000, to: 43_999 } }
  const open = (endpoint: Partial<Endpoint> = {}, limits: Partial<RemoteLimits> = {}) =>
    openRemote({ endpoint: { ...server.endpoint, ...endpoint }, egress, limits: { ...remoteLimits, ...limits }, active })
  return {
    server: () => server,
    open,
    /** What the server does in place of the usual. */
    on: (behaviour: NonNullable<FtpBehaviour['on']>, more: FtpBehaviour = {}) => {
      server.behaviour = { ...more, on: behaviour }
    },
    encrypted: (name: CertificateName = 'good'): Partial<Endpoint> => ({
      protocol: 'ftps',
      trustedCertificate: server.certificates[name],
    }),
    inside: async <T>(work: (remote: Remote) => Promise<T>, endpoint?: Partial<Endpoint>, limits?: Partial<RemoteLimits>): Promise<T> => {
      const { remote } = await open(endpoint, limits)
      try {
        return await work(remote)
      } finally {
        await remote[Symbol.asyncDispose]()
      }
    },
    nobodyConnected: () => vi.waitUntil(() => server.openConnections() === 0, { interval: 5 }),
    /** The commands of a kind that it was sent. */
    sent: (verb: string) => server.commands.filter((command) => command.startsWith(verb)),
  }
}

export const says = (line: string) => (call: FtpCall) => call.say(line)
export const read = (remote: Remote) => collect(remote.read('/base/order.csv')).then(String)
/** Nobody is waited for. */
export const short: Partial<RemoteLimits> = { loginMs: 300, commandMs: 300, listMs: 300, connectMs: 300, closeMs: 100 }
