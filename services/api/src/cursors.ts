import { timingSafeEqual } from 'node:crypto'
import type { ApiKeyring } from '@drayage/core/access/api-keyring'
import { invalidInput } from '@drayage/core/input-faults'

/** Cursors as callers get them: what core made, signed for the list it is of, so that nobody makes one up. */
export type Cursors = {
  sign(list: string, cursor: string): string
  /** Fault: `input.invalid`. */
  open(list: string, signed: string): string
}

const signatureLength = 16 // characters, of six bits each

export function openCursors(keyring: ApiKeyring): Cursors {
  const signature = (list: string, cursor: string) =>
    keyring.digest('cursor', `${list} ${cursor}`).toString('base64url').slice(0, signatureLength)
  return {
    sign: (list, cursor) => signature(list, cursor) + cursor,
    open: (list, signed) => {
      const cursor = signed.slice(signatureLength)
      const given = Buffer.from(signed.slice(0, signatureLength))
      const right = Buffer.from(signature(list, cursor))
      if (given.length === right.length && timingSafeEqual(given, right)) return cursor
      throw invalidInput([{ pointer: '/cursor', code: 'cursor_unknown', message: 'Use the nextCursor of an earlier reply, as it is.' }])
    },
  }
}
