import type { Transaction } from '@drayage/db/connect'
import { findLatestReturn, listReturnSections, type Return } from '@drayage/db/queries/gstr1-returns'
import type { Scope } from '@drayage/db/queries/scope'
import { findOutput } from '@drayage/db/queries/transfer-outputs'
import { z } from 'zod'
import { Fault } from '../faults.ts'
import { kindOf } from '../imports/output-kind.ts'
import { inOrderOfReturn } from '../imports/products/gst/gstr1/generate-return.ts'
import { sectionOf } from '../imports/products/gst/gstr1/sections.ts'
import { operation } from '../operation.ts'
import { storedFile } from '../transfers/stored-file.ts'
import { download, id, listOf } from '../wire.ts'
import { firstDayOf, gstin, period, rupees, workspacesOf } from './wire.ts'

const ofReturn = z.strictObject({ gstin, period, workspaceId: id })

const returnForm = z.enum(['monthly', 'iff', 'quarterly']).meta({
  id: 'GstReturnForm',
  description: 'iff: a month of a quarterly filer, which has invoices and notes to registered customers alone',
})

const section = z
  .object({
    section: z.string().meta({ description: 'as files of sections are named, such as B2B' }),
    table: z.string().meta({ description: 'as the form numbers it' }),
    title: z.string(),
    source: z.enum(['section_files', 'sales_register']).meta({ id: 'GstReturnSource', description: 'what it was taken from' }),
    entries: z.int().meta({ description: 'invoices, notes or lines of a summary' }),
    taxableValue: rupees,
    igst: rupees,
    cgst: rupees,
    sgst: rupees,
    cess: rupees,
  })
  .meta({ id: 'GstReturnSection', description: 'what a section adds up to; credit notes are taken off' })

/** What the latest GSTR-1 of a GSTIN and period holds. Fault: `gst_return.not_found`. */
export const getGstReturn = operation({
  name: 'gstReturn',
  permission: 'gst_return:read',
  input: ofReturn,
  output: z
    .object({
      workspaceId: id,
      gstin,
      period,
      transferId: id.meta({ description: 'the transfer that asked for it; its result files have the return' }),
      form: returnForm,
      remarks: z.string().optional(),
      sections: listOf(section, { most: 40 }),
    })
    .meta({ id: 'GstReturn', description: 'a GSTR-1 return as it was made' }),
  run: async ({ transaction, scope, input }) => {
    const { id: returnId, transferId, form, remarks } = await foundReturn(transaction, { ...input, scope })
    const sections = await listReturnSections(transaction.client, { workspaceId: input.workspaceId, returnId })
    return {
      workspaceId: input.workspaceId,
      gstin: input.gstin,
      period: input.period,
      transferId,
      form,
      remarks: remarks ?? undefined,
      sections: inOrderOfReturn(sections).map((its) => {
        const { table = '', title = '' } = sectionOf(its.section) ?? {}
        return { ...its, table, title }
      }),
    }
  },
})

/**
 * The latest GSTR-1 of a GSTIN and period as the tax portal takes it: the very bytes of its transfer's result file.
 * Faults: `gst_return.not_found`, `gst_return.not_ready`, `file.expired`.
 */
export const readGstReturn = operation({
  name: 'gstReturnFile',
  permission: 'gst_return:read',
  input: ofReturn,
  output: download,
  run: async ({ ctx, transaction, scope, input }) => {
    const { workspaceId } = input
    const { transferId, part } = await foundReturn(transaction, { ...input, scope })
    const output = await findOutput(transaction, { workspaceId, transferId, kind: kindOf({ kind: 'success', part }) })
    if (output?.fileId === undefined || output.fileId === null) {
      throw new Fault('not_found', 'gst_return.not_ready', 'The return is being made. Ask again in a few seconds.')
    }
    return storedFile(ctx, transaction, { workspaceId, fileId: output.fileId, name: output.name })
  },
})

/** Also for one of others. */
async function foundReturn(
  { client }: Transaction,
  key: { workspaceId: string; gstin: string; period: string; scope: Scope },
): Promise<Return> {
  const { workspaceId, scope } = key
  const found = workspacesOf(scope).includes(workspaceId)
    ? await findLatestReturn(client, { workspaceId, gstin: key.gstin, period: firstDayOf(key.period) })
    : undefined
  if (found !== undefined) return found
  const message =
    'No GSTR-1 was made for this GSTIN and period here. Send a file that asks for it to the action generate_gstr1, by a server or by POST /v1/imports.'
  throw new Fault('not_found', 'gst_return.not_found', message)
}
