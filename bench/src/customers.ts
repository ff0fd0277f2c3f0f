import { setTimeout as pause } from 'node:timers/promises'
import { sampleRegister } from '@drayage/core/imports/products/gst/sample-register'
import type { ActiveClientFields } from '@drayage/core/testing/active-client'
import { listLedgerSince } from '@drayage/db/queries/ledger'
import { type Customer, newCustomer } from '@drayage/test/journeys/harness/customer'
import type { Installation } from './installation.ts'

/** What became of one dropped file, in milliseconds since the epoch. */
export type Haul = { workspaceId: string; fileName: string; claims: number; at: ReadonlyMap<string, number> }

const ends: readonly string[] = ['archived', 'quarantined', 'vanished', 'cancelled']

/** Active clients, each in a workspace and with folders of its own; without a reason to mail. */
export async function newCustomers({ desk, server }: Installation, fields: readonly ActiveClientFields[]): Promise<Customer[]> {
  const ctx = await desk.as({ email: 'operator@example.com', operator: true })
  const customers: Customer[] = []
  for (const field of fields) customers.push(await newCustomer(ctx, server, { mailPolicy: 'problems', ...field }))
  return customers
}

/** A flawless register; no two with different seeds are alike. */
export function registerOf({ rows, seed }: { rows: number; seed: number }): Buffer {
  return Buffer.concat([...sampleRegister({ rows, seed }).chunks])
}

/** Waits until as many files as were dropped have come to their end. Throws if one did not end archived. */
export async function untilArchived(
  { desk, throwIfCrashed }: Installation,
  watched: { customers: readonly Customer[]; since: Date; files: number; signal: AbortSignal },
): Promise<Haul[]> {
  const { customers, since, files, signal } = watched
  for (;;) {
    throwIfCrashed()
    const hauls = (await Promise.all(customers.map(({ workspaceId }) => haulsOf(workspaceId)))).flat()
    const ended = hauls.filter(({ at }) => ends.some((state) => at.has(state)))
    const lost = ended.find(({ at }) => !at.has('archived'))
    if (lost !== undefined) throw new Error(`${lost.fileName} ended ${[...lost.at.keys()].at(-1)}`)
    if (ended.length >= files) return hauls
    await pause(500, undefined, { signal })
  }

  async function haulsOf(workspaceId: string): Promise<Haul[]> {
    const lines = await desk.db.inWorkspace(workspaceId, (transaction) => listLedgerSince(transaction, { workspaceId, since }))
    return Map.groupBy(lines, (line) => line.transferId)
      .values()
      .map((steps) => ({
        workspaceId,
        fileName: steps[0]?.fileName ?? '',
        claims: steps.filter(({ state }) => state === 'claimed').length,
        at: new Map(steps.map(({ state, at }) => [state, at.getTime()])),
      }))
      .toArray()
  }
}
