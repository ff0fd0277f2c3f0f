import type { Client } from '@drayage/db/connect'
import type { LinesOf, LineView } from '@drayage/db/queries/gst-document-views'
import { z } from 'zod'
import { Fault } from '../faults.ts'
import { nthId, ordinalOf } from '../id.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import { gstin, period, rupees } from './wire.ts'

/** What documents of sales and of purchases are shown with alike. */

const documentState = z.enum(['current', 'replaced', 'cancelled', 'deleted']).meta({
  id: 'GstDocumentState',
  description: 'replaced: a later file brought another version; the others are of the version that counts',
})

export const documentFields = {
  id,
  workspaceId: id,
  transferId: id.meta({ description: 'the transfer it came from' }),
  state: documentState,
  type: z.enum(['INVOICE', 'CREDIT', 'DEBIT']).meta({ id: 'GstDocumentType' }),
  number: z.string(),
  date: z.iso.date(),
  period,
}
export const sumFields = {
  taxableValue: rupees,
  igst: rupees,
  cgst: rupees,
  sgst: rupees,
  cess: rupees,
}
export const declaredTotal = rupees.optional().meta({ description: 'as the document declares it' })

export const lineFields = {
  id: id.meta({ description: 'among lines' }),
  row: z.int().meta({ description: 'of the file it came in' }),
  description: z.string().optional(),
  hsn: z.string().optional(),
  quantity: z.string().optional(),
  unit: z.string().optional(),
  rate: z.string().optional().meta({ description: 'percent' }),
  ...sumFields,
}

/** By what a list of documents is narrowed. */
export const documentFilters = {
  workspaceId: id.optional(),
  gstin: gstin.optional().meta({ description: 'yours, whose register it is' }),
  period: period.optional(),
  number: z.string().max(50).optional().meta({ description: 'in any case' }),
  state: documentState.optional(),
  ...pageFields,
}

/** Also for one of others. */
export function notFound(): Fault {
  return new Fault('not_found', 'gst_document.not_found', 'There is no such document, or it is not yours.')
}

/** A row as the wire has it: without what is null, and the period as returns write it. */
export function showDocument<Row extends { period: string }>({
  period: firstDay,
  ...row
}: Row): WithoutNulls<Omit<Row, 'period'>> & { period: string } {
  return { ...withoutNulls(row), period: `${firstDay.slice(5, 7)}${firstDay.slice(0, 4)}` }
}

/** Of each document a page of its lines. A line has the id of its row among the rows of its transfer. */
export async function linesOfEach<Line extends LineView>(
  { lines }: { lines(client: Client, page: { of: readonly LinesOf[]; limit: number }): Promise<Line[]> },
  { client, documents, page }: { client: Client; documents: readonly DocumentKey[]; page: { limit: number; cursor?: string } },
) {
  const { before: last, limit } = pageQuery(page)
  const of = documents.flatMap(({ workspaceId, id: documentId, transferId }) => {
    const after = last === undefined ? 0 : ordinalOf(transferId, last)
    return after === undefined ? [] : [{ workspaceId, documentId, after }]
  })
  const found = Map.groupBy(await lines(client, { of, limit }), ({ documentId }) => documentId)
  return ({ id: documentId, transferId }: DocumentKey) => {
    const rows = (found.get(documentId) ?? []).map((row) => ({ ...row, id: nthId(transferId, row.row) }))
    return pageOf(rows, page, ({ documentId: _, ...line }) => withoutNulls(line))
  }
}

export type DocumentKey = { workspaceId: string; id: string; transferId: string }

type WithoutNulls<Row> = { [Key in keyof Row]: null extends Row[Key] ? Exclude<Row[Key], null> | undefined : Row[Key] }

function withoutNulls<Row extends object>(row: Row): WithoutNulls<Row> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined])) as WithoutNulls<Row>
}
