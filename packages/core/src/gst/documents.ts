import { saleViews } from '@drayage/db/queries/gst-document-views'
import { z } from 'zod'
import { operation } from '../operation.ts'
import { pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import {
  declaredTotal,
  documentFields,
  documentFilters,
  lineFields,
  mostLines,
  notFound,
  showDocument,
  showLine,
  sumFields,
} from './document-wire.ts'
import { firstDayOf, workspacesOf } from './wire.ts'

const saleFields = {
  ...documentFields,
  supplierGstin: z.string(),
  customerGstin: z.string().optional(),
  customerName: z.string().optional(),
  placeOfSupply: z.string().meta({ description: 'state code' }),
  exportType: z.string().optional(),
  ...sumFields,
  total: declaredTotal,
}
const document = z.object(saleFields).meta({ id: 'GstDocument', description: 'a document of the sales register' })
const line = z.object(lineFields).meta({ id: 'GstDocumentLine' })

/** Documents of the sales register, also the versions that do not count any more. */
export const listGstDocuments = operation({
  name: 'gstDocuments',
  permission: 'gst_document:read',
  input: z.strictObject(documentFilters),
  output: z.object({ items: z.array(document), nextCursor: z.string().optional() }).meta({ id: 'GstDocumentPage' }),
  run: async ({ transaction, scope, input }) => {
    const { gstin, period, number, state } = input
    const firstDay = period === undefined ? undefined : firstDayOf(period)
    const narrowed = { workspaceIds: workspacesOf(scope), gstin, number, state, period: firstDay }
    const rows = await saleViews.list(transaction.client, { ...narrowed, ...pageQuery(input) })
    return pageOf(rows, input, showDocument)
  },
})

/** Fault: `gst_document.not_found`, also for one of others. */
export const getGstDocument = operation({
  name: 'gstDocument',
  permission: 'gst_document:read',
  input: z.strictObject({ id }),
  output: z
    .object({ ...saleFields, lines: z.array(line).meta({ description: `the first ${mostLines}` }) })
    .meta({ id: 'GstDocumentWithLines' }),
  run: async ({ transaction: { client }, scope, input }) => {
    const found = await saleViews.find(client, { workspaceIds: workspacesOf(scope), id: input.id })
    if (found === undefined) throw notFound()
    const lines = await saleViews.lines(client, { workspaceId: found.workspaceId, documentId: found.id, limit: mostLines })
    return { ...showDocument(found), lines: lines.map(showLine) }
  },
})
