import type { Transaction } from '../connect.ts'
import { and, eq, sql } from '../drizzle.ts'
import { type ExportScheduleRow, exportSchedule } from '../schema/exports.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }
const of = (key: ClientKey) => and(eq(exportSchedule.workspaceId, key.workspaceId), eq(exportSchedule.ftpClientId, key.ftpClientId))

/** Whoever took a client's exports over: nothing of theirs is recorded once somebody else has. */
export type HeldExports = Pick<ExportScheduleRow, 'workspaceId' | 'ftpClientId' | 'nextNight' | 'fence' | 'failures'>
const held = (by: HeldExports) => and(of(by), eq(exportSchedule.fence, by.fence))

const inMs = (ms: number) => sql`clock_timestamp() + make_interval(secs => ${ms}::float8 / 1000)`

/** The client's exports are seen to from now on, first of all at once. */
export async function startExports({ tx }: Transaction, key: ClientKey): Promise<void> {
  await tx
    .insert(exportSchedule)
    .values({ workspaceId: key.workspaceId, ftpClientId: key.ftpClientId })
    .onConflictDoUpdate({
      target: [exportSchedule.workspaceId, exportSchedule.ftpClientId],
      set: { dueAt: sql`clock_timestamp()`, failures: 0 },
    })
}

/** Something that the time of the next export depends on has changed. Nothing for a client that is not at work. */
export async function wakeExports({ tx }: Transaction, key: ClientKey): Promise<void> {
  await tx
    .update(exportSchedule)
    .set({ dueAt: sql`clock_timestamp()` })
    .where(and(of(key), sql`${exportSchedule.dueAt} is not null`))
}

/** Nothing is exported any more, until it is started again: whoever is at it finds out before the next change on the server. */
export async function stopExports({ tx }: Transaction, key: ClientKey): Promise<void> {
  await tx
    .update(exportSchedule)
    .set({ dueAt: null, leaseHolder: null, leaseUntil: null, fence: sql`${exportSchedule.fence} + 1` })
    .where(of(key))
}

/** Takes the client's exports over, if it is at work and nobody living holds them. */
export async function takeExports(
  { tx }: Transaction,
  key: ClientKey,
  lease: { worker: string; leaseMs: number },
): Promise<HeldExports | undefined> {
  const [taken] = await tx
    .update(exportSchedule)
    .set({ leaseHolder: lease.worker, leaseUntil: inMs(lease.leaseMs), fence: sql`${exportSchedule.fence} + 1` })
    .where(
      and(
        of(key),
        sql`${exportSchedule.dueAt} is not null`,
        sql`(${exportSchedule.leaseUntil} is null or ${exportSchedule.leaseUntil} < clock_timestamp())`,
      ),
    )
    .returning()
  return taken
}

/** Keeps the lease for another `leaseMs`. False when it was taken over, or the client was stopped. */
export async function renewExports({ tx }: Transaction, by: HeldExports, lease: { leaseMs: number }): Promise<boolean> {
  const renewed = await tx
    .update(exportSchedule)
    .set({ leaseUntil: inMs(lease.leaseMs) })
    .where(and(held(by), sql`${exportSchedule.leaseHolder} is not null`))
    .returning({ fence: exportSchedule.fence })
  return renewed.length === 1
}

/** Whether this is still the holder, who then stays it until the transaction ends. */
export async function stillHolds({ tx }: Transaction, by: HeldExports): Promise<boolean> {
  const rows = await tx.select({ fence: exportSchedule.fence }).from(exportSchedule).where(held(by)).for('share')
  return rows.length === 1
}

/** Nights before this one are planned. False when it was taken over. */
export async function setNextNight({ tx }: Transaction, by: HeldExports, nextNight: string): Promise<boolean> {
  const set = await tx.update(exportSchedule).set({ nextNight }).where(held(by)).returning({ fence: exportSchedule.fence })
  return set.length === 1
}

/**
 * Gives the lease back. False when it was taken over.
 *
 * @param next.due when to see to them again: at a time, or in so many seconds
 */
export async function releaseExports(
  { tx }: Transaction,
  by: HeldExports,
  next: { due: Date | { inSeconds: number }; failures: number },
): Promise<boolean> {
  const dueAt = next.due instanceof Date ? next.due : inMs(next.due.inSeconds * 1000)
  const released = await tx
    .update(exportSchedule)
    .set({ leaseHolder: null, leaseUntil: null, dueAt, failures: next.failures })
    .where(held(by))
    .returning({ fence: exportSchedule.fence })
  return released.length === 1
}
