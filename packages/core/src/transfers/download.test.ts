import { createHash } from 'node:crypto'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { salesRegister } from '../testing/sales-register.ts'
import { administrator, sendRegisters, textOf } from './api.fixture.ts'
import { readOriginal, readOutput } from './download.ts'
import { type Haul, openHaul } from './haul.fixture.ts'
import { replayTransfer } from './replay.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([
  { number: 'A1', lines: 2 },
  { number: 'A2', bad: true },
])
const adminOf = ({ client }: Haul) => administrator(database, { workspaceIds: [client.workspaceId] })

async function imported(): Promise<{ haul: Haul; id: string }> {
  const haul = await openHaul(database)
  haul.drop('june.csv', register)
  await haul.look()
  const [{ id = '' } = {}] = await haul.transfers()
  return { haul, id }
}

test('the original is handed out as it came', async () => {
  const { haul, id } = await imported()
  const { bytes, ...facts } = await readOriginal.run(adminOf(haul), { id })
  const sha256 = createHash('sha256').update(register).digest('hex')
  expect(facts).toEqual({ name: 'june.csv', contentType: 'text/csv', size: register.length, sha256 })
  expect(await textOf(bytes)).toBe(register)
})

test('a result is handed out as it was delivered', async () => {
  const { haul, id } = await imported()
  const files = haul.files()
  for (const [kind, folder] of [
    ['success', 'SUCCESS'],
    ['upload_error', 'UPLOAD_ERROR'],
  ] as const) {
    const { name, size, bytes } = await readOutput.run(adminOf(haul), { id, kind })
    const text = await textOf(bytes)
    expect(text).toBe(files[`OUTPUT/${folder}/${name}`])
    expect(size).toBe(Buffer.byteLength(text))
  }
})

test('a result that there is not, or not yet, is not found', async () => {
  const haul = await openHaul(database)
  const [sent = ''] = await sendRegisters(adminOf(haul), haul, 1)
  const { haul: done, id } = await imported()
  await expect(readOutput.run(adminOf(haul), { id: sent, kind: 'success' })).rejects.toMatchObject({ code: 'transfer.output_not_found' })
  await expect(readOutput.run(adminOf(done), { id, kind: 'generation_error' })).rejects.toMatchObject({
    kind: 'not_found',
    code: 'transfer.output_not_found',
  })
})

test('an original that was never fetched is not found', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 3600 } })
  haul.drop('june.csv', register)
  await haul.look()
  const [{ id = '' } = {}] = await haul.transfers()
  await expect(readOriginal.run(adminOf(haul), { id })).rejects.toMatchObject({
    kind: 'not_found',
    code: 'transfer.original_not_stored',
    details: { state: 'seen' },
  })
})

test('what retention has dropped is not found, and not replayed', async () => {
  const { haul, id } = await imported()
  const ctx = adminOf(haul)
  const begun = await readOriginal.run(ctx, { id })
  await database.owner.query("select drop_file_store_before('2999-01-01')")
  await database.owner.query('select prepare_file_store()')
  const expired = { kind: 'not_found', code: 'file.expired' }
  await expect(readOriginal.run(ctx, { id })).rejects.toMatchObject(expired)
  await expect(readOutput.run(ctx, { id, kind: 'success' })).rejects.toMatchObject(expired)
  await expect(replayTransfer.run(ctx, { id })).rejects.toMatchObject(expired)
  await expect(textOf(begun.bytes)).rejects.toMatchObject({ code: 'file.expired' })
})
