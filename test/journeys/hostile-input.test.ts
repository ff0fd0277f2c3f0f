import { registerHeader, salesRegister } from '@drayage/core/testing/sales-register'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atRest } from './harness/at-rest.ts'
import type { Customer } from './harness/customer.ts'
import { type Outcome, outcomeOf } from './harness/outcome.ts'
import { type Scene, setScene } from './harness/scene.ts'

/** Files that no register should be, dropped together on a real server beside a good one, for a real worker. */

const good = salesRegister([{ number: 'G1', lines: 2 }, { number: 'G2' }])
const row = (number: string, item: string) => salesRegister([{ number, item }]).split('\r\n')[1] ?? ''
const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`

/** What each is answered with: a fatal fault, which puts it into FAILED and is said in one line of the error file. */
const fatals: Readonly<Record<string, { content: string | Buffer; code: string; says: RegExp }>> = {
  'empty.csv': { content: '', code: 'file.empty', says: /is empty/ },
  'blank.csv': { content: '\r\n \r\n\r\n', code: 'file.empty', says: /is empty/ },
  'semicolons.csv': { content: good.replaceAll(',', ';'), code: 'header.wrong_delimiter', says: /separated by semicolon/ },
  'no-number.csv': {
    content: good.replace('Document Number', 'Remark'),
    code: 'header.missing_column',
    says: /lacks the column "+Document Number/,
  },
  'twice.csv': { content: good.replace('GST Rate', 'Document Number'), code: 'header.duplicate_column', says: /twice, at 2 and 9/ },
  'ten-megabytes.csv': {
    content: lines(registerHeader, row('A1', 'x'.repeat(10 * 1024 * 1024))),
    code: 'csv.record_too_large',
    says: /Row 1 is longer/,
  },
  'delimiters.csv': { content: lines(registerHeader, ','.repeat(4_000_000)), code: 'csv.record_too_large', says: /Row 1 is longer/ },
  'latin-1.csv': { content: Buffer.from(good.replace('Tea', 'Th\u00e9'), 'latin1'), code: 'file.not_utf8', says: /UTF-8/ },
  'nul.csv': { content: good.replace('Tea', 'T\0a'), code: 'file.nul_character', says: /./ },
  'open-quote.csv': { content: good.replace('Tea', '"Tea'), code: 'csv.quote_not_closed', says: /never closed/ },
  'sheet.xlsx': { content: Buffer.from('PK\u0003\u0004 a zip'), code: 'zip.corrupt', says: /damaged/ },
  'old.xls': { content: good.replace('Tea', 'Old tea'), code: 'import.unsupported_format', says: /XLSX/ },
}

let scene: Scene
let customer: Customer
let outcome: Outcome
let transfers: { file_name: string; state: string; outcome: Record<string, unknown>; attempts: number }[]
beforeAll(async () => {
  scene = await setScene({ leaseMs: 10_000 })
  customer = await scene.customer()
  for (const [name, { content }] of Object.entries(fatals)) await customer.drop(name, content)
  await customer.drop('good.csv', good)
  await customer.drop('header-only.csv', lines(registerHeader))
  await customer.drop('unknown.csv', lines(`${registerHeader},Mood`, `${row('U1', 'Tea')},happy`))
  const formulas = ['=cmd|/c calc!A1', '@SUM(A1)', '+1+1', '-1']
  await customer.drop('formulas.csv', lines(registerHeader, ...formulas.map((item, at) => row(`F${at}`, item)), row('=1+1', '=2+2')))
  await scene.worker()
  await atRest(scene, { withinMs: 120_000 })
  outcome = await outcomeOf(scene, customer)
  const { owner } = scene.database
  transfers = (await owner.query('select file_name, state, outcome, attempts from transfers order by file_name')).rows
}, 170_000)
afterAll(() => scene[Symbol.asyncDispose]())

const named = (name: string) => transfers.find((transfer) => transfer.file_name === name)
const fileAt = (path: string) => outcome.files[`UPLOAD_SALES/${path}`]
const errorFile = (name: string) => fileAt(`OUTPUT/UPLOAD_ERROR/${name.replace(/\.\w+$/, '.csv')}`)

test.each(Object.keys(fatals))('%s is put away as failed, with one line that says why', (name) => {
  const { content = '', code, says = /$^/ } = fatals[name] ?? {}
  expect(named(name)).toMatchObject({ state: 'archived', attempts: 0, outcome: { accepted: 0, fatal: { code } } })
  expect(fileAt(`INPUT/FAILED/${name}`)).toBe(String(content))
  const said = errorFile(name)?.trimEnd().split('\n') ?? []
  expect(said.at(-1)).toMatch(says)
  expect(said.length).toBeLessThanOrEqual(2)
})

test('a file of a header alone is put away as failed, with nothing accepted', () => {
  expect(named('header-only.csv')).toMatchObject({ state: 'archived', outcome: { rows: 0, accepted: 0 } })
  expect(fileAt('INPUT/FAILED/header-only.csv')).toBeDefined()
})

test('a column that nobody knows is kept and noticed', () => {
  expect(named('unknown.csv')).toMatchObject({ outcome: { accepted: 1, rejected: 0, notices: 1 } })
  expect(fileAt('INPUT/PROCESSED/unknown.csv')).toBeDefined()
})

test('formulas are imported as the text they are, and echoed unchanged beside our own words', async () => {
  expect(named('formulas.csv')).toMatchObject({ outcome: { accepted: 4, rejected: 1 } })
  const { rows } = await scene.database.owner.query(
    `select item_description as item from gst_document_lines l join gst_documents d on d.id = l.document_id where d.document_number like 'F%' order by 1`,
  )
  expect(rows.map(({ item }) => item).toSorted()).toEqual(['+1+1', '-1', '=cmd|/c calc!A1', '@SUM(A1)'].toSorted())
  const [, echoed = ''] = errorFile('formulas.csv')?.split('\n') ?? []
  expect(echoed).toMatch(/^INVOICE,=1\+1,.*,=2\+2,/)
})

test('the good file among them is imported, and the worker that read them all still runs', () => {
  expect(named('good.csv')).toMatchObject({ state: 'archived', outcome: { rows: 3, accepted: 3, rejected: 0 } })
  expect(fileAt('OUTPUT/SUCCESS/good.csv')).toContain('G2')
  expect(outcome.attempts.every((crashes) => crashes === 0)).toBe(true)
  expect(Object.keys(outcome.files).filter((path) => /INPUT\/(INIT|PROCESSING)|\.part$/.test(path))).toEqual([])
})
