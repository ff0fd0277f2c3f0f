import type { Transaction } from '@drayage/db/connect'
import { appendAuditEvent, lockAuditHead } from '@drayage/db/queries/audit'
import type { ProductKey } from '@drayage/db/vocabulary'
import { canonicalJson } from '../canonical-json.ts'
import type { Context } from '../context.ts'
import { newId } from '../id.ts'
import { eventHash } from './chain.ts'

/** What was done to what. `action` is `noun.done`; secrets in `before` and `after` are `***`. */
export type AuditEvent = {
  workspaceId: string
  action: string
  subject: string
  subjectId?: string
  /** Of the subject, where it belongs to one: decides who may read the event. */
  product?: ProductKey
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/** What stands in the trail in place of a secret. */
export const masked = '***'

/**
 * Appends an event to the workspace's chain, in the transaction of the change it tells of: there is no change without
 * its event. Changes of one workspace follow one another from here to the end of the transaction.
 */
export async function audit(ctx: Context, transaction: Transaction, event: AuditEvent): Promise<void> {
  const head = await lockAuditHead(transaction, event.workspaceId)
  const unhashed = {
    workspaceId: event.workspaceId,
    ordinal: head.ordinal + 1,
    id: newId(),
    at: ctx.now(),
    actor: whoIs(ctx),
    action: event.action,
    subject: event.subject,
    subjectId: event.subjectId ?? null,
    product: event.product ?? null,
    before: asStored(event.before),
    after: asStored(event.after),
    requestId: ctx.request?.id ?? null,
    previousHash: head.hash,
  }
  await appendAuditEvent(transaction, { ...unhashed, hash: eventHash(unhashed) })
}

/** Two states of a thing, reduced to what differs. */
export function difference<State extends Record<string, unknown>>(states: { before: State; after: State }) {
  const keys = Object.keys(states.after).filter((key) => canonicalJson(states.before[key]) !== canonicalJson(states.after[key]))
  const pick = (state: State) => Object.fromEntries(keys.map((key) => [key, state[key]]))
  return { before: pick(states.before), after: pick(states.after) }
}

function whoIs({ actor, request }: Context): Record<string, unknown> {
  const from = request?.address === undefined ? {} : { address: request.address }
  switch (actor.kind) {
    case 'user':
      return { kind: actor.kind, id: actor.id, email: actor.email, ...from }
    case 'api_client':
      return { kind: actor.kind, id: actor.id, label: actor.label, ...from }
    case 'anonymous':
      return { kind: actor.kind, ...from }
    case 'system':
      return { kind: actor.kind, name: actor.name, ...from }
  }
}

/** As the jsonb column will give it back, so that the hash is over what is stored. */
function asStored(state: Record<string, unknown> | undefined): Record<string, unknown> | null {
  return state === undefined ? null : JSON.parse(JSON.stringify(state))
}
