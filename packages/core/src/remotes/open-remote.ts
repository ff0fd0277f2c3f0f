import type { Egress } from './egress.ts'
import type { Endpoint, OpenedRemote, RemoteLimits } from './remote.ts'
import { remoteFault } from './remote-faults.ts'
import { openSftp } from './sftp.ts'

export type OpenRemoteOptions = {
  endpoint: Endpoint
  egress: Egress
  limits: RemoteLimits
  /** Aborted, it ends the session at any time. */
  signal?: AbortSignal
}

type Open = (options: OpenRemoteOptions) => Promise<OpenedRemote>

/** One line for each protocol: the only place that tells them apart. */
const protocols = {
  sftp: openSftp,
  ftp: notYet,
  ftps: notYet,
} satisfies Record<Endpoint['protocol'], Open>

/** Opens a session with a customer's server. Faults: see remote-faults.ts. */
export function openRemote(options: OpenRemoteOptions): Promise<OpenedRemote> {
  return protocols[options.endpoint.protocol](options)
}

async function notYet({ endpoint }: OpenRemoteOptions): Promise<never> {
  throw remoteFault('remote.protocol_unsupported', { protocol: endpoint.protocol })
}
