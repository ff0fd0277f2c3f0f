import type { TestDatabase } from '@drayage/db/testing'
import { type ImportDesk, importDesk } from '../../../../testing/import-desk.ts'
import { gst } from '../product.ts'

/** Whose return the tests make. */
export const filer = '27AAPFU0939F1ZV'

/** A workspace into which a test imports a sales register and sections, and that makes returns of them. */
export async function openDesks(database: TestDatabase) {
  const sales = await importDesk(database, { product: gst, action: 'upload_sales' })
  const { workspaceId } = sales
  const returns = await importDesk(database, { product: gst, action: 'generate_gstr1', workspaceId })
  const sections = await importDesk(database, { product: gst, action: 'upload_gstr1_section', workspaceId })
  const generate = (period = '102025') => returns.take(`GSTIN,Return Period\n${filer},${period}\n`)
  return { sales, sections, returns, generate }
}

export type Totals = Record<'taxable' | 'igst' | 'cgst' | 'sgst' | 'cess', number>
const amounts: Readonly<Record<string, keyof Totals>> = {
  ...{ txval: 'taxable', nil_amt: 'taxable', expt_amt: 'taxable', ngsup_amt: 'taxable' },
  ...{ iamt: 'igst', camt: 'cgst', samt: 'sgst', csamt: 'cess' },
  ...{ suppval: 'taxable', igst: 'igst', cgst: 'cgst', sgst: 'sgst', cess: 'cess' },
}

/** All amounts of a part of the return in paise, those of credit notes taken off. */
export function totalsOf(part: unknown): Totals {
  const totals: Totals = { taxable: 0, igst: 0, cgst: 0, sgst: 0, cess: 0 }
  const add = (node: unknown, sign: number): void => {
    if (typeof node !== 'object' || node === null) return
    const own = 'ntty' in node && node.ntty === 'C' ? -sign : sign
    for (const [key, value] of Object.entries(node)) {
      const head = amounts[key]
      if (head === undefined) add(value, own)
      else totals[head] += own * Math.round(Number(value) * 100)
    }
  }
  add(part, 1)
  return totals
}

/** What the current documents of the workspace add up to, in paise. */
export async function documentTotals(desk: ImportDesk, condition: string): Promise<Totals> {
  return desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
    const sum = (amount: string) =>
      `coalesce(round(100 * sum(case d.document_type when 'CREDIT' then -1 else 1 end * coalesce(${amount}, 0))), 0)::float8`
    const { rows } = await client.query<Totals>(
      `select ${sum('item_taxable_amount')} as taxable, ${sum('igst_amount')} as igst, ${sum('cgst_amount')} as cgst,
              ${sum('sgst_amount')} as sgst, ${sum('cess_amount')} as cess
       from gst_current_documents c join gst_documents d on d.id = c.document_id join gst_document_lines l using (document_id)
       where ${condition}`,
    )
    return rows[0] as Totals
  })
}
