import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mostReturns, returnColumns } from './return-judge.ts'
import { cases, found } from './section-rules.fixture.ts'
import { sections } from './sections.ts'

/** `docs/gst-returns.md` is made of what sections declare and say; `-u` writes it anew. */

const sectionLines = sections.map(({ key, table, title, columns }) => {
  const named = columns.map(({ header, required }) => (required ? `**${header}**` : header)).join(', ')
  return `| \`${key}\` | ${table} | ${title} | ${named} |`
})

const askedLines = returnColumns.map(({ header, required, help }) => `| ${required ? `**${header}**` : header} | ${help} |`)

/** What no single row can break, and what is about the file. */
const across = [
  ['error', 'document.rows_disagree', 'Rows of one invoice or note differ in what concerns it; make them agree.'],
  [
    'error',
    'document.has_rejected_row',
    'The row is right, but another of the same invoice or note is not; correct that one and send both.',
  ],
  ['error', 'original.revised_twice', 'An original has two revised numbers; the first counts. Give it one.'],
  ['error', 'hsn.unlisted', 'The code is not on the list that the operator loaded; look it up on the tax portal and correct it.'],
  ['warning', 'rate.ended', 'The rate ended before the end of the period; make sure that it still applies.'],
  [
    'warning',
    'row.repeated',
    "Two rows say the same thing; one counts, the one that the tax network's own tool takes. Add them up if both are meant.",
  ],
  ['warning', 'section.outdated', 'A file that came later brought the section already, and that one counts.'],
  ['fatal', 'file_name.malformed', 'The name is not built as it must be.'],
  ['fatal', 'file_name.gstin_malformed', 'The name does not begin with a GSTIN.'],
  ['fatal', 'file_name.gstin_check_digit', 'The GSTIN in the name does not fit its last character.'],
  ['fatal', 'file_name.section_unknown', 'The name says a section that there is not.'],
  ['fatal', 'file_name.period_unreadable', 'The name says no month behind the section.'],
  ['fatal', 'file_name.period_before_gst', 'The name says a month before July 2017.'],
  ['fatal', 'file_name.section_not_in_period', 'Since May 2025 `HSN` is divided into `HSN_B2B` and `HSN_B2C`.'],
] as const

/** What is said of rows that ask for returns. */
const asking = [
  [
    'error',
    'gstin.malformed',
    'GSTIN is not built like a GSTIN; copy it from the registration certificate. So with what is missing or unreadable.',
  ],
  ['error', 'return_period.before_gst', 'Return Period is before 07-2017, when the tax began; correct it.'],
  [
    'error',
    'return_period.not_quarterly',
    'Return Period ends no quarter, and before 01-2021 quarterly filers told nothing of single months.',
  ],
  ['warning', 'return_period.not_over', 'Return Period is not over, so more may come; ask again when it is.'],
  ['warning', 'return.asked_twice', 'Two rows ask for the same return, which is made once.'],
  ['error', 'return.too_many', `A file may ask for ${mostReturns} returns; ask for the others in another one.`],
  [
    'warning',
    'return.lines_without_hsn',
    'Lines without an HSN or SAC code are missing from the summary by HSN; send their documents again with it.',
  ],
  [
    'warning',
    'return.sections_of_quarter',
    'Section files have no place in a month of a quarterly filer; send them for the last month of the quarter.',
  ],
] as const

const ofRows = new Map(
  cases.flatMap(([key, code, row, breaks]) => {
    const [issue] = found(key, { ...row, ...breaks })
    const value = issue?.value?.trim() ? ` "${issue.value.length > 30 ? `${issue.value.slice(0, 10)}…` : issue.value}"` : ''
    return issue === undefined ? [] : [[code, [issue.severity, code, `${issue.column}${value} ${issue.message}`] as const] as const]
  }),
)
const rules = (lines: readonly (readonly [string, string, string])[]) =>
  lines
    .toSorted((one, other) => (one[1] < other[1] ? -1 : 1))
    .map(([severity, code, says]) => `| ${severity} | \`${code}\` | ${says} |`)
    .join('\n')

test('docs/gst-returns.md says how sections are sent, what they hold and how they are judged, and how returns are made', async () => {
  await expect(`# GSTR-1 returns

Two actions of GST make a return for the tax portal: \`UPLOAD_GSTR1_SECTION\` takes what you have as sections, and
\`GENERATE_GSTR1\` makes the return. Both work through the folders of an FTP client and through \`POST /v1/imports\`
([api/erp.md](api/erp.md)).

## Sending a section

A section is a file of its own, CSV or XLSX (first sheet), with the columns of the tax network's own templates. Its name says
whose it is, which it is, and for which month:

    <GSTIN>_GOVT_GSTR1_<SECTION>_<MMYYYY>_<anything>.csv
    27AAPFU0939F1ZV_GOVT_GSTR1_B2B_062025_sap-20250701.csv

- A section that you send again **replaces** the earlier file as a whole, also what it does not bring any more.
- If rows of the earlier file were rejected, what you send next **completes** it instead: correct the error file and drop it
  back. An invoice that comes again replaces itself.
- Taxes are reckoned from rates, as the tax network's own tool does; in the sections that state their taxes, they are taken.
- Amounts may have commas between digits. A third decimal is rounded. Days are written as \`14-Jul-2025\`.

## The sections

Columns in bold must be there; those of other names are kept, and do not go into the return.

| section | table | what it holds | columns |
|---|---|---|---|
${sectionLines.join('\n')}

## Asking for a return

Drop a CSV into \`GENERATE_GSTR1/INPUT/INIT\` with a row for each return, ${mostReturns} at most. The same file may be dropped again
whenever something changed. Its columns:

| column | what it takes |
|---|---|
${askedLines.join('\n')}

In \`GENERATE_GSTR1/OUTPUT/SUCCESS\` you find, for each row,

- \`<GSTIN>_<MMYYYY>_GSTR1.json\`, to be uploaded to the tax portal as it is;
- \`<GSTIN>_<MMYYYY>_GSTR1.csv\`, what each section holds and adds up to.

\`GET /v1/gst/returns/{gstin}/{period}/gstr1.json?workspaceId=\` gives the bytes of the latest, and
\`GET /v1/gst/returns/{gstin}/{period}?workspaceId=\` what it adds up to. A return stays as it was made: what comes later is in the next one.

A section that you sent is taken from its files. The others are made from the documents of the sales register that count:

| document | section |
|---|---|
| invoice abroad | \`EXP\` |
| invoice to a registered customer, special zone, deemed export | \`B2B\` |
| invoice to an unregistered customer in another state, of more than 100,000 rupees (250,000 before August 2024) | \`B2CL\` |
| other invoices to unregistered customers, and notes to them | \`B2CS\`, added up by place and rate |
| note to a registered customer | \`CDNR\` |
| note on an export, or on an invoice of \`B2CL\` | \`CDNUR\` |
| any of these that amends an earlier one | the section of that name with an \`A\` behind |
| lines on which no tax is due | \`EXEMP\` |
| all lines but those of amendments, by code, unit and rate | \`HSN_B2B\` and \`HSN_B2C\`; \`HSN\` before May 2025 |
| supplies through an operator since January 2024, less what was taken back, as liable to collect tax | \`ECO\`, beside the section they go into anyway |
| what invoices of services use up of advances of earlier months, by place and rate | \`ATADJ\` |
| the numbers, by what they have in common besides the digits that count up | \`DOCS\` |

Cancelled documents count among the numbers only, and deleted ones nowhere. Lines without a code are missing from the summary by
HSN, and a warning says how many.

\`Linked Advance Adjustment Amount\` counts as an amount without tax, and up to what the services of the invoice are charged on; where
these have several rates, it is divided in proportion. An advance of the month of its invoice stands in neither table.

### Quarterly filers

With \`Quarterly Filer\` \`Y\`, a return of the first or second month of a quarter is one of the invoice furnishing facility (IFF, since
January 2021): it has \`B2B\`, \`B2BA\`, \`CDNR\`, \`CDNRA\`, \`ECOB2B\`, \`ECOURP2B\`, \`ECOAB2B\` and \`ECOAURP2B\`, and no turnover. Section
files of other kinds are left out with the warning \`return.sections_of_quarter\`: send them for the last month.

The return of the last month covers the quarter: these sections have its own documents only, all others, the summary by HSN and
the documents issued are of all three months. An invoice that no IFF told goes into it if its \`Return Filing Month\` is the last month.

### Units in special economic zones

Name the registrations of such units in the setting \`sezUnits\` of the FTP client: what they sell counts as between two states
wherever it goes, in registers, sections and returns. Files that come by \`POST /v1/imports\` have no such setting.

### What must be sent as a section

The sales register has no place for the following, so a return has it from section files alone:

- \`AT\`: advances received in the month and not used up in it. \`ATA\` and \`ATADJA\`: what amends earlier months.
- \`ATADJ\`: advances for goods, exports, special zones and supplies of which the customer pays the tax, if tax was paid on them. A file
  of \`ATADJ\` takes the place of what is made from the register, so it must have the others as well.
- \`ECO\`: if some supplies through operators are of section 9(5), a file with all of them, of both natures. \`ECOA\`: what amends earlier
  months.
- \`ECOB2B\`, \`ECOB2C\`, \`ECOURP2B\`, \`ECOURP2C\` and their amendments: operators report in them what their suppliers sold.
- \`DOCS\`: documents other than invoices, debit notes and credit notes, in a file with these as well.

### How requests are judged

| severity | code | what is said |
|---|---|---|
${rules(asking)}

## How rows are judged

An **error** keeps a row out, and all rows of its invoice or note with it; a **warning** and a **notice** do not. Something
**fatal** discards the file. The examples are of rows that break the rule.

| severity | code | what is said |
|---|---|---|
${rules([...ofRows.values(), ...across])}
`).toMatchFileSnapshot('../../../../../../../docs/gst-returns.md')
})

test('what is said of requests is said by their judge', () => {
  const judge = readFileSync(new URL('return-judge.ts', import.meta.url), 'utf8')
  const codes = [...judge.matchAll(/'(return(?:_period)?\.[a-z_]+)'/g)].map(([, code]) => code ?? '')
  expect(asking.map(([, code]) => code as string).filter((code) => code.startsWith('return'))).toEqual(expect.arrayContaining(codes))
  expect(new Set(codes).size).toBe(asking.length - 1)
})
