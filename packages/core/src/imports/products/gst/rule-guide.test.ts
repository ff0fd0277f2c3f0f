import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Action, RowIssue } from '../../importer.ts'
import { linkedInvoiceFindings } from './linked-invoices.ts'
import { purchaseCases } from './purchase-rules.fixture.ts'
import { issuesOf, type RuleCase } from './register-rules.conformance.ts'
import { salesCases } from './sales-rules.fixture.ts'
import { uploadPurchase } from './upload-purchase.ts'
import { uploadSales } from './upload-sales.ts'

/** `docs/gst-rules.md` is made of what the rules say of the fixture lines that break them; `-u` writes it anew. */

const root = fileURLToPath(new URL('../../../../../../', import.meta.url))
const guide = join(root, 'docs/gst-rules.md')

type Rule = { severity: string; code: string; says: string }

const found = (action: Action, cases: readonly RuleCase[]): Map<string, Rule> =>
  new Map(
    cases.flatMap(({ code: named, breaks, settings = {} }) => {
      const issue = issuesOf(action, breaks, { settings }).find(({ severity, code }) => `${severity} ${code}` === named)
      return issue === undefined ? [] : [[named, { severity: issue.severity, code: issue.code, says: sentence(issue) }] as const]
    }),
  )

function sentence({ column, value, message }: RowIssue): string {
  const shown = value === undefined || value.trim() === '' ? '' : ` "${value.length > 30 ? `${value.slice(0, 10)}…` : value}"`
  return `${column}${shown} ${message}`
}

/** What no single line can break. */
const across: readonly Rule[] = [
  { severity: 'error', code: 'cell.control_character', says: 'Any text holds an invisible control character; type the cell anew.' },
  {
    severity: 'error',
    code: 'row.wrong_cell_count',
    says: 'The row has more or fewer cells than the header line; put cells that hold the delimiter or a line end in quotation marks.',
  },
  {
    severity: 'error',
    code: 'document.rows_disagree',
    says: 'A column that concerns the document differs between its rows; make them agree.',
  },
  {
    severity: 'error',
    code: 'document.has_rejected_row',
    says: 'The row is right, but another of the same document is not; correct that one and send the whole document.',
  },
  {
    severity: 'error',
    code: 'hsn_or_sac_code.unlisted',
    says: 'HSN or SAC code is not on the list that the operator loaded; look it up on the tax portal and correct it.',
  },
  {
    severity: 'warning',
    code: 'document.outdated',
    says: 'A file that came later brought the document already, and that version counts; nothing is to be done.',
  },
]

/** What the invoice of a note draws, which is looked up. */
const linked: Readonly<Record<(typeof linkedInvoiceFindings)[number]['code'], string>> = {
  'linked_invoice.not_imported':
    'Linked Invoice Number "MH/0001" is no invoice of this supplier, in the financial year of the Linked Invoice Date, that was imported; correct the number, or send the invoice as well.',
  'linked_invoice.does_not_count':
    'Linked Invoice Number "MH/0001" is an invoice that was cancelled or deleted; correct the number, or send the invoice again if it counts.',
  'linked_invoice_date.differs_from_invoice':
    'Linked Invoice Date "02-10-2025" is not 01-10-2025, the date of that invoice as it was imported; correct the date, or the invoice.',
  'linked_invoice.after_note':
    'Linked Invoice Number "MH/0001" is an invoice of 15-10-2025, after the note itself, 14-10-2025; correct the number, or one of the two dates.',
  'linked_invoice.other_customer':
    'Linked Invoice Number "MH/0001" is an invoice to another customer than the note; correct the number, or the Customer GSTIN.',
  'linked_invoice.exceeded':
    'Linked Invoice Number "MH/0001" is an invoice of 1000.00 before tax, and this credit note takes back 1200.00; correct the amounts, or name the invoice that the rest belongs to in a note of its own.',
}

const wholeFile: readonly Rule[] = [
  ['import.unsupported_format', 'The name ends in none of .csv, .txt, .tsv, .xlsx and .zip.'],
  ['file.empty', 'The file, or the first sheet, is empty.'],
  ['file.no_rows', 'There is a header line and no row below it.'],
  ['file.too_large', 'The file is too large; divide it.'],
  ['file.not_utf8', 'The file is not UTF-8; export it as "CSV UTF-8".'],
  ['file.not_utf16', 'The file says that it is UTF-16 and is not.'],
  ['file.nul_character', 'The file is no text.'],
  ['file.replacement_character', 'A character was lost before the file came; correct it.'],
  ['csv.quote_not_closed', 'A quotation mark is never closed.'],
  ['csv.too_many_rows', 'There are too many rows; divide the file.'],
  ['csv.too_many_columns', 'A row has too many cells; check the delimiter.'],
  ['csv.cell_too_large', 'A cell is too large.'],
  ['csv.record_too_large', 'A row is too large; look for a quotation mark that is never closed.'],
  ['header.wrong_delimiter', 'The columns are separated by another sign than the client says.'],
  ['header.wrong_quote', 'The names stand in other quotation marks than the client says.'],
  ['header.missing_column', 'A column that every file must have is missing.'],
  ['header.duplicate_column', 'A column is there twice.'],
  ['xlsx.corrupt', 'The workbook is damaged or was cut off.'],
  ['xlsx.encrypted', 'The workbook has a password; save it without.'],
  ['xlsx.old_format', 'The workbook is of before 2007 (.xls); save it as XLSX.'],
  ['xlsx.not_a_workbook', 'The file is another document than a workbook.'],
  ['xlsx.no_sheet', 'The workbook has no sheet with rows that can be seen.'],
  ['xlsx.too_many_rows', 'The sheet has too many rows; divide it.'],
  ['xlsx.too_many_columns', 'A row has too many cells.'],
  ['xlsx.cell_too_large', 'A cell is too large.'],
  ['xlsx.record_too_large', 'A row is too large.'],
  ['xlsx.too_many_texts', 'The workbook has too many different texts; send CSV.'],
  ['xlsx.too_many_parts', 'The workbook has too many parts; send CSV.'],
  ['xlsx.inflates_too_much', 'The workbook unpacks to far more than it should; send CSV.'],
  ['zip.corrupt', 'The ZIP file is damaged or was cut off.'],
  ['zip.encrypted', 'The ZIP file has a password; pack it without.'],
  ['zip.empty', 'There is no CSV file in the ZIP file.'],
  ['zip.unexpected_file', 'The ZIP file holds something besides CSV files.'],
  ['zip.headers_differ', 'A file in the ZIP file has another header line than the others.'],
  ['zip.too_many_files', 'There are too many files in the ZIP file.'],
  ['zip.inflates_too_much', 'The ZIP file unpacks to far more than it should; send its files.'],
].map(([code = '', says = '']) => ({ severity: 'fatal', code, says }))

const notices: readonly Rule[] = [
  { severity: 'notice', code: 'header.unknown_column', says: 'The column is not of the template; it was kept, as ten at most are.' },
  {
    severity: 'notice',
    code: 'header.column_dropped',
    says: 'The column has no name, or there are ten such columns already; it was not kept.',
  },
]

const sales = found(uploadSales, salesCases)
const purchases = found(uploadPurchase, purchaseCases)
const both = [...sales].filter(([named]) => purchases.has(named)).map(([, rule]) => rule)
const only = (ones: Map<string, Rule>, others: Map<string, Rule>) =>
  [...ones].filter(([named]) => !others.has(named)).map(([, rule]) => rule)

const table = (rules: readonly Rule[]) =>
  [
    '| severity | code | what is said |',
    '|---|---|---|',
    ...rules
      .toSorted((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0))
      .map(({ severity, code, says }) => `| ${severity} | \`${code}\` | ${says.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n')

test('docs/gst-rules.md says of every rule its severity, its code and what to do', async () => {
  await expect(`# Rules of GST registers

How the rows of \`UPLOAD_SALES\` and \`UPLOAD_PURCHASE\` are judged. An **error** keeps a row out, and all rows of its document
with it, so that no document is imported in part; a **warning** and a **notice** do not. Something **fatal** discards the file.
What is said always begins with the number of the row, as the spreadsheet counts it less the header line; the examples below
are of lines that break the rule.

Codes that begin with a column's name are there for every column of its kind: what is said of one date holds for all dates.
A cell that is wrong breaks no other rule. Of a document that is cancelled or deleted nothing is reckoned. A document is known
by its supplier, financial year, type and number, whatever the case; a supplier without GSTIN by its name.

Check characters of GSTINs count in production only: the registrations of the tax network's test systems have wrong ones.
Three settings of an FTP client change what is judged: \`taxTolerance\`, in rupees, makes warnings of differences up to it, where
more than one rupee is an error otherwise; \`ignoreHsnValidation: true\` passes over the operator's list of codes
([operations.md](operations.md)); \`sezUnits\` lists registrations of units in special economic zones, what is sold from or to which
bears integrated tax.

## Sales and purchases

${table(both)}
## Sales only

${table(only(sales, purchases))}
## Purchases only

${table(only(purchases, sales))}
## Across rows

${table(across)}
## The invoice of a note

The invoice that a credit or debit note names is looked up in the file and among what was imported before. Nothing of this
keeps a note out: otherwise it would matter which file comes first.

${table(linkedInvoiceFindings.map(({ severity, code }) => ({ severity, code, says: linked[code] })))}
## The header line

${table(notices)}
## The whole file

${table(wholeFile)}`).toMatchFileSnapshot(guide)
})

test('no code is left out', () => {
  const told = readFileSync(guide, 'utf8')
  const sources = globSync(['packages/core/src/imports/*.ts', 'packages/core/src/imports/xlsx/*.ts'], { cwd: root })
    .filter((path) => !/\.(test|conformance)\.ts$/.test(path))
    .map((path) => readFileSync(join(root, path), 'utf8'))
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/(?:fatal\(\s*|code: |say\([^)]*)'([a-z_]+\.[a-z_0-9]+)'/g)].map(([, code]) => code),
  )
  // Of products whose templates have names of several lengths or that know others' layouts, and of the licence.
  const elsewhere = ['header.mixed_names', 'header.translated', 'product.not_licensed']
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter((code) => !elsewhere.includes(code ?? '') && !told.includes(`\`${code}\``))).toEqual([])
  // Of cells, whose codes begin with a column's name.
  const cells = ['packages/core/src/imports/cells.ts', 'packages/core/src/imports/products/gst/cells.ts']
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .flatMap((text) => [...text.matchAll(/`\$\{noun\}\.([a-z_]+)`/g)].map(([, fault]) => `.${fault}`))
  expect(cells.length).toBeGreaterThan(10)
  const drawn = [...sales.keys(), ...purchases.keys()]
  expect(cells.filter((fault) => !drawn.some((named) => named.endsWith(fault)))).toEqual([])
  const ours = [...across, ...notices, ...wholeFile].map(({ code }) => code)
  const everything = globSync('packages/core/src/imports/**/*.ts', { cwd: root })
    .filter((path) => !path.endsWith('rule-guide.test.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')
  expect(ours.filter((code) => !everything.includes(`'${code}'`))).toEqual([])
})
