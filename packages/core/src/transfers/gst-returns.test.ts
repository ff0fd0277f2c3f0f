import { readFileSync } from 'node:fs'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sections } from '../imports/products/gst/gstr1/sections.ts'
import { type Haul, openHaul } from './haul.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const gstin = '27AAPFU0939F1ZV'
const fixture = (name: string) => readFileSync(new URL(`../imports/products/gst/gstr1/fixtures/${name}`, import.meta.url), 'utf8')
const put = ({ ctx, client }: Haul, path: string, content: string) => ctx.server.put(client.layout.path(path), content)
const results = ({ ctx, client }: Haul) => {
  const folder = `${client.layout.path('GENERATE_GSTR1/OUTPUT/SUCCESS')}/`
  const paths = ctx.server.paths().filter((path) => path.startsWith(folder))
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), String(ctx.server.get(path))]))
}
const ask = `GSTIN,Return Period\n${gstin},062025\n`

test('sections that are dropped, and a file that asks, put the return on the server, and again when asked again', async () => {
  const haul = await openHaul(database)
  for (const { key } of sections.filter((each) => each.key.startsWith('ECO'))) {
    put(haul, `UPLOAD_GSTR1_SECTION/INPUT/INIT/${gstin}_GOVT_GSTR1_${key}_062025_x.csv`, fixture(`${key.toLowerCase()}.csv`))
  }
  await haul.look()
  put(haul, 'GENERATE_GSTR1/INPUT/INIT/june.csv', ask)
  await haul.look()
  const name = `${gstin}_062025_GSTR1`
  expect(Object.keys(results(haul))).toEqual([`${name}.csv`, `${name}.json`])
  expect(results(haul)[`${name}.json`]).toBe(fixture('eco-062025.json'))
  expect(results(haul)[`${name}.csv`]).toContain('\nECO,14,Supplies through operators,Section file,2,150000.00,27000.00,0.00,0.00,0.00\n')

  put(haul, 'GENERATE_GSTR1/INPUT/INIT/june.csv', ask)
  await haul.look()
  const [, , ...again] = Object.keys(results(haul)).toSorted((one, other) => one.length - other.length)
  expect(again).toHaveLength(2)
  for (const each of again) expect(each).toMatch(new RegExp(`^${name}~[0-9a-f]{8}\\.(csv|json)$`))
})
