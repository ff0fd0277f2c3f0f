import type { Client } from '@drayage/db/connect'
import { saleViews } from '@drayage/db/queries/gst-document-views'
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
  output: document,
  run: async ({ transaction, scope, input }) => showDocument(await found(transaction.client, { scope, id: input.id })),
})

const linePage = z.object({ items: z.array(line), nextCursor: z.string().optional() }).meta({ id: 'GstDocumentLinePage' })

/** In the order of the document's file. Fault: `gst_document.not_found`, also for one of others. */
export const listGstDocumentLines = operation({
  name: 'gstDocumentLines',
  permission: 'gst_document:read',
  input: z.strictObject({ id, ...pageFields }),
  output: linePage,
  run: async ({ transaction: { client }, scope, input }) => {
    const its = await found(client, { scope, id: input.id })
    return (await linesOfEach(saleViews, { client, documents: [its], page: input }))(its)
  },
})

export const linesOfGstDocument = edge({
  from: 'GstDocument',
  name: 'lines',
  permission: 'gst_document:read',
  input: z.strictObject(pageFields),
  output: linePage,
  workspaceOf: (its: DocumentKey) => its.workspaceId,
  load: ({ transaction: { client }, things, input }) => linesOfEach(saleViews, { client, documents: things, page: input }),
})

async function found(client: Client, key: { scope: Scope; id: string }) {
  const its = await saleViews.find(client, { workspaceIds: workspacesOf(key.scope), id: key.id })
  if (its === undefined) throw notFound()
  return its
}
