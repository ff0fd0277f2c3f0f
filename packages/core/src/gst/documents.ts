import { type DocumentView, findDocument, listDocumentLines, listDocuments } from '@drayage/db/queries/gst-document-views'
import { z } from 'zod'
import { Fault } from '../faults.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import { firstDayOf, gstin, period, rupees, workspacesOf } from './wire.ts'

/** Lines that a document is shown with; the tax network takes no more in a document. */
const mostLines = 5000

const documentState = z.enum(['current', 'replaced', 'cancelled', 'deleted']).meta({
  id: 'GstDocumentState',
  description: 'replaced: a later file brought another version; the others are of the version that counts',
})

const documentFields = {
  id,
  workspaceId: id,
  transferId: id.meta({ description: 'the transfer it came from' }),
  state: documentState,
  type: z.enum(['INVOICE', 'CREDIT', 'DEBIT']).meta({ id: 'GstDocumentType' }),
  number: z.string(),
  date: z.iso.date(),
  period,
  supplierGstin: z.string(),
  customerGstin: z.string().optional(),
  customerName: z.string().optional(),
  placeOfSupply: z.string().meta({ description: 'state code' }),
  exportType: z.string().optional(),
  taxableValue: rupees,
  igst: rupees,
  cgst: rupees,
  sgst: rupees,
  cess: rupees,
  total: rupees.optional().meta({ description: 'as the document declares it' }),
}
const document = z.object(documentFields).meta({ id: 'GstDocument', description: 'a document of the sales register' })

const line = z
  .object({
    row: z.int().meta({ description: 'of the file it came in' }),
    description: z.string().optional(),
    hsn: z.string().optional(),
    quantity: z.string().optional(),
    unit: z.string().optional(),
    rate: z.string().optional().meta({ description: 'percent' }),
    taxableValue: rupees,
    igst: rupees,
    cgst: rupees,
    sgst: rupees,
    cess: rupees,
  })
  .meta({ id: 'GstDocumentLine' })

/** Documents of the sales register, also the versions that do not count any more. */
export const listGstDocuments = operation({
  name: 'gstDocuments',
  permission: 'gst_document:read',
  input: z.strictObject({
    workspaceId: id.optional(),
    gstin: gstin.optional(),
    period: period.optional(),
    number: z.string().max(50).optional().meta({ description: 'in any case' }),
    state: documentState.optional(),
    ...pageFields,
  }),
  output: z.object({ items: z.array(document), nextCursor: z.string().optional() }).meta({ id: 'GstDocumentPage' }),
  run: async ({ transaction, scope, input }) => {
    const rows = await listDocuments(transaction.client, {
      workspaceIds: workspacesOf(scope),
      gstin: input.gstin,
      period: input.period === undefined ? undefined : firstDayOf(input.period),
      number: input.number,
      state: input.state,
      ...pageQuery(input),
    })
    return pageOf(rows, input, showDocument)
  },
})

/** Fault: `gst_document.not_found`, also for one of others. */
export const getGstDocument = operation({
  name: 'gstDocument',
  permission: 'gst_document:read',
  input: z.strictObject({ id }),
  output: z
    .object({ ...documentFields, lines: z.array(line).meta({ description: `the first ${mostLines}` }) })
    .meta({ id: 'GstDocumentWithLines' }),
  run: async ({ transaction: { client }, scope, input }) => {
    const found = await findDocument(client, { workspaceIds: workspacesOf(scope), id: input.id })
    if (found === undefined) throw new Fault('not_found', 'gst_document.not_found', 'There is no such document, or it is not yours.')
    const lines = await listDocumentLines(client, { workspaceId: found.workspaceId, documentId: found.id, limit: mostLines })
    return { ...showDocument(found), lines: lines.map(withoutNulls) }
  },
})

function showDocument({ period: firstDay, ...row }: DocumentView): z.input<typeof document> {
  return { ...withoutNulls(row), period: `${firstDay.slice(5, 7)}${firstDay.slice(0, 4)}` }
}

type WithoutNulls<Row> = { [Key in keyof Row]: null extends Row[Key] ? Exclude<Row[Key], null> | undefined : Row[Key] }

function withoutNulls<Row extends object>(row: Row): WithoutNulls<Row> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined])) as WithoutNulls<Row>
}
