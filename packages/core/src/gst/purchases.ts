import { purchaseViews } from '@drayage/db/queries/gst-document-views'
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
import { firstDayOf, gstin, rupees, workspacesOf } from './wire.ts'

const claimed = rupees.meta({ description: 'rupees of all taxes that are claimed as credit, with 2 decimals' })
const purchaseFields = {
  ...documentFields,
  supplierGstin: z.string().optional(),
  supplierName: z.string().optional(),
  customerGstin: z.string(),
  placeOfSupply: z.string().optional().meta({ description: 'state code; left out: the state of the customer' }),
  importType: z.string().optional(),
  ...sumFields,
  itcClaimed: claimed,
  total: declaredTotal,
}
const purchase = z.object(purchaseFields).meta({ id: 'GstPurchase', description: 'a document of the purchase register' })
const line = z.object({ ...lineFields, itcType: z.string().optional(), itcClaimed: claimed }).meta({ id: 'GstPurchaseLine' })

/** Documents of the purchase register, also the versions that do not count any more. */
export const listGstPurchases = operation({
  name: 'gstPurchases',
  permission: 'gst_document:read',
  input: z.strictObject({ ...documentFilters, supplierGstin: gstin.optional() }),
  output: z.object({ items: z.array(purchase), nextCursor: z.string().optional() }).meta({ id: 'GstPurchasePage' }),
  run: async ({ transaction, scope, input }) => {
    const { period, number, state, supplierGstin: counterparty } = input
    const firstDay = period === undefined ? undefined : firstDayOf(period)
    const narrowed = { workspaceIds: workspacesOf(scope), gstin: input.gstin, counterparty, number, state, period: firstDay }
    const rows = await purchaseViews.list(transaction.client, { ...narrowed, ...pageQuery(input) })
    return pageOf(rows, input, showDocument)
  },
})

/** Fault: `gst_document.not_found`, also for one of others. */
export const getGstPurchase = operation({
  name: 'gstPurchase',
  permission: 'gst_document:read',
  input: z.strictObject({ id }),
  output: z
    .object({ ...purchaseFields, lines: z.array(line).meta({ description: `the first ${mostLines}` }) })
    .meta({ id: 'GstPurchaseWithLines' }),
  run: async ({ transaction: { client }, scope, input }) => {
    const found = await purchaseViews.find(client, { workspaceIds: workspacesOf(scope), id: input.id })
    if (found === undefined) throw notFound()
    const lines = await purchaseViews.lines(client, { workspaceId: found.workspaceId, documentId: found.id, limit: mostLines })
    return { ...showDocument(found), lines: lines.map(showLine) }
  },
})
