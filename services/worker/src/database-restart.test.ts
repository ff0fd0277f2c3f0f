import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@drayage/core/id'
import { connect } from '@drayage/db/connect'
import { startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { expect, onTestFinished, test, vi } from 'vitest'
import { every } from './every.ts'
import { startJobLoop } from './job-loop.ts'
import { scanDue } from './poll-schedule.ts'
import { openQueue, prepareQueue } from './queue.ts'

test('a killed and restarted PostgreSQL costs nothing but time', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'drayage-restart-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  await using postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  const { url } = postgres
  await migrate({ url, after: prepareQueue })
  const told: string[] = []
  const tell = (_: object, message: string) => void told.push(message)
  const log = { debug: tell, info: tell, warn: tell, error: tell }
  await using queue = await openQueue({ url, role: 'drayage_worker', connections: 2, supervise: true, log })
  await using db = connect({ url, role: 'drayage_worker', connections: 2, waitMs: 500 })

  const ran: string[] = []
  const idle = { atOnce: 1, onStop: 'finish' as const, run: async () => {} }
  const run = async ({ transferId }: { transferId: string }) => void ran.push(transferId)
  const loop = startJobLoop({
    boss: queue.boss,
    jobs: {
      'client.poll': idle,
      'transfer.run': { atOnce: 4, onStop: 'finish', run },
      'client.export': idle,
      'connection_test.run': idle,
      'mail.send': idle,
    },
    log,
    idleMs: 20,
    touchMs: 100,
    drainMs: 1000,
    abortMs: 1000,
  })
  const scan = every(20, { name: 'due scan', log, work: () => scanDue(db, queue) })
  const workspaceId = newId()
  const ask = (transferId: string) =>
    db.inWorkspace(workspaceId, (transaction) => queue.enqueue(transaction, 'transfer.run', { workspaceId, transferId }))

  await ask('before')
  await vi.waitFor(() => expect(ran).toEqual(['before']), { timeout: 5000 })
  await postgres.kill()
  await vi.waitFor(() => expect(told).toContain('due scan: failed; trying again'), { timeout: 5000 })
  await vi.waitFor(() => expect(told).toContain('queue: cannot be reached; trying again'), { timeout: 5000 })
  await postgres.restart()
  await vi.waitFor(() => expect(told).toContain('due scan: works again'), { timeout: 10_000 })
  await ask('after')
  await vi.waitFor(() => expect(ran).toEqual(['before', 'after']), { timeout: 10_000 })
  await Promise.all([scan.stop(), loop.stop()])
})
