import { setLicence } from '@drayage/db/queries/licences'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteFtpClient } from '../ftp-clients/delete.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { administrator, sendRegisters, textOf } from './api.fixture.ts'
import { readOutput } from './download.ts'
import { type Haul, openHaul } from './haul.fixture.ts'
import { getTransfer } from './read.ts'
import { replayTransfer } from './replay.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const register = salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2', bad: true }, { number: 'A3' }])
const life = ['fetched', 'imported', 'reported', 'delivered', 'archived']
const adminOf = ({ client }: Haul) => administrator(database, { workspaceIds: [client.workspaceId] })

async function imported(options: Parameters<typeof openHaul>[1] = {}, content = register): Promise<{ haul: Haul; id: string }> {
  const haul = await openHaul(database, options)
  haul.drop('june.csv', content)
  await haul.look()
  const [{ id = '' } = {}] = await haul.transfers()
  return { haul, id }
}

test('a replay imports known content again, with the same results, and leaves the server alone', async () => {
  const { haul, id } = await imported()
  const ctx = adminOf(haul)
  const before = { files: haul.files(), documents: await haul.documents() }
  haul.ctx.server.calls.length = 0
  haul.ctx.mailbox.length = 0

  const replay = await replayTransfer.run(ctx, { id })
  expect(replay).toMatchObject({ state: 'fetched', replayOf: id, fileName: 'june.csv', path: 'june.csv', outputs: [] })
  expect(replay.timeline).toMatchObject([{ state: 'fetched', by: 'admin@example.com' }])
  expect(ctx.queue).toEqual([{ name: 'transfer.run', payload: { workspaceId: haul.client.workspaceId, transferId: replay.id } }])
  await haul.carryOn()

  const [original, again] = [await getTransfer.run(ctx, { id }), await getTransfer.run(ctx, { id: replay.id })]
  expect(again.timeline.map(({ state }) => state)).toEqual(life)
  expect(again).toMatchObject({ state: 'archived', outcome: original.outcome, sha256: original.sha256 })
  const contents = ({ outputs }: typeof again) => outputs.map(({ kind, name, size, sha256 }) => ({ kind, name, size, sha256 }))
  expect(contents(again)).toEqual(contents(original))
  expect(again.outputs.map(({ path }) => path)).toEqual(['june.csv', 'june.csv'])
  expect(await haul.documents()).toEqual(before.documents.map((document) => ({ ...document, transfer_id: replay.id })))

  expect(haul.ctx.server.calls).toEqual([])
  expect(haul.files()).toEqual(before.files)
  expect(haul.ctx.mailbox).toEqual([])
})

test('a replay is audited', async () => {
  const { haul, id } = await imported()
  const replay = await replayTransfer.run(adminOf(haul), { id })
  const events = await haul.query('select action, subject_id, product, after from audit_events where workspace_id = $1')
  const after = { replayOf: id, fileName: 'june.csv', sha256: replay.sha256 }
  expect(events).toEqual([{ action: 'transfer.replayed', subject_id: replay.id, product: 'gst', after }])
})

test('a file is answered for want of a licence, in the error file and by mail, and is imported by a replay once there is one', async () => {
  const haul = await openHaul(database)
  const { workspaceId } = haul.client
  const licensedUntil = (year: string) =>
    haul.ctx.db.inWorkspace(workspaceId, (transaction) =>
      setLicence(transaction, { workspaceId, product: 'gst', validUntil: new Date(`${year}-01-01`) }),
    )
  await licensedUntil('2020')
  haul.drop('june.csv', register)
  await haul.look()
  const [{ id = '', outcome } = {}] = await haul.transfers()
  expect(outcome).toMatchObject({ fatal: { code: 'product.not_licensed' } })
  expect(haul.files()).toEqual({
    'INPUT/FAILED/june.csv': register,
    'OUTPUT/UPLOAD_ERROR/june.csv': expect.stringMatching(/^Error\r?\n.*licence.*\(product\.not_licensed\).*\r?\n$/),
  })
  expect(haul.ctx.mailbox.map(({ text }) => text)).toEqual([
    expect.stringMatching(/\(product\.not_licensed\)[\s\S]*Have the licence renewed/),
  ])
  await licensedUntil('2999')
  await replayTransfer.run(adminOf(haul), { id })
  await haul.carryOn()
  expect((await haul.documents()).map(({ number }) => number)).toEqual(['A1', 'A3'])
})

test('a replay of a file that came through a test folder keeps nothing either', async () => {
  const { haul, id } = await imported()
  await haul.query("update transfers set mode = 'test' where workspace_id = $1")
  const { id: replayId } = await replayTransfer.run(adminOf(haul), { id })
  await haul.carryOn()
  expect((await haul.transfers()).find((each) => each.id === replayId)).toMatchObject({ state: 'archived', loaded: false })
})

test('a replay needs no client that works: not a paused one, nor one that needs a person, nor any at all', async () => {
  const csv = { delimiter: ';', quote: '"', encoding: 'utf-8' } as const
  const { haul, id } = await imported({ fields: { csv } }, register.replaceAll(',', ';'))
  const { workspaceId, ftpClientId } = haul.client
  const ctx = adminOf(haul)
  const replayed = async () => {
    const replay = await replayTransfer.run(ctx, { id })
    await haul.carryOn()
    return getTransfer.run(ctx, { id: replay.id })
  }
  await haul.query("update ftp_clients set status = 'paused' where workspace_id = $1")
  expect(await replayed()).toMatchObject({ state: 'archived', outcome: { accepted: 3 } })
  await haul.query(
    `insert into ftp_client_attentions (workspace_id, ftp_client_id, code, message, raised_by, stops)
     values ($1, '${ftpClientId}', 'remote.login_refused', '', 'look', true)`,
  )
  expect(await replayed()).toMatchObject({ state: 'archived', outcome: { accepted: 3 } })
  expect(await haul.query('select code from ftp_client_attentions where workspace_id = $1')).toHaveLength(1)
  const [{ version = 0 } = {}] = await haul.query<{ version: number }>('select version from ftp_clients where workspace_id = $1')
  await deleteFtpClient.run(ctx, { id: ftpClientId, expectedVersion: version })
  const last = await replayed()
  expect(last).toMatchObject({ workspaceId, state: 'archived', outcome: { accepted: 3 } })
  const { bytes } = await readOutput.run(ctx, { id: last.id, kind: 'success' })
  expect(await textOf(bytes)).toContain('INVOICE;A1;')
})

test('a replay says nothing about the health of the server', async () => {
  const { haul, id } = await imported()
  await haul.query(
    `insert into ftp_client_attentions (workspace_id, ftp_client_id, code, message, raised_by, stops)
     values ($1, '${haul.client.ftpClientId}', 'remote.unreachable', '', 'transfer', false)`,
  )
  await replayTransfer.run(adminOf(haul), { id })
  await haul.carryOn()
  expect(await haul.query('select code from ftp_client_attentions where workspace_id = $1')).toHaveLength(1)
})

test('a transfer that goes on by itself is not replayed', async () => {
  const haul = await openHaul(database)
  const [id = ''] = await sendRegisters(adminOf(haul), haul, 1)
  await expect(replayTransfer.run(adminOf(haul), { id })).rejects.toMatchObject({
    kind: 'conflict',
    code: 'transfer.not_ended',
    details: { state: 'fetched' },
  })
})

test('a transfer whose file was taken away is not replayed', async () => {
  const haul = await openHaul(database, { fields: { quietSeconds: 3600 } })
  haul.drop('june.csv', register)
  await haul.look()
  await haul.query("update transfers set state = 'vanished', ended_at = now() where workspace_id = $1")
  const [{ id = '' } = {}] = await haul.transfers()
  await expect(replayTransfer.run(adminOf(haul), { id })).rejects.toMatchObject({ code: 'transfer.original_not_stored' })
})
