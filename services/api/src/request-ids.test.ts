import type { Log } from '@drayage/core/context'
import { generateKeyring } from '@drayage/core/keyring'
import { newClient } from '@drayage/core/testing/new-client'
import { testWorkspace } from '@drayage/core/testing/people'
import { readConfig } from '@drayage/worker/config'
import { startWorker } from '@drayage/worker/worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startRelay, type TestRelay } from '../../../test/servers/smtp.ts'
import { type TestApi, testApi } from './testing.ts'

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** One id from a request to the mail about it, through however many processes. */

let api: TestApi
let relay: TestRelay
beforeAll(async () => {
  api = await testApi()
  relay = await startRelay()
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await relay[Symbol.asyncDispose]()
})

test('jobs, the trail and the mails about a change name the request that asked for it', async () => {
  const env = {
    DATABASE_URL: api.database.url,
    ENVIRONMENT: 'sandbox',
    SECRETS_KEYRING: generateKeyring(),
    SMTP_URL: relay.url,
    MAIL_FROM: 'drayage@example.com',
  }
  const home = await testWorkspace(api.ctx)
  const token = await api.logIn(home.admin)
  const ask = async (line: string, id: string, body?: object) =>
    (await api.call(line, { token, body, headers: { 'x-request-id': id } })).json()
  const client = await ask('POST /v1/ftp-clients', 'made-by-this', newClient(home.workspaceId))
  // It fails, because this worker has not the keys, and that is told by another mail.
  await ask('POST /v1/connection-tests', 'tested-by-this', { ftpClientId: client.id })
  const { rows: jobs } = await api.database.owner.query('select name, data from pgboss.job order by created_on')
  expect(jobs.map(({ name, data }) => [name, data.requestId])).toEqual([
    ['mail.send', 'made-by-this'],
    ['connection_test.run', 'tested-by-this'],
  ])

  const worker = await startWorker({ config: readConfig(env), log: quiet })
  try {
    await vi.waitFor(() => expect(relay.taken).toHaveLength(2), 10_000)
  } finally {
    await worker.stop()
  }
  const named = relay.taken.map(({ subject, headers }) => [subject, /^X-Request-Id: (.*?)\r?$/im.exec(headers)?.[1]])
  expect(named.sort()).toEqual([
    [expect.stringContaining('Connection test failed'), 'tested-by-this'],
    [expect.stringContaining('FTP client created'), 'made-by-this'],
  ])
  const { rows: events } = await api.database.owner.query("select request_id from audit_events where action = 'ftp_client.created'")
  expect(events).toEqual([{ request_id: 'made-by-this' }])
})
