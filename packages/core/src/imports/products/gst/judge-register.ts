import { loadDocuments } from '@drayage/db/queries/gst-documents'
import { findUnlistedCodes } from '@drayage/db/queries/hsn-codes'
import { idSeries } from '../../../id.ts'
import type { ReadCell } from '../../cells.ts'
import { extrasOf } from '../../extras.ts'
import type { Importer, ImportFile, Report, Row, RowIssue, RowJudge } from '../../importer.ts'
import { type Cells, cellsReader, issueMaker } from '../../read-cells.ts'
import type { DocumentFacts, LineFacts } from './document-facts.ts'
import { addLine, checkUnitedTotals, declaredTotals, noTotals, type Totals, totalIssues } from './document-totals.ts'
import { checkLinkedInvoices } from './linked-invoices.ts'
import type { JudgedFile, Register, RegisterColumn } from './register.ts'
import { readSettings } from './settings.ts'
import { rejectAlongside, uniteDocuments } from './unite-documents.ts'

type FileColumn = RegisterColumn & { position: number; read: ReadCell }

/** A document whose rows are being read. */
type OpenDocument<Facts> = {
  id: string
  first: Row
  facts: Facts
  /** Cancelled or deleted: nothing is reckoned of its lines. */
  isVoid: boolean
  declared: readonly string[]
  issues: RowIssue[]
  /** Whether one of its rows was wrong so far. */
  wrong: boolean
  /** Staging cells of its first row, up to those of the line. */
  copied: string
  sums: Totals
}

const outdated = {
  code: 'document.outdated',
  message: 'A file that came after this one brought the document already. That version counts; this one was kept beside it.',
}
const unlisted = {
  column: 'HSN or SAC code',
  code: 'hsn_or_sac_code.unlisted',
  message: 'is not on the list of HSN and SAC codes; look it up on the tax portal and correct it.',
}
/** What is staged of a document before its own cells. */
const staged = [
  { name: 'document_id', type: 'uuid' },
  // True on the row that carries a document's own cells, false if that row is wrong and carries only its key, else null.
  { name: 'heads', type: 'boolean' },
  { name: 'financial_year', type: 'smallint' },
  { name: 'supplier_key', type: 'text' },
  { name: 'number_key', type: 'text' },
  { name: 'is_void', type: 'boolean' },
  { name: 'tax_may_be_left_out', type: 'boolean' },
]

/**
 * Judges the rows of a register: a row is a line of a document, and the rows of a document agree on all that concerns it.
 * Rows of one document mostly stand together; then its cells are judged and copied once. Those that are apart get
 * documents of their own, united by SQL.
 */
export function judgeRegister<Facts extends DocumentFacts, Line extends LineFacts>(register: Register<Facts, Line>): Importer {
  const documentColumns = register.columns.filter((column) => column.level === 'document')
  const lineColumns = register.columns.filter((column) => column.level === 'line')
  const documentFields = documentColumns.map((column) => column.field)
  const lineFields = lineColumns.map((column) => column.field)
  const documentIndex = new Map(documentFields.map((field, index) => [field, index]))
  const staging = [
    ...staged,
    ...[...documentColumns, ...lineColumns].map(({ field, kind }) => ({ name: field, type: kind.type })),
    { name: 'extras', type: 'jsonb' },
  ]
  /** The cells of a row that belongs to the document of the row above. */
  const sameDocument = '\t'.repeat(staged.length - 1 + documentColumns.length)
  /** The line's cells of a row that is wrong. */
  const noLine = '\t'.repeat(lineColumns.length + 1)
  /** Staging cells of a document's first row if it is wrong: only what names the document. */
  const keyCells = ({ id, facts }: OpenDocument<Facts>) => {
    const { type, financialYear, supplierKey, numberKey } = facts
    const named = documentFields.map((field) => (field === 'document_type' ? type : ''))
    return `${id}\tf\t${financialYear}\t${supplierKey}\t${numberKey}\t\t\t${named.join('\t')}`
  }

  return (file) => {
    const settings = readSettings(file.settings)
    const judged: JudgedFile = { today: file.today, ...settings }
    const columns = fileColumns(register.columns, file)
    const ofDocument = columns.filter((column) => column.level === 'document')
    const readDocument = cellsReader(ofDocument)
    const readLine = cellsReader(columns.filter((column) => column.level === 'line'))
    const lineFacts = register.lineFactsReader(lineFields)
    const find = issueMaker(columns)
    // The number first: it differs between most documents.
    const compared = [...ofDocument.slice(1), ...ofDocument.slice(0, 1)].flatMap(({ position }) => (position < 0 ? [] : [position]))
    const ids = idSeries(file.transferId)
    let open: OpenDocument<Facts> | undefined
    let someUnclear = false
    let someLinked = false

    const openDocument = (row: Row): OpenDocument<Facts> => {
      const issues: RowIssue[] = []
      const cells = readDocument(row, (issue) => issues.push(issue))
      const cell = (field: string) => cells[documentIndex.get(field) ?? -1]
      const facts = register.documentFacts(cell, judged)
      for (const rule of register.documentRules) {
        if (rule.broken(facts, judged)) issues.push(find(rule, row, rule.message(facts, judged)))
      }
      const id = ids.next()
      const isVoid = facts.cancelled || facts.deleted
      someLinked ||= facts.linkedInvoice.hasNumber && facts.type !== 'INVOICE'
      const { financialYear, supplierKey, numberKey, taxMayBeLeftOut } = facts
      return {
        id,
        first: row,
        facts,
        isVoid,
        declared: declaredTotals(cell),
        issues,
        wrong: issues.some((issue) => issue.severity === 'error'),
        copied: `${id}\tt\t${financialYear}\t${supplierKey}\t${numberKey}\t${isVoid}\t${taxMayBeLeftOut}\t${cells.join('\t')}`,
        sums: noTotals(),
      }
    }
    const closeDocument = (report: Report) => {
      if (open !== undefined && !open.wrong && !open.isVoid) for (const issue of totalIssues(open, judged)) report(issue)
    }
    const ofLine = (row: Row, { document, report }: { document: OpenDocument<Facts>; report: Report }): Cells => {
      const cells = readLine(row, report)
      if (document.isVoid) return cells
      const facts = lineFacts(cells, document.facts)
      for (const rule of register.lineRules) {
        if (rule.broken(facts, document.facts, judged)) report(find(rule, row, rule.message(facts, document.facts, judged)))
      }
      addLine(document.sums, facts)
      return cells
    }

    return {
      staging,
      indivisible: {
        column: 'document_id',
        code: 'document.has_rejected_row',
        message: 'The row is right, but row %s of the same document is not. Correct that row and send the whole document again.',
      },
      row: (row, report) => {
        if (open === undefined || !agree(row.cells, open.first.cells, compared)) {
          closeDocument(report)
          open = openDocument(row)
        }
        const document = open
        const first = row === document.first
        let wrong = false
        for (const issue of document.issues) {
          if (issue.severity === 'error') wrong = true
          if (first || issue.severity === 'error') report({ ...issue, row: row.number })
        }
        const found: Report = (issue) => {
          if (issue.severity === 'error') wrong = true
          report(issue)
        }
        const cells = ofLine(row, { document, report: found })
        if (wrong) {
          document.wrong = true
          someUnclear ||= first && isUnclear(document.facts)
          return (first ? keyCells(document) : document.id + sameDocument) + noLine
        }
        return `${first ? document.copied : document.id + sameDocument}\t${cells.join('\t')}\t${extrasOf(file, row)}`
      },
      stray: (row) => {
        const document = openDocument(row)
        someUnclear ||= isUnclear(document.facts)
        return keyCells(document) + noLine
      },
      end: closeDocument,
      crossCheck: async (client) => {
        if (!settings.ignoreHsnValidation) await findUnlistedCodes(client, unlisted)
        const united = await uniteDocuments(client, documentColumns)
        if (someUnclear) await rejectAlongside(client)
        if (united || someUnclear) await checkUnitedTotals(client, judged)
        if (someLinked) await checkLinkedInvoices(client, { workspaceId: file.workspaceId, register })
      },
      load: async (client) => {
        const { workspaceId, transferId } = file
        await loadDocuments(client, { workspaceId, transferId, tables: register.tables, documentFields, lineFields, outdated })
        return ['success']
      },
    } satisfies RowJudge
  }
}

function fileColumns(columns: readonly RegisterColumn[], file: ImportFile): FileColumn[] {
  // The tax network's test registrations do not have right check characters.
  const options = { checkDigits: file.environment === 'production' }
  return columns.map((column, index) => ({
    ...column,
    position: file.positions[index] ?? -1,
    read: column.kind.reader(column.field, options),
  }))
}

/** Whether what names a document is wrong, so that only SQL can tell where the row belongs. */
function isUnclear({ type, numberKey, supplierKey, financialYear }: DocumentFacts): boolean {
  return [type, numberKey, supplierKey, financialYear].includes('')
}

function agree(record: readonly string[], other: readonly string[], positions: readonly number[]): boolean {
  for (const position of positions) if (record[position] !== other[position]) return false
  return true
}
