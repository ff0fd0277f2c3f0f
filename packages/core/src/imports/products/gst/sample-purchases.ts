import { csvWriter } from '../../write-csv.ts'
import { purchaseColumns } from './purchase-columns.ts'
import { type Random, seededRandom } from './sample-random.ts'
import { suppliers as branches, type Item, items as makeItems, customers as makeVendors, type Customer as Vendor } from './sample-trade.ts'

/** What a sample of purchases holds. The same options give the same bytes. */
export type SamplePurchaseOptions = {
  rows: number
  seed?: number
  /** Share of documents, 0 to 1, in which something is wrong; all their rows are to be rejected. */
  badShare?: number
  /** The month the documents are of, YYYY-MM; from 2025-10 on, of which the rates are. */
  month?: string
}

/** Cells of a row by field. */
type Row = Record<string, string>

/**
 * A purchase register as a middling trading company has it: invoices of suppliers within and beyond the state with their
 * credit, of some that are not registered and for whom the company pays the tax, and goods from abroad. What an import must
 * make of it stands beside the text.
 */
export function samplePurchases(options: SamplePurchaseOptions): { text: string; rows: number; documents: number; rejected: number } {
  const { rows: wanted, badShare = 0, month = '2025-10' } = options
  const random = seededRandom(options.seed ?? 1)
  const write = csvWriter({ delimiter: ',', quote: '"' })
  const [vendors, items] = [makeVendors(random), makeItems(random)]
  const tally = { rows: 0, documents: 0, rejected: 0 }
  let text = write(purchaseColumns.map(({ header }) => header))
  while (tally.rows < wanted) {
    const lines = Math.min(random.integer(1, 6), wanted - tally.rows)
    const rows = makeDocument({ random, items, month, lines, vendor: random.pick(vendors), number: ++tally.documents })
    if (random.fraction() < badShare) {
      Object.assign(random.pick(rows), random.pick(mistakes))
      tally.rejected += lines
    }
    tally.rows += lines
    for (const row of rows) text += write(purchaseColumns.map(({ field }) => row[field] ?? ''))
  }
  return { text, ...tally }
}

/** What goes wrong in registers. Each makes a row wrong. */
const mistakes: readonly Row[] = [
  { customer_gstin: '29ABC123' },
  { document_date: '31-02-2026' },
  { item_taxable_amount: 'N/A' },
  { gst_rate: '17' },
  { itc_claim_type: 'ALL' },
  { item_quantity: 'two' },
]

type Plan = { random: Random; items: readonly Item[]; month: string; lines: number; vendor: Vendor; number: number }

function makeDocument({ random, items, month, lines, vendor, number }: Plan): Row[] {
  const branch = random.pick(branches)
  const isImport = vendor.state === '96'
  const isRegistered = !isImport && vendor.gstin !== 'NRP'
  const [year = '', monthNumber = ''] = month.split('-')
  const date = `${String(1 + (number % 28)).padStart(2, '0')}-${monthNumber}-${year}`
  const shared: Row = {
    document_type: 'INVOICE',
    document_number: `${vendor.name.slice(0, 3).toUpperCase()}/${number}/${year.slice(2)}`,
    document_date: date,
    return_filing_month: `${monthNumber}-${year}`,
    place_of_supply: branch.state,
    is_reverse_charge: isRegistered || isImport ? 'N' : 'Y',
    supplier_gstin: vendor.gstin,
    supplier_name: vendor.name,
    supplier_address: vendor.address,
    supplier_city: vendor.city,
    supplier_state: isImport ? '' : vendor.state,
    customer_gstin: branch.gstin,
    ...(isImport && {
      import_type: 'GOODS',
      import_bill_number: String(1_000_000 + number),
      import_bill_date: date,
      import_port_code: 'INNSA1',
    }),
    erp_source: 'Sample ERP',
    voucher_number: String(700_000 + number),
    external_id: `bought-${number}`,
  }
  let total = 0
  const bought = Array.from({ length: lines }, (_, index): Row => {
    const item = random.pick(isImport ? items.filter(({ category }) => category === 'G') : items)
    const quantity = random.integer(1, 40)
    const taxable = item.pricePaise * quantity
    // Whoever is not registered charges none, and customs take theirs.
    const tax = isRegistered ? taxOf({ taxable, rate: item.rate, isIntraState: vendor.state === branch.state }) : {}
    const amounts = Object.entries(tax).map(([head, paise]) => [head, rupees(paise)] as const)
    total += taxable + Object.values(tax).reduce((sum, paise) => sum + paise, 0)
    return {
      item_description: item.description,
      item_category: item.category,
      hsn_or_sac_code: item.code,
      item_quantity: String(quantity),
      item_unit_code: item.unit,
      item_unit_price: rupees(item.pricePaise),
      item_taxable_amount: rupees(taxable),
      gst_rate: String(item.rate),
      ...Object.fromEntries(amounts.map(([head, amount]) => [`${head}_amount`, amount])),
      ...(isRegistered && { itc_claim_type: item.category === 'S' ? 'INPUT_SERVICES' : 'INPUTS' }),
      ...Object.fromEntries(amounts.map(([head, amount]) => [`itc_claim_${head}_amount`, amount])),
      external_line_item_id: `bought-${number}-${index + 1}`,
    }
  })
  return bought.map((row) => ({ ...shared, ...row, document_total_amount: rupees(Math.round(total / 100) * 100) }))
}

/** Paise under the heads that are due. */
function taxOf({ taxable, rate, isIntraState }: { taxable: number; rate: number; isIntraState: boolean }): Record<string, number> {
  if (!isIntraState) return { igst: Math.round((taxable * rate) / 100) }
  const half = Math.round((taxable * rate) / 200)
  return { cgst: half, sgst: half }
}

function rupees(paise: number): string {
  return (paise / 100).toFixed(2)
}
