import { readFileSync } from 'node:fs'
import { openHaul } from '@drayage/core/transfers/haul.fixture'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

test('the first file of the README comes back as the README says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, block = ''] = /```csv\n([^`]+)```/.exec(readme) ?? []
  const haul = await openHaul(database)
  haul.drop('sales.csv', block.replaceAll(/^ +/gm, ''))
  await haul.look()
  const { 'OUTPUT/SUCCESS/sales.csv': success, 'OUTPUT/UPLOAD_ERROR/sales.csv': errors, ...rest } = haul.files()
  expect(success).toMatch(/^INVOICE,INV-1,/m)
  expect(success).not.toContain('INV-2')
  expect(errors).toMatch(/^INVOICE,INV-2,.*IGST/m)
  expect(errors).not.toContain('INV-1')
  expect(Object.keys(rest)).toEqual(['INPUT/PROCESSED/sales.csv'])
})
