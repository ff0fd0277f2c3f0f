import type { TestDatabase } from '@drayage/db/testing'

/** What was put off, or waits for a wake-up call that was lost, need not wait for the clock. */
export async function timePasses({ owner }: Pick<TestDatabase, 'owner'>): Promise<void> {
  await owner.query('update transfers set run_at = now() where run_at > now() and lease_until is null')
  await owner.query('update outbox set send_at = now() where send_at > now() and lease_until is null')
  await owner.query('update export_schedule set due_at = now() where due_at > now() and lease_until is null')
  await owner.query('update poll_schedule set due_at = now() where due_at > now()')
}
