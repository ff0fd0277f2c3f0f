import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { createApiClient } from '@drayage/core/access/api-clients'
import type { ApiKeyring } from '@drayage/core/access/api-keyring'
import { rotateApiClientSecret } from '@drayage/core/access/rotate-secret'
import type { Context } from '@drayage/core/context'
import { Fault } from '@drayage/core/faults'
import type { Operation } from '@drayage/core/operation'
import type { Transaction } from '@drayage/db/connect'
import { findIdempotentReply, insertIdempotentReply } from '@drayage/db/queries/idempotent-replies'

/** A change that is asked for with a key has one effect, however often it is asked for (draft-ietf-httpapi-idempotency-key-header). */
export type AskedOnce = {
  key: string
  /** All that makes one request differ from another, but for the bytes of a file. */
  what: string
  /** The file that is sent; the reply tells its `sha256`. */
  bytes?: AsyncIterable<Buffer>
  operation: Operation
  input: unknown
}

export type Replies = {
  /**
   * Runs the operation and keeps its reply in the transaction that made it; or gives the reply that was kept before.
   * What was refused is not kept: asking again may go better. Faults: `idempotency.in_flight`,
   * `idempotency.other_payload`, `idempotency.secret_already_shown`, and those of the operation.
   */
  once(ctx: Context, asked: AskedOnce): Promise<unknown>
}

/** Those whose reply shows a secret. */
const showSecrets: readonly Operation[] = [createApiClient, rotateApiClientSecret]

export function openReplies(keyring: ApiKeyring): Replies {
  return {
    once: async (ctx, { key, what, bytes, operation, input }) => {
      const { actor } = ctx
      const owner = `${actor.kind} ${'id' in actor ? actor.id : ''} ${key}`
      const row = { key: keyring.digest('idempotency', owner), fingerprint: keyring.digest('idempotency', `${owner} ${what}`) }
      const box = sealedBox(keyring.digest('idempotent_reply', owner))

      const kept = await ctx.db.inWorkspace([], (transaction) => findIdempotentReply(transaction, row.key))
      if (kept !== undefined) {
        if (!kept.fingerprint.equals(row.fingerprint)) throw otherPayload()
        if (kept.reply === null) throw alreadyShown()
        const reply = JSON.parse(box.open(kept.reply))
        if (bytes !== undefined && (await sha256Of(bytes)) !== reply.sha256) throw otherPayload()
        return reply
      }
      const keep = async (transaction: Transaction, result: unknown) => {
        const reply = operation.output.safeParse(result)
        // Of an operation in several transactions, the one that gives the reply is the one that makes the change.
        if (!reply.success) return
        // What shows a secret shows it once: that is kept nowhere.
        const sealed = showSecrets.includes(operation) ? null : box.seal(JSON.stringify(reply.data))
        if (!(await insertIdempotentReply(transaction, { ...row, reply: sealed }))) throw inFlight()
      }
      const inWorkspace: Context['db']['inWorkspace'] = (ids, work) =>
        ctx.db.inWorkspace(ids, async (transaction) => {
          const result = await work(transaction)
          await keep(transaction, result)
          return result
        })
      return operation.run({ ...ctx, db: { ...ctx.db, inWorkspace } }, input)
    },
  }
}

/** The key that a request brings; undefined when it brings none. Fault: `idempotency.key_unreadable`. */
export function idempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const [, key] = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?$/.exec(String(header).trim()) ?? []
  if (key !== undefined) return key
  throw new Fault('invalid', 'idempotency.key_unreadable', 'Use an Idempotency-Key of 1 to 255 visible ASCII characters, such as a UUID.')
}

async function sha256Of(bytes: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256')
  for await (const block of bytes) hash.update(block)
  return hash.digest('hex')
}

function sealedBox(key: Buffer) {
  return {
    seal: (text: string): Buffer => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    open: (sealed: Buffer): string => {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(-16))
      return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

function inFlight(): Fault {
  return new Fault(
    'conflict',
    'idempotency.in_flight',
    'A request with this Idempotency-Key was under way. Send it again to get its reply.',
  )
}

function otherPayload(): Fault {
  return new Fault(
    'unprocessable',
    'idempotency.other_payload',
    'This Idempotency-Key was used for another request. Use a new key for each.',
  )
}

function alreadyShown(): Fault {
  const message = 'This was done, and its reply showed a secret that is shown once. If it was lost, make another one and delete that one.'
  return new Fault('conflict', 'idempotency.secret_already_shown', message)
}
