import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { sampleRegister } from '@drayage/core/imports/products/gst/sample-register'
import { generateKeyring } from '@drayage/core/keyring'
import { freePort } from '@drayage/db/embedded'
import { testDatabase } from '@drayage/db/testing'
import { type Customer, logInAsCustomer } from '@drayage/standalone/customer'
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test, vi } from 'vitest'
import { type Running, runProcess } from './run-process.ts'

const main = 'services/standalone/src/main.ts'
const inbox = '/CLEARTAX/UPLOAD_SALES/INPUT/INIT'
const success = '/CLEARTAX/UPLOAD_SALES/OUTPUT/SUCCESS'
const soon = { timeout: 30_000, interval: 50 }

let dataDir: string
let port: number
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drayage-journey-'))
  port = await freePort()
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

function start(): Running {
  const running = runProcess(main, { DATA_DIR: dataDir, PORT: String(port) })
  onTestFailed(async () => console.error(running.output(), await readFile(join(dataDir, 'logs/worker.log'), 'utf8')))
  return running
}

async function customerOf(running: Running): Promise<Customer> {
  const [, at = '', password = ''] = await running.until(/sftp -P (\d+) practice@127\.0\.0\.1\s+\(password: (\S+)\)/)
  return logInAsCustomer({ host: '127.0.0.1', port: Number(at), username: 'practice', password })
}

async function dropAndSee(customer: Customer, name: string): Promise<void> {
  await customer.drop(`${inbox}/${name}.csv`, Readable.from(sampleRegister({ rows: 20, seed: name.length }).chunks))
  await vi.waitFor(async () => expect(await customer.list(success)).toContain(`${name}.csv`), soon)
  await vi.waitFor(async () => expect((await mails()).some((mail) => mail.includes(`${name}.csv`))).toBe(true), soon)
}
async function mails(): Promise<string[]> {
  const folder = join(dataDir, 'mailbox')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.eml'))
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
}
async function stop(running: Running): Promise<void> {
  running.interrupt()
  expect(await running.ended, running.output()).toBe(0)
  await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow()
  await expect(stat(join(dataDir, 'postgres/cluster/postmaster.pid'))).rejects.toThrow(/ENOENT/)
}

test('on an empty private folder it starts, answers a dropped file in the folder and by mail, and stops on Ctrl-C', async () => {
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  await using running = start()
  using customer = await customerOf(running)
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  await dropAndSee(customer, 'april')
  await stop(running)
})

test('it starts again on the same data and knows the customer', async () => {
  const began = performance.now()
  await using running = start()
  using customer = await customerOf(running)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(await customer.list(success)).toEqual(['april.csv'])
  await dropAndSee(customer, 'may')
  await stop(running)
})

test('killed without a word it starts again on the same data, and nothing is left of the former one', async () => {
  const killed = start()
  await killed.until(/Drayage is ready/)
  killed.kill()
  await killed.ended
  await using running = start()
  using customer = await customerOf(running)
  await dropAndSee(customer, 'killed')
  await stop(running)
})

test('a practice port that is taken meanwhile is replaced, and the client follows', async () => {
  await using before = runProcess(main, { DATA_DIR: dataDir, PORT: String(port) })
  const [, practicePort] = await before.until(/sftp -P (\d+)/)
  await stop(before)
  const squatter = createServer().listen(Number(practicePort), '127.0.0.1')
  try {
    await using running = start()
    const [, other] = await running.until(/sftp -P (\d+)/)
    expect(other).not.toBe(practicePort)
    using customer = await customerOf(running)
    await dropAndSee(customer, 'june')
    await stop(running)
  } finally {
    squatter.close()
  }
})

test('a taken PORT stops the start with a message', async () => {
  const squatter = createServer().listen(port, '127.0.0.1')
  try {
    await using running = start()
    expect(await running.ended).toBe(1)
    expect(running.output()).toContain(`Port ${port} is taken`)
  } finally {
    squatter.close()
  }
})

test('with a database of its own it keeps everything there, also over another data folder', async () => {
  await using database = await testDatabase()
  const keys = { SECRETS_KEYRING: generateKeyring(), API_KEYRING: generateApiKeyring() }
  const env = { DATABASE_URL: database.url, ENVIRONMENT: 'sandbox', PORT: String(port), ...keys }
  for (const name of ['july', 'august']) {
    const folder = await mkdtemp(join(tmpdir(), 'drayage-journey-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await using running = runProcess(main, { ...env, DATA_DIR: folder })
    using customer = await customerOf(running)
    await customer.drop(`${inbox}/${name}.csv`, Readable.from(sampleRegister({ rows: 20, seed: name.length }).chunks))
    await vi.waitFor(async () => expect(await customer.list(success)).toContain(`${name}.csv`), soon)
  }
  const { rows } = await database.owner.query('select file_name, state from transfers order by file_name')
  expect(rows).toEqual(['august.csv', 'july.csv'].map((file_name) => ({ file_name, state: 'archived' })))
})

test('a second one on the same folder is refused while the first runs', async () => {
  await using running = start()
  await running.until(/Drayage is ready/)
  await using second = runProcess(main, { DATA_DIR: dataDir, PORT: '0' })
  expect(await second.ended).toBe(1)
  expect(second.output()).toContain('is in use by process')
  await stop(running)
})
