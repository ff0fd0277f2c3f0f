import type { Fault } from '../faults.ts'
import type { RemoteFaultCode } from '../remotes/remote-faults.ts'

/** What to tell the IT team, by what happened. `{user}` and `{path}` are filled in. */
const byCode: Partial<Record<RemoteFaultCode, string>> = {
  'remote.name_not_resolved': 'Which host name or address does the file server have on the internet?',
  'remote.address_not_allowed':
    'We need an address of the file server that can be reached from the internet, not one of the internal network.',
  'remote.connect_failed':
    'Is the file server running at this host and port? Please let our addresses through the firewall; GET /v1/meta names them.',
  'remote.too_many_sessions': 'Please let user {user} have at least two sessions at a time.',
  'remote.protocol_error': 'Which protocol does the file server offer at this port: SFTP, FTPS explicit, FTPS implicit, or FTP?',
  'remote.login_refused': 'Please check that user {user} exists, is not locked, may log in from outside, and has this password or key.',
  'remote.host_key_changed':
    'The host key of the file server is another one than we were told. Was it replaced on purpose? Which fingerprint is right?',
  'remote.certificate_untrusted':
    'The certificate of the file server is not signed by a known authority, has expired, or is for another name. Please renew it, or confirm its fingerprint.',
  'remote.tls_refused':
    'Please enable FTPS with TLS 1.2 or newer on the file server, for log-in and data, or tell us the right port and TLS mode.',
  'remote.data_connection_failed':
    'Please open the passive ports of the file server in its firewall, and let it take over the TLS session of the log-in for data.',
  'remote.active_mode_unavailable':
    'We cannot be reached for active mode. Please open the passive ports of the file server in its firewall.',
  'remote.no_common_algorithm':
    'The file server offers outdated encryption only. Please update it; until then we can be set to legacy algorithms.',
  'remote.key_unreadable': 'We need the whole private key in OpenSSH, PEM or PKCS#8 form, and its passphrase if it has one.',
  'remote.sftp_refused': 'Please enable the SFTP subsystem for user {user}.',
  'remote.no_space': 'The space of user {user} is used up. Please free some, or raise the quota.',
}

/** What to tell the IT team, by what was being tried: for refusals that only the place explains. */
const byStep: Record<string, string> = {
  enter: 'Please make the directory {path} and let user {user} enter it (CHMOD 744 as usual), or tell us the right one.',
  list: 'Please let user {user} list {path} (CHMOD 744 as usual).',
  write: 'Please let user {user} make files in {path} (CHMOD 744 as usual, with {user} as the owner).',
  read_back: 'Please let user {user} read the files in {path}, and check that no filter changes or hides them.',
  remove: 'Please let user {user} delete files in {path}.',
  make_tree: 'Please let user {user} make folders: {path} could not be made (CHMOD 744 as usual, with {user} as the owner).',
  move_probe: 'Please let user {user} rename files between the folders below the base directory; it failed at {path}.',
  publish_probe: 'Please let user {user} write and rename files in the output folders; it failed at {path}.',
  remove_probes: 'Please let user {user} delete files in the output folders; it failed at {path}.',
}

export function hintFor(step: string, fault: Fault, subject: { username: string }): string {
  const [name = step] = step.split(':')
  const hint = byCode[fault.code as RemoteFaultCode] ?? byStep[name] ?? 'Please look into the log of the file server for this moment.'
  const path = typeof fault.details.path === 'string' ? fault.details.path : 'the base directory'
  return hint.replaceAll('{user}', subject.username).replaceAll('{path}', path)
}
