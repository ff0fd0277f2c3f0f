import { Fault, type FaultKind } from '../faults.ts'

/**
 * Every way a remote can fail: code, kind, and what to tell the person who looks after the server. The text is ours; a
 * server's own words are hostile bytes and only ever appear, cleaned and capped, in `details.server`.
 */
export const remoteFaults = {
  'remote.address_not_allowed': [
    'refused',
    'The host resolves to an address that this service may not connect to. Use the public address of the file server.',
  ],
  'remote.name_not_resolved': ['unreachable', 'The host name could not be resolved. Check its spelling and its DNS entry.'],
  'remote.connect_failed': [
    'unreachable',
    'No connection to the server. Check host and port, and that its firewall lets our addresses in.',
  ],
  'remote.timed_out': [
    'unreachable',
    'The server did not answer in time. It is tried again; if this stays so, check that it runs and is not overloaded.',
  ],
  'remote.too_slow': [
    'unreachable',
    'The transfer fell below the slowest speed allowed and was given up. It is tried again; check the line and the load of the server.',
  ],
  'remote.connection_lost': [
    'unreachable',
    'The server closed the connection. It is tried again; if this stays so, look for the reason in its log.',
  ],
  'remote.too_many_sessions': ['unreachable', 'The server has no room for another session now. Ask for a higher limit for this user.'],
  'remote.no_slot': ['unavailable', 'We have as many sessions open with this server as it may have. This goes on when one is free.'],
  'remote.protocol_error': ['unreachable', 'The server does not speak the protocol that was expected. Check protocol and port.'],
  'remote.login_refused': ['refused', 'The server refused the log-in. Check user name, password and key.'],
  'remote.host_key_unknown': [
    'refused',
    "The server's host key was not accepted yet. Compare its fingerprint with the one your IT team gives you.",
  ],
  'remote.host_key_changed': [
    'refused',
    "The server's host key is not the accepted one. Ask your IT team whether it was replaced on purpose; if so, save the new fingerprint in trustedHostKeys, with the password or key once more, and test again.",
  ],
  'remote.certificate_untrusted': [
    'refused',
    "The server's certificate is not trusted. Install a valid one; or compare its fingerprint, save it in trustedCertificate, with the password once more, and test again.",
  ],
  'remote.no_common_algorithm': [
    'refused',
    'Server and client have no encryption algorithm in common. Update the server, or choose the legacy algorithms knowingly.',
  ],
  'remote.key_unreadable': ['refused', 'The private key cannot be read. Paste it whole, with its passphrase if it has one.'],
  'remote.sftp_refused': ['refused', 'The server let us log in but offers no SFTP to this user. Enable the SFTP subsystem for it.'],
  'remote.not_found': ['not_found', 'The server has nothing at this path. Check its spelling, and that nobody moved it away.'],
  'remote.exists': ['conflict', 'The server already has something at this path. Move that away, or give it another name.'],
  'remote.permission_denied': [
    'denied',
    'The server does not permit this. Grant the user read, write, delete and rename below the base directory (CHMOD 744 as usual).',
  ],
  'remote.no_space': ['denied', 'The server has no space left for this user. Free some, or raise the quota.'],
  'remote.listing_too_large': ['denied', 'The folder holds more files than can be listed. Move old ones away.'],
  'remote.too_many_folders': ['denied', 'The inbox holds more folders than can be looked into. Remove those that are not used.'],
  'remote.operation_failed': ['denied', 'The server could not carry out the operation. Look into its log for the reason.'],
  'remote.data_connection_failed': [
    'unreachable',
    'The server let us log in, but no connection for data came about. Open the passive ports in its firewall.',
  ],
  'remote.active_mode_unavailable': ['unsupported', 'This service cannot be reached for active mode. Choose passive mode.'],
  'remote.tls_refused': ['refused', 'The server does not encrypt log-in and data. Enable FTPS on it, or check port and TLS mode.'],
  'remote.name_refused': ['invalid', 'The name holds characters that cannot be carried safely. Rename the file.'],
} as const satisfies Record<string, readonly [FaultKind, string]>

export type RemoteFaultCode = keyof typeof remoteFaults

/**
 * @param details.server what the server said, if anything; cleaned of control characters and cut at 512 characters
 */
export function remoteFault(
  code: RemoteFaultCode,
  options: { path?: string; server?: string; cause?: unknown; [more: string]: unknown } = {},
): Fault {
  const { cause, server, ...details } = options
  const [kind, message] = remoteFaults[code]
  const said = server === undefined ? {} : { server: cleanText(server) }
  return new Fault(kind, code, message, { details: { ...details, ...said }, cause })
}

/** A server's words made safe to show and store: no control characters, no bidirectional overrides, at most 512 characters. */
export function cleanText(text: string): string {
  return text
    .slice(0, 2048)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 512)
}
