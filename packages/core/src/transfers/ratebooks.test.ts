import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleRatebook } from '../testing/ratebook.ts'
import { type Haul, openHaul } from './haul.fixture.ts'
import { mostSubfolders } from './poll.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const openBroker = () => openHaul(database, { fields: { product: 'ratebooks', mailPolicy: 'always' } })
const put = ({ ctx }: Haul, path: string, content: string) => ctx.server.put(`/data/${path}`, content)
const channels = (haul: Haul) =>
  haul.query<{ channel: string; name: string }>(
    `select channel, name from ratebooks where workspace_id = $1 and status = 'published' order by channel`,
  )

test('a ratebook is published, its reports are written, and its begin and its end are mailed', async () => {
  const haul = await openBroker()
  put(haul, 'ratebooks/july.csv', sampleRatebook([{}]))
  await haul.look()
  expect(await channels(haul)).toEqual([{ channel: 'default', name: 'july' }])
  expect(haul.ctx.server.paths()).toEqual(['/data/processed/july.csv', '/data/reports/july.report.csv', '/data/reports/july.summary.json'])
  expect(haul.ctx.mailbox.map(({ subject }) => subject.replace(/ \(.*/, ''))).toEqual([
    '[sandbox] july.csv: import begun',
    '[sandbox] july.csv: 1 row imported',
  ])
})

test('a folder that the broker makes is a channel of its own, a hidden one is none', async () => {
  const haul = await openBroker()
  const server = haul.ctx.server.open()
  for (const folder of ['custom-123', '.trash', 'test']) await server.makeDirectory(`/data/ratebooks/${folder}`)
  put(haul, 'ratebooks/custom-123/a.csv', sampleRatebook([{}]))
  put(haul, 'ratebooks/default/b.csv', sampleRatebook([{ tag_line: 'b' }]))
  put(haul, 'ratebooks/.trash/c.csv', sampleRatebook([{ tag_line: 'c' }]))
  await haul.look()
  expect(await channels(haul)).toEqual([
    { channel: 'custom-123', name: 'a' },
    { channel: 'default', name: 'b' },
  ])
  expect(haul.ctx.server.paths()).toContain('/data/ratebooks/.trash/c.csv')
})

test('a book in the test folder is reported on and published nowhere', async () => {
  const haul = await openBroker()
  put(haul, 'test/july.csv', sampleRatebook([{}]))
  await haul.look()
  expect(await channels(haul)).toEqual([])
  expect(String(haul.ctx.server.get('/data/reports/july.summary.json'))).toContain('"accepted": 1')
})

test('a fatal fault changes nothing, is named in the report, and the source is with the failed ones', async () => {
  const haul = await openBroker()
  put(haul, 'ratebooks/july.csv', sampleRatebook([{}]))
  await haul.look()
  put(haul, 'ratebooks/august.csv', 'c1,make\n1,VW\n')
  await haul.look()
  expect(await channels(haul)).toEqual([{ channel: 'default', name: 'july' }])
  expect(haul.ctx.server.paths()).toContain('/data/failed/august.csv')
  expect(String(haul.ctx.server.get('/data/reports/august.report.csv'))).toContain('0,c1,fatal,header.mixed_names,')
})

test('of more folders than can be looked into the first are, and the client says so', async () => {
  const haul = await openBroker()
  const server = haul.ctx.server.open()
  for (let at = 0; at <= mostSubfolders; at++) await server.makeDirectory(`/data/ratebooks/${String(at).padStart(3, '0')}`)
  put(haul, 'ratebooks/000/july.csv', sampleRatebook([{}]))
  await haul.look()
  expect((await haul.transfers()).map(({ file_name, state }) => `${file_name} ${state}`)).toEqual(['july.csv archived'])
  expect(await haul.query('select code from ftp_client_attentions where workspace_id = $1')).toEqual([{ code: 'remote.too_many_folders' }])
})
