import { writeSync } from 'node:fs'
import type { Context } from '@drayage/core/context'
import { runExports } from '@drayage/core/exports/run-exports'
import { parseKeyring } from '@drayage/core/keyring'
import { sendLetter } from '@drayage/core/notifications/send-letter'
import { openMailer } from '@drayage/core/notifications/smtp'
import { createEgress } from '@drayage/core/remotes/egress'
import { openRemote } from '@drayage/core/remotes/open-remote'
import { remoteLimits } from '@drayage/core/remotes/remote'
import { makeSecrets } from '@drayage/core/secrets'
import { testSettings } from '@drayage/core/testing/context'
import { pollClient } from '@drayage/core/transfers/poll'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import { connect, type Database } from '@drayage/db/connect'
import { afterFailure } from '@drayage/worker/errors'
import { watchContext } from './moments.ts'
import type { VictimOptions } from './worker-process.ts'

/**
 * The main file of a worker that serves one client, tells every moment it reaches on its output, and stops or dies at
 * the one it is told. All wake-up calls are lost on it: it finds what is due by itself.
 */
const options = JSON.parse(process.argv[2] ?? '') as VictimOptions
const { workspaceId, ftpClientId } = options.client
const quiet = () => {}
const pool = connect({ url: options.url, role: 'drayage_worker', connections: 8, idleInTransactionMs: options.leaseMs })
const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] })
const mailer = openMailer({ url: options.smtpUrl, from: testSettings.mailFrom })
const plain: Context = {
  db: pool,
  actor: { kind: 'system', name: options.name },
  now: () => new Date(),
  enqueue: async () => {},
  openRemote: (endpoint) => openRemote({ endpoint, egress, limits: remoteLimits }),
  mail: mailer.mail,
  secrets: makeSecrets(parseKeyring(options.keyring)),
  log: { debug: quiet, info: quiet, warn: quiet, error: (fields, message) => console.error(message, fields) },
  settings: { ...testSettings, leaseMs: options.leaseMs },
}
const reached = (moment: string) => {
  // Synchronously: what is said is said before the process stops.
  writeSync(1, `${moment}\n`)
  if (options.halt?.at === moment) process.kill(process.pid, options.halt.signal)
}
const ctx = watchContext(plain, reached, { lost: options.lost })
const letterLimits = { leaseMs: options.leaseMs, firstRetryMs: 60_000, longestRetryMs: 60_000, attempts: 14 }
const worker = { worker: options.name, signal: new AbortController().signal, afterFailure }

if (options.job === 'exports') await runExports(ctx, { workspaceId, ftpClientId }, worker)
else await pollClient(ctx, { workspaceId, ftpClientId }, worker)
for (let due = await findDue(pool); due.transfers.length + due.letters.length > 0; due = await findDue(pool)) {
  for (const transferId of due.transfers) await asJob(runTransfer(ctx, { workspaceId, transferId }, worker))
  for (const outboxId of due.letters) await asJob(sendLetter(ctx, { workspaceId, outboxId }, letterLimits))
}
await mailer[Symbol.asyncDispose]()
await pool[Symbol.asyncDispose]()

/** As the job loop does: what a job throws is said, and the next one is run. */
async function asJob(job: Promise<void>): Promise<void> {
  await job.catch((error: unknown) => console.error(error))
}

async function findDue(db: Database): Promise<{ transfers: string[]; letters: string[] }> {
  return db.inWorkspace(workspaceId, async ({ client }) => {
    const transfers = await client.query<{ id: string }>(
      "select id from transfers where run_at <= now() + interval '30 seconds' and (lease_until is null or lease_until < now())",
    )
    const letters = await client.query<{ id: string }>("select id from outbox where send_at <= now() + interval '30 seconds'")
    return { transfers: transfers.rows.map(({ id }) => id), letters: letters.rows.map(({ id }) => id) }
  })
}
