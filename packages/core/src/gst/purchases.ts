import type { Client } from '@drayage/db/connect'
import { purchaseViews } from '@drayage/db/queries/gst-document-views'
import type { Scope } from '@drayage/db/queries/scope'
import { z } from 'zod'
import { edge } from '../edge.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import {
  type DocumentKey,
  declaredTotal,
  documentFields,
  documentFilters,
  lineFields,
  linesOfEach,
  notFound,
  showDocument,
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
  output: purchase,
  run: async ({ transaction, scope, input }) => showDocument(await found(transaction.client, { scope, id: input.id })),
})

const linePage = z.object({ items: z.array(line), nextCursor: z.string().optional() }).meta({ id: 'GstPurchaseLinePage' })

/** In the order of the document's file. Fault: `gst_document.not_found`, also for one of others. */
export const listGstPurchaseLines = operation({
  name: 'gstPurchaseLines',
  permission: 'gst_document:read',
  input: z.strictObject({ id, ...pageFields }),
  output: linePage,
  run: async ({ transaction: { client }, scope, input }) => {
    const its = await found(client, { scope, id: input.id })
    return (await linesOfEach(purchaseViews, { client, documents: [its], page: input }))(its)
  },
})

export const linesOfGstPurchase = edge({
  from: 'GstPurchase',
  name: 'lines',
  permission: 'gst_document:read',
  input: z.strictObject(pageFields),
  output: linePage,
  workspaceOf: (its: DocumentKey) => its.workspaceId,
  load: ({ transaction: { client }, things, input }) => linesOfEach(purchaseViews, { client, documents: things, page: input }),
})

async function found(client: Client, key: { scope: Scope; id: string }) {
  const its = await purchaseViews.find(client, { workspaceIds: workspacesOf(key.scope), id: key.id })
  if (its === undefined) throw notFound()
  return its
}
