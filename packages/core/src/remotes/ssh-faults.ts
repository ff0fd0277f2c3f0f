import { asFault, type Fault } from '../faults.ts'
import type { Endpoint, ObservedHostKey } from './remote.ts'
import { type RemoteFaultCode, remoteFault } from './remote-faults.ts'

/** Why a session could not be opened or was lost. `greeting` is what the server said in place of an SSH identification. */
export function logInFault(options: {
  late?: true
  error?: Error & { level?: string; code?: unknown; reason?: unknown }
  hostKey?: ObservedHostKey
  endpoint?: Endpoint
  greeting: string
}): Fault {
  const { error, hostKey, endpoint, greeting } = options
  const known = asFault(error)
  if (known !== undefined) return known
  if (hostKey !== undefined && !hostKey.trusted) {
    const code = endpoint?.trustedHostKeys.length === 0 ? 'remote.host_key_unknown' : 'remote.host_key_changed'
    return remoteFault(code, { observedHostKey: hostKey })
  }
  if (!'SSH-'.startsWith(greeting.slice(0, 4)))
    return remoteFault(isFull(greeting) ? 'remote.too_many_sessions' : 'remote.protocol_error', { server: greeting })
  if (options.late) return remoteFault('remote.timed_out')
  const message = error?.message ?? ''
  const code = causes.find(([pattern]) => pattern.test(message))?.[1] ?? 'remote.connection_lost'
  return remoteFault(code, { server: message, cause: error })
}

function isFull(greeting: string): boolean {
  return /too many|maxstartups|exceeded|not allowed at this time/i.test(greeting)
}

/** By the words of ssh2 1.17, which has no codes for most of them. */
const causes: readonly (readonly [RegExp, RemoteFaultCode])[] = [
  [/no matching/, 'remote.no_common_algorithm'],
  [/too many (authentication|log)/i, 'remote.login_refused'],
  [/too many/i, 'remote.too_many_sessions'],
  [/Channel open failure|start subsystem|establishing SFTP session|Packet length|packet type|Expected VERSION/, 'remote.sftp_refused'],
  [/identification|header|greeting|packet|protocol|MAC/i, 'remote.protocol_error'],
]

/**
 * What a status means. Sources: SFTP version 3 (draft-ietf-secsh-filexfer-02), codes up to 8; servers send some of the later
 * versions' as well (draft-13).
 *
 * @param options.failure what 4 means for this request, which says "failure" and no more
 */
export function statusFault(error: unknown, options: { path: string; failure?: RemoteFaultCode }): unknown {
  const { path, failure = 'remote.operation_failed' } = options
  const status = statusOf(error)
  if (status === undefined || !(error instanceof Error)) return error
  const code = status === 4 ? failure : (statuses[status] ?? 'remote.operation_failed')
  return remoteFault(code, { path, status, server: error.message })
}

/** The code of a server's answer; undefined for a fault or a bug. */
function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}

const statuses: Readonly<Record<number, RemoteFaultCode>> = {
  2: 'remote.not_found',
  3: 'remote.permission_denied',
  6: 'remote.connection_lost',
  7: 'remote.connection_lost',
  10: 'remote.not_found',
  11: 'remote.exists',
  12: 'remote.permission_denied',
  14: 'remote.no_space',
  15: 'remote.no_space',
}
