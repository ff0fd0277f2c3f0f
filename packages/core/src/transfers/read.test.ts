import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { salesRegister } from '../testing/sales-register.ts'
import { administrator, sendRegisters } from './api.fixture.ts'
import { readOriginal, readOutput } from './download.ts'
import { type Haul, openHaul } from './haul.fixture.ts'
import { getTransfer, listTransferIssues, listTransfers } from './read.ts'
import { replayTransfer } from './replay.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const adminOf = (...hauls: Haul[]) => administrator(database, { workspaceIds: hauls.map(({ client }) => client.workspaceId) })

/** Ids of all pages of two. */
async function allPages(ctx: ReturnType<typeof adminOf>, filter: Record<string, unknown> = {}): Promise<string[][]> {
  const pages: string[][] = []
  for (let cursor: string | undefined; ; ) {
    const page = await listTransfers.run(ctx, { ...filter, limit: 2, cursor })
    pages.push(page.items.map(({ id }) => id))
    cursor = page.nextCursor
    if (cursor === undefined) return pages
  }
}

test('a transfer tells all that became of its file', async () => {
  const haul = await openHaul(database)
  const { workspaceId, ftpClientId, layout } = haul.client
  const register = salesRegister([
    { number: 'A1', lines: 2 },
    { number: 'A2', bad: true },
  ])
  haul.drop('june.csv', register)
  await haul.look()
  const [{ id = '' } = {}] = await haul.transfers()
  const shown = await getTransfer.run(adminOf(haul), { id })
  const folder = (name: string) => layout.path(`UPLOAD_SALES/${name}`)
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/)
  const at = expect.any(String)
  expect(shown).toEqual({
    id,
    workspaceId,
    ftpClientId,
    product: 'gst',
    action: 'upload_sales',
    mode: 'live',
    fileName: 'june.csv',
    path: folder('INPUT/INIT/june.csv'),
    size: register.length,
    sha256: hash,
    state: 'archived',
    outcome: { rows: 3, accepted: 2, rejected: 1, warnings: expect.any(Number), notices: 0 },
    timeline: [
      { state: 'seen', at },
      { state: 'claiming', at },
      { state: 'claimed', at, path: folder(`INPUT/PROCESSING/${id}~june.csv`) },
      { state: 'fetched', at },
      { state: 'imported', at },
      { state: 'reported', at },
      { state: 'delivered', at },
      { state: 'archived', at, path: folder('INPUT/PROCESSED/june.csv') },
    ],
    outputs: [
      { kind: 'success', name: 'june.csv', path: folder('OUTPUT/SUCCESS/june.csv'), size: expect.any(Number), sha256: hash },
      { kind: 'upload_error', name: 'june.csv', path: folder('OUTPUT/UPLOAD_ERROR/june.csv'), size: expect.any(Number), sha256: hash },
    ],
    createdAt: at,
    endedAt: at,
  })
})

test('what discarded a file is told, and the name of what it repeats', async () => {
  const haul = await openHaul(database)
  for (const [name, content] of [
    ['bad.csv', 'nothing,of,use\r\n1,2,3\r\n'],
    ['june.csv', salesRegister([{ number: 'A1' }])],
    ['again.csv', salesRegister([{ number: 'A1' }])],
  ] as const) {
    haul.drop(name, content)
    await haul.look()
  }
  const { items } = await listTransfers.run(adminOf(haul), {})
  const [again, june, bad] = items
  expect(bad?.outcome?.fatal).toMatchObject({ code: 'header.missing_column', row: 0 })
  expect(again?.outcome?.alreadyImported).toEqual({ transferId: june?.id })
})

test('pages follow one another newest first, without gap or repetition, while files come in', async () => {
  const haul = await openHaul(database)
  const ctx = adminOf(haul)
  const [a, b, c, d, e] = await sendRegisters(ctx, haul, 5)
  const first = await listTransfers.run(ctx, { limit: 2 })
  expect(first.items.map(({ id }) => id)).toEqual([e, d])
  await sendRegisters(ctx, haul, 1)
  const second = await listTransfers.run(ctx, { limit: 2, cursor: first.nextCursor })
  expect(second.items.map(({ id }) => id)).toEqual([c, b])
  const third = await listTransfers.run(ctx, { limit: 2, cursor: second.nextCursor })
  expect([third.items.map(({ id }) => id), third.nextCursor]).toEqual([[a], undefined])
})

test('files of the same moment have one order', async () => {
  const haul = await openHaul(database)
  const ctx = adminOf(haul)
  const ids = await sendRegisters(ctx, haul, 5)
  await haul.query('update transfers set created_at = now() where workspace_id = $1')
  expect((await allPages(ctx)).flat()).toEqual(ids.toReversed())
})

test('a list over several workspaces is one list', async () => {
  const [one, other, foreign] = [await openHaul(database), await openHaul(database), await openHaul(database)]
  const ctx = adminOf(one, other)
  const ids = [...(await sendRegisters(ctx, one, 2)), ...(await sendRegisters(ctx, other, 2)), ...(await sendRegisters(ctx, one, 1))]
  await sendRegisters(adminOf(foreign), foreign, 2)
  expect(await allPages(ctx)).toEqual([[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]])
  expect((await allPages(ctx, { workspaceId: other.client.workspaceId })).flat()).toEqual([ids[3], ids[2]])
})

test('each filter leaves what it names', async () => {
  const haul = await openHaul(database)
  const ctx = adminOf(haul)
  haul.drop('june.csv', salesRegister([{ number: 'A1' }]))
  await haul.look()
  const [{ id: dropped = '' } = {}] = await haul.transfers()
  const [sent = ''] = await sendRegisters(ctx, haul, 1)
  const only = async (filter: Record<string, unknown>) => (await allPages(ctx, filter)).flat()
  expect(await only({ ftpClientId: haul.client.ftpClientId })).toEqual([dropped])
  expect(await only({ state: 'fetched' })).toEqual([sent])
  expect(await only({ product: 'gst', action: 'upload_sales' })).toEqual([sent, dropped])
  expect(await only({ action: 'upload_purchases' })).toEqual([])
  const { createdAt } = await getTransfer.run(ctx, { id: sent })
  expect(await only({ since: createdAt })).toEqual([sent])
})

test('a product admin sees transfers of their products only', async () => {
  const haul = await openHaul(database)
  const { workspaceId } = haul.client
  const [gst = '', itc = ''] = await sendRegisters(adminOf(haul), haul, 2)
  await haul.query(`update transfers set product = 'max_itc' where workspace_id = $1 and id = '${itc}'`)
  const theirs = administrator(database, { workspaceIds: [workspaceId], products: ['gst'] })
  expect((await allPages(theirs)).flat()).toEqual([gst])
  expect((await allPages(theirs, { product: 'max_itc' })).flat()).toEqual([])
  await expect(getTransfer.run(theirs, { id: itc })).rejects.toMatchObject({ code: 'transfer.not_found' })
})

test.each([
  ['transfer', (ctx: ReturnType<typeof adminOf>, id: string) => getTransfer.run(ctx, { id })],
  ['transferIssues', (ctx, id) => listTransferIssues.run(ctx, { id })],
  ['transferOriginal', (ctx, id) => readOriginal.run(ctx, { id })],
  ['transferOutput', (ctx, id) => readOutput.run(ctx, { id, kind: 'success' })],
  ['replayTransfer', (ctx, id) => replayTransfer.run(ctx, { id })],
] satisfies [string, (ctx: ReturnType<typeof adminOf>, id: string) => Promise<unknown>][])(
  '%s finds nothing of others, nor what never was',
  async (_, ask) => {
    const [theirs, ours] = [await openHaul(database), await openHaul(database)]
    const [foreign = ''] = await sendRegisters(adminOf(theirs), theirs, 1)
    for (const id of [foreign, newId()])
      await expect(ask(adminOf(ours), id)).rejects.toMatchObject({ kind: 'not_found', code: 'transfer.not_found' })
  },
)

test('issues come in the order of the rows, a page at a time', async () => {
  const haul = await openHaul(database)
  haul.drop('june.csv', salesRegister(['A1', 'A2', 'A3'].map((number) => ({ number, bad: true }))))
  await haul.look()
  const [{ id = '' } = {}] = await haul.transfers()
  const ctx = adminOf(haul)
  const { items: all } = await listTransferIssues.run(ctx, { id })
  expect(all[0]).toMatchObject({ row: 1, column: 'Item Taxable Amount', severity: 'error', value: 'much' })
  expect(all.map(({ row }) => row)).toEqual(all.map(({ row }) => row).toSorted())
  const paged: typeof all = []
  for (let cursor: string | undefined; ; ) {
    const page = await listTransferIssues.run(ctx, { id, limit: 1, cursor })
    paged.push(...page.items)
    cursor = page.nextCursor
    if (cursor === undefined) break
  }
  expect(paged).toEqual(all)
  await expect(listTransferIssues.run(ctx, { id, cursor: 'wrong' })).rejects.toMatchObject({ code: 'input.invalid' })
})
