import { type ImportedDocument, pageDocuments } from '@drayage/db/queries/gst-documents'
import { idSeries } from '../../../id.ts'
import type { Action, Output } from '../../importer.ts'
import { indianDay } from './dates.ts'
import type { DocumentFacts, LineFacts } from './document-facts.ts'
import { judgeRegister } from './judge-register.ts'
import type { Register } from './register.ts'

const pageRows = 5000

/** An action that imports a register: `folder` is its own, below the folders of the product. */
export function registerAction<Facts extends DocumentFacts, Line extends LineFacts>(
  named: { key: string; title: string; folder: string },
  register: Register<Facts, Line>,
): Action {
  const { key, title, folder } = named
  return {
    key,
    title,
    folders: {
      inboxes: [{ folder: `${folder}/INPUT/INIT`, mode: 'live' }],
      claimed: `${folder}/INPUT/PROCESSING`,
      done: `${folder}/INPUT/PROCESSED`,
      failed: `${folder}/INPUT/FAILED`,
      outputs: {
        success: `${folder}/OUTPUT/SUCCESS`,
        upload_error: `${folder}/OUTPUT/UPLOAD_ERROR`,
        generation_error: `${folder}/OUTPUT/GENERATION_ERROR`,
      },
    },
    columns: register.columns,
    importer: judgeRegister(register),
    outputs: [importedDocuments(register.tables)],
  }
}

/** A line for each document that the transfer imported. */
function importedDocuments(tables: Register['tables']): Output {
  return {
    kind: 'success',
    extension: '.csv',
    headings: ['Document Type', 'Document Number', 'Document Date', 'Supplier GSTIN', 'Status', 'Warning'],
    ownWords: ['Status', 'Warning'],
    lines: async function* (db, { workspaceId, transferId }) {
      const { last } = idSeries(transferId)
      for (let after: string | undefined = transferId; after !== undefined; ) {
        const page = { workspaceId, after, last, limit: pageRows }
        const documents: ImportedDocument[] = await db.inWorkspace(workspaceId, ({ client }) => pageDocuments(client, { tables, ...page }))
        yield documents.map(({ type, number, date, supplierGstin, status, warnings }) => [
          type,
          number,
          indianDay(date),
          supplierGstin,
          status,
          warnings,
        ])
        after = documents.length < pageRows ? undefined : documents.at(-1)?.id
      }
    },
  }
}
