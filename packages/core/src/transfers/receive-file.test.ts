import { createHash } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { salesRegister } from '../testing/sales-register.ts'
import { administrator, importRequest, textOf } from './api.fixture.ts'
import { readOriginal, readOutput } from './download.ts'
import { type Haul, openHaul } from './haul.fixture.ts'
import { getTransfer } from './read.ts'
import { receiveFile } from './receive-file.ts'
import { replayTransfer } from './replay.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2', bad: true }, { number: 'A3' }])
const adminOf = ({ client }: Haul) => administrator(database, { workspaceIds: [client.workspaceId] })

async function sent(haul: Haul, content: string | Buffer, fields: Record<string, unknown> = {}) {
  const ctx = adminOf(haul)
  const { id } = await receiveFile.run(ctx, importRequest(haul, content, fields))
  await haul.carryOn()
  return getTransfer.run(ctx, { id })
}

test('a received file is a fetched transfer, whose reply has its hash', async () => {
  const haul = await openHaul(database)
  const ctx = adminOf(haul)
  const received = await receiveFile.run(ctx, importRequest(haul, register))
  expect(received).toMatchObject({
    state: 'fetched',
    mode: 'live',
    fileName: 'june.csv',
    path: 'june.csv',
    size: register.length,
    sha256: createHash('sha256').update(register).digest('hex'),
    timeline: [{ state: 'fetched', by: 'admin@example.com' }],
  })
  expect(received.ftpClientId).toBeUndefined()
  expect(ctx.queue).toEqual([{ name: 'transfer.run', payload: { workspaceId: haul.client.workspaceId, transferId: received.id } }])
  expect(await textOf((await readOriginal.run(ctx, { id: received.id })).bytes)).toBe(register)
})

test('a received file ends like a dropped one: same documents, same results, and no server is asked', async () => {
  const [dropped, haul] = [await openHaul(database), await openHaul(database)]
  dropped.drop('june.csv', register)
  await dropped.look()
  const done = await sent(haul, register)
  expect(haul.ctx.server.calls).toEqual([])
  expect(haul.ctx.mailbox).toEqual([])
  expect(done).toMatchObject({ state: 'archived', outcome: (await dropped.transfers())[0]?.outcome })
  expect(done.timeline.map(({ state }) => state)).toEqual(['fetched', 'imported', 'reported', 'delivered', 'archived'])
  const numbers = async (each: Haul) => (await each.documents()).map(({ number, lines }) => [number, lines])
  expect(await numbers(haul)).toEqual(await numbers(dropped))
  const files = dropped.files()
  expect(done.outputs.map(({ kind, path }) => [kind, path])).toEqual([
    ['success', 'june.csv'],
    ['upload_error', 'june.csv'],
  ])
  for (const { kind } of done.outputs) {
    const { bytes } = await readOutput.run(adminOf(haul), { id: done.id, kind })
    expect(await textOf(bytes)).toBe(files[`OUTPUT/${kind.toUpperCase()}/june.csv`])
  }
})

test('test mode reports and keeps nothing, and does not make the content known', async () => {
  const haul = await openHaul(database)
  const tried = await sent(haul, register, { mode: 'test' })
  expect(tried).toMatchObject({ mode: 'test', state: 'archived', outcome: { accepted: 3, rejected: 1 } })
  expect(await haul.documents()).toEqual([])
  expect((await sent(haul, register)).outcome).toMatchObject({ accepted: 3 })
})

test('the same content again is known and names the first; a replay of that imports it', async () => {
  const haul = await openHaul(database)
  const first = await sent(haul, register)
  const again = await sent(haul, register, { fileName: 'other-name.csv' })
  expect(again).toMatchObject({ state: 'archived', outcome: { rows: 0, alreadyImported: { transferId: first.id } }, outputs: [] })
  const { id } = await replayTransfer.run(adminOf(haul), { id: first.id })
  await haul.carryOn()
  expect((await haul.documents()).map(({ number, transfer_id }) => [number, transfer_id])).toEqual([
    ['A1', id],
    ['A3', id],
  ])
})

test('the same content of a dropped file is another matter', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  await haul.look()
  expect((await sent(haul, register)).outcome?.alreadyImported).toBeUndefined()
})

test('a file without rows is answered like any other', async () => {
  const haul = await openHaul(database)
  expect(await sent(haul, '')).toMatchObject({ state: 'archived', size: 0, outcome: { fatal: { code: 'file.empty' } } })
})

test.each(['', '..', 'a/b.csv', 'a\\b.csv', 'a\r\nb.csv', '-x.csv', ' a.csv', 'gpj\u202e.csv', `${'x'.repeat(200)}.csv`])(
  'the name %j is refused before anything is read',
  async (fileName) => {
    const haul = await openHaul(database)
    let read = false
    const body = (async function* () {
      read = true
      yield Buffer.from(register)
    })()
    await expect(receiveFile.run(adminOf(haul), importRequest(haul, '', { fileName, body }))).rejects.toMatchObject({
      code: 'input.invalid',
      details: { errors: [{ pointer: '/fileName', code: 'name_refused' }] },
    })
    expect(read).toBe(false)
  },
)

test('what is too large or breaks off leaves no transfer, and nothing that counts in the store', async () => {
  const haul = await openHaul(database)
  const ctx = adminOf(haul)
  const tight = { ...ctx, settings: { ...ctx.settings, maxFileBytes: register.length - 1 } }
  await expect(receiveFile.run(tight, importRequest(haul, register))).rejects.toMatchObject({
    kind: 'unprocessable',
    code: 'import.file_too_large',
  })
  const broken = (async function* () {
    yield Buffer.from(register)
    throw new Error('the line was cut')
  })()
  await expect(receiveFile.run(ctx, importRequest(haul, '', { body: broken }))).rejects.toThrow('the line was cut')
  expect(await haul.transfers()).toEqual([])
  expect(await haul.query('select id from files where workspace_id = $1 and complete')).toEqual([])
  expect(ctx.queue).toEqual([])
})

test('no transaction is held while a body comes slowly', async () => {
  const haul = await openHaul(database)
  const begun = Promise.withResolvers<void>()
  const rest = Promise.withResolvers<void>()
  const body = (async function* () {
    yield Buffer.from(register)
    begun.resolve()
    await rest.promise
  })()
  const receiving = receiveFile.run(adminOf(haul), importRequest(haul, '', { body }))
  await begun.promise
  const { rows } = await database.owner.query(
    "select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
  )
  expect(rows).toEqual([])
  rest.resolve()
  expect(await receiving).toMatchObject({ state: 'fetched' })
})

test.each([
  [{ action: 'upload_nothing' }, { code: 'action.unknown' }],
  [{ product: 'gold' }, { code: 'input.invalid' }],
  [{ mode: 'dry' }, { code: 'input.invalid' }],
  [{ body: 'text' }, { code: 'input.invalid' }],
  [{ workspaceId: '00000000-0000-7000-8000-000000000009' }, { code: 'workspace.not_found' }],
])('%j is refused', async (fields, fault) => {
  const haul = await openHaul(database)
  await expect(receiveFile.run(adminOf(haul), importRequest(haul, register, fields))).rejects.toMatchObject(fault)
})

test('a product admin sends files of their products only', async () => {
  const haul = await openHaul(database)
  const theirs = administrator(database, { workspaceIds: [haul.client.workspaceId], products: ['max_itc'] })
  await expect(receiveFile.run(theirs, importRequest(haul, register))).rejects.toMatchObject({ code: 'access.not_permitted' })
})
