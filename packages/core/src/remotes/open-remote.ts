import type { Egress } from './egress.ts'
import { openFtp, openFtps } from './ftp.ts'
import type { ActiveMode } from './ftp-data.ts'
import type { Endpoint, OpenedRemote, RemoteLimits } from './remote.ts'
import { openSftp } from './sftp.ts'

export type OpenRemoteOptions = {
  endpoint: Endpoint
  egress: Egress
  limits: RemoteLimits
  /** Where FTP servers reach us in active mode; without it there is none. */
  active?: ActiveMode
  /** Aborted, it ends the session at any time. */
  signal?: AbortSignal
}

type Open = (options: OpenRemoteOptions) => Promise<OpenedRemote>

/** One line for each protocol: the only place that tells them apart. */
const protocols = {
  sftp: openSftp,
  ftp: openFtp,
  ftps: openFtps,
} satisfies Record<Endpoint['protocol'], Open>

/** Opens a session with a customer's server. Faults: see remote-faults.ts. */
export function openRemote(options: OpenRemoteOptions): Promise<OpenedRemote> {
  return protocols[options.endpoint.protocol](options)
}
