import { asFault } from '../faults.ts'
import { type FtpReply, replyOf } from './ftp-control.ts'
import { type RemoteFaultCode, remoteFault } from './remote-faults.ts'

/**
 * What a refusal of the server means in our words. RFC 959 4.2 has one code, 550, for all that is wrong with a path, so
 * there the words decide; `operation_failed` is what says neither.
 */
export function ftpFault(error: unknown, { path }: { path?: string }): unknown {
  const reply = replyOf(error)
  if (reply === undefined || asFault(error) !== undefined) return error
  return remoteFault(codeOf(reply), { path, server: reply.text, reply: reply.code, cause: error })
}

const denied = /permission|denied|not allowed|forbidden|prohibit|access|read-?only|not owner/i
const missing = /no such|not found|doesn.?t exist|does not exist|cannot find|can't find|non.?existent|not a (directory|folder|regular)/i
const exists = /exists|already/i
const full = /quota|space|disk full|exceed/i

/** That there are as many of somebody as there may be. */
const crowded =
  /(too many|no more|max(imum)?\b|limit).*(connection|client|user|session|host|logged in)|(connection|client|user|session)s?.*(maximum|limit)/i
/** What is counted there is what went wrong: asked again with the same password, servers lock the user out. */
const blamed = /fail|attempt|tries|incorrect|invalid|wrong|\bbad\b|password|credential|denied|disabled|expired|bann|block|lock/i

/** Whether a server has no room for another session now, by its words: some say it with the code of a wrong password. */
export function isCrowded(text: string): boolean {
  return crowded.test(text) && !blamed.test(text)
}

function codeOf({ code, text }: FtpReply): RemoteFaultCode {
  if (code === 421) return 'remote.connection_lost'
  if (code === 425 || code === 426) return 'remote.data_connection_failed'
  if (code === 430 || code === 530 || code === 532) return 'remote.login_refused'
  if (code === 452 || code === 552 || full.test(text)) return 'remote.no_space'
  if (denied.test(text)) return 'remote.permission_denied'
  if (missing.test(text)) return 'remote.not_found'
  if (exists.test(text)) return 'remote.exists'
  return code === 553 ? 'remote.permission_denied' : 'remote.operation_failed'
}

/** Why the server did not let us in. 421 and some words mean that it would another time. */
export function logInFault(error: unknown): unknown {
  const reply = replyOf(error)
  if (reply === undefined) return error
  const { code, text } = reply
  if (code === 421 || isCrowded(text)) return remoteFault('remote.too_many_sessions', { server: text, cause: error })
  return remoteFault(code >= 500 && code !== 530 && code !== 532 ? 'remote.protocol_error' : 'remote.login_refused', {
    server: text,
    cause: error,
  })
}

export function isLost(error: unknown): boolean {
  return asFault(error)?.kind === 'unreachable'
}
