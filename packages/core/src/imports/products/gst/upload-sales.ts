import { type ImportedDocument, pageDocuments } from '@drayage/db/queries/gst-documents'
import { idSeries } from '../../../id.ts'
import type { Action, Output } from '../../importer.ts'
import { indianDay } from './dates.ts'
import { judgeRegister } from './judge-register.ts'
import { salesColumns } from './sales-columns.ts'
import { salesRegister } from './sales-register.ts'

const pageRows = 5000

/** A line for each document that the transfer imported. */
const success: Output = {
  kind: 'success',
  extension: '.csv',
  headings: ['Document Type', 'Document Number', 'Document Date', 'Supplier GSTIN', 'Status', 'Warning'],
  ownWords: ['Status', 'Warning'],
  lines: async function* (db, { workspaceId, transferId }) {
    const { last } = idSeries(transferId)
    for (let after: string | undefined = transferId; after !== undefined; ) {
      const page = { workspaceId, after, last, limit: pageRows }
      const documents: ImportedDocument[] = await db.inWorkspace(workspaceId, ({ client }) => pageDocuments(client, page))
      yield documents.map(({ type, number, date, supplierGstin, status, warnings }) => [
        type,
        number,
        indianDay(date),
        supplierGstin,
        status,
        warnings,
      ])
      after = documents.at(-1)?.id
    }
  },
}

/** The sales register: a row is a line of an invoice, credit note or debit note. */
export const uploadSales: Action = {
  key: 'upload_sales',
  title: 'Sales register',
  folders: {
    inboxes: [{ folder: 'UPLOAD_SALES/INPUT/INIT', mode: 'live' }],
    claimed: 'UPLOAD_SALES/INPUT/PROCESSING',
    done: 'UPLOAD_SALES/INPUT/PROCESSED',
    failed: 'UPLOAD_SALES/INPUT/FAILED',
    outputs: {
      success: 'UPLOAD_SALES/OUTPUT/SUCCESS',
      upload_error: 'UPLOAD_SALES/OUTPUT/UPLOAD_ERROR',
      generation_error: 'UPLOAD_SALES/OUTPUT/GENERATION_ERROR',
    },
  },
  columns: salesColumns,
  importer: judgeRegister(salesRegister),
  outputs: [success],
}
