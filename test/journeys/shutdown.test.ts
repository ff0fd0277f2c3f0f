import { generateKeyring, parseKeyring } from '@drayage/core/keyring'
import { makeSecrets } from '@drayage/core/secrets'
import { testContext } from '@drayage/core/testing/context'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { testDatabase } from '@drayage/db/testing'
import { readConfig } from '@drayage/worker/config'
import { startWorker, type Worker } from '@drayage/worker/worker'
import { expect, onTestFinished, test } from 'vitest'
import { startOpenSsh } from '../servers/openssh.ts'
import { startProxy } from '../servers/proxy.ts'
import { startRelay } from '../servers/smtp.ts'
import { newCustomer } from './harness/customer.ts'
import { outcomeOf } from './harness/outcome.ts'
import { until } from './harness/until.ts'

/** A customer behind a line that can be made slow, and workers that can be asked to stop. */
async function setLine() {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const database = stack.use(await testDatabase())
  const relay = stack.use(await startRelay())
  const server = stack.use(await startOpenSsh())
  const line = stack.use(await startProxy({ port: server.endpoint.port }))
  const keyring = generateKeyring()
  const ctx = testContext({ database, secrets: makeSecrets(parseKeyring(keyring)) })
  const customer = await newCustomer(ctx, server, { port: line.port })
  const config = readConfig({
    DATABASE_URL: database.url,
    ENVIRONMENT: 'sandbox',
    SECRETS_KEYRING: keyring,
    SMTP_URL: relay.url,
    MAIL_FROM: 'drayage@example.com',
    EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
    LEASE_SECONDS: '60',
  })
  const transfer = async () => (await database.owner.query('select * from transfers')).rows[0] ?? {}
  return {
    line,
    customer,
    transfer,
    worker: (drainMs: number): Promise<Worker> => startWorker({ config, log: ctx.log, drainMs }),
    outcome: () => outcomeOf({ database, relay }, customer),
  }
}

const register = salesRegister([{ number: 'A1', lines: 200 }])
const onceAndWhole = {
  ledgers: [['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']],
  attempts: [0],
}

test('a worker that is asked to stop ends what it has begun, and begins nothing', async () => {
  const { line, customer, transfer, worker, outcome } = await setLine()
  const stopping = await worker(30_000)
  line.toxic = { bandwidth: 40_000 }
  await customer.drop('june.csv', register)
  await until(async () => (await transfer()).state === 'claimed')
  const stopped = stopping.stop()
  await customer.drop('july.csv', register)
  await stopped
  expect(await outcome()).toMatchObject(onceAndWhole)
  expect((await outcome()).files).toHaveProperty(['UPLOAD_SALES/INPUT/INIT/july.csv'])
})

test('what cannot end in time is given back at once, and is nobody’s fault', async () => {
  const { line, customer, transfer, worker, outcome } = await setLine()
  const stopping = await worker(100)
  line.toxic = { bandwidth: 40_000 }
  await customer.drop('june.csv', register)
  await until(async () => (await transfer()).state === 'claimed')
  line.toxic = { stall: true }
  await stopping.stop()
  expect(await transfer()).toMatchObject({ state: 'claimed', lease_holder: null, failures: 0, attempts: 0, last_fault: null })
  line.toxic = {}
  const next = await worker(10_000)
  await until(async () => (await transfer()).state === 'archived')
  await next.stop()
  expect(await outcome()).toMatchObject(onceAndWhole)
})
