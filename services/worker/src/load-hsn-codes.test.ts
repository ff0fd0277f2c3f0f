import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { workbook } from '@drayage/core/testing/workbook'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'hsn-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database[Symbol.asyncDispose]()
})

async function load(content: string | Buffer): Promise<{ code: number; output: string }> {
  const path = join(folder, 'codes.csv')
  await writeFile(path, content)
  const main = fileURLToPath(new URL('load-hsn-codes.ts', import.meta.url))
  const child = spawn(process.execPath, [main, path], { env: { DATABASE_URL: database.url }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, output: output + errors }
}
const held = async () => (await database.owner.query('select code, description from hsn_codes order by code')).rows

test('the command puts a list in place of the one before, from CSV and from a workbook', async () => {
  expect(await load('HSN_CD,HSN_Description\n9401,Seats\n0402,"Milk, dried"\n\n9401,again\n')).toMatchObject({
    code: 0,
    output: expect.stringContaining('2 codes, in place of 0.'),
  })
  expect(await held()).toEqual([
    { code: '0402', description: 'Milk, dried' },
    { code: '9401', description: 'Seats' },
  ])
  const sheet = workbook([['Code'], [{ number: 402, format: '0000' }], ['998313'], ['94013000']])
  expect(await load(sheet)).toMatchObject({ code: 0, output: expect.stringContaining('3 codes, in place of 2.') })
})

test('a code that is none changes nothing, and is named', async () => {
  const before = await held()
  const { code, output } = await load('Code\n9401\nchairs\n')
  expect(code).toBe(1)
  expect(output).toContain('Row 2: "chairs" is no HSN or SAC code')
  expect(await held()).toEqual(before)
})
