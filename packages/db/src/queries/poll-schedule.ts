import type { Transaction } from '../connect.ts'
import { and, eq, sql } from '../drizzle.ts'
import { pollSchedule } from '../schema/poll-schedule.ts'

type ClientKey = { workspaceId: string; ftpClientId: string }
const of = (key: ClientKey) => and(eq(pollSchedule.workspaceId, key.workspaceId), eq(pollSchedule.ftpClientId, key.ftpClientId))

/** The client is looked at from now on, at once and then at every interval. */
export async function startPolling({ tx }: Transaction, client: ClientKey & { intervalSeconds: number }): Promise<void> {
  const { intervalSeconds } = client
  await tx
    .insert(pollSchedule)
    .values(client)
    .onConflictDoUpdate({
      target: [pollSchedule.workspaceId, pollSchedule.ftpClientId],
      set: { intervalSeconds, dueAt: sql`clock_timestamp()`, activeAt: sql`clock_timestamp()`, failures: 0 },
    })
}

export async function stopPolling({ tx }: Transaction, key: ClientKey): Promise<void> {
  await tx.delete(pollSchedule).where(of(key))
}

/** False when the client is not being polled. */
export async function pollNow({ tx }: Transaction, key: ClientKey): Promise<boolean> {
  const due = await tx.update(pollSchedule).set({ dueAt: sql`clock_timestamp()` }).where(of(key)).returning()
  return due.length > 0
}

/** Takes effect at the next look at the latest; a client that is not polled has no interval to change. */
export async function changePollInterval({ tx }: Transaction, client: ClientKey & { intervalSeconds: number }): Promise<void> {
  const { intervalSeconds } = client
  await tx
    .update(pollSchedule)
    .set({ intervalSeconds, dueAt: sql`least(${pollSchedule.dueAt}, clock_timestamp() + make_interval(secs => ${intervalSeconds}))` })
    .where(of(client))
}
