import { csvWriter } from '../../write-csv.ts'
import { salesColumns } from './sales-columns.ts'
import { type Random, seededRandom } from './sample-random.ts'
import { type Customer, customers, type Item, items, suppliers } from './sample-trade.ts'

/** What a sample register holds. The same options give the same bytes. */
export type SampleOptions = {
  rows: number
  seed?: number
  /** Documents have one to this many lines. */
  linesPerDocument?: number
  /** Share of documents, 0 to 1, in which something is wrong, in one of many ways; all their rows are to be rejected. */
  badShare?: number
  /** Share of documents, 0 to 1, that draw one warning and are imported. */
  warningShare?: number
  /** The month the documents are of, YYYY-MM; from 2025-10 on, of which the rates are. */
  month?: string
  csv?: { delimiter: string; quote: string }
}

/** The register as a stream of bytes, and what an import must make of what was taken from it so far. */
export type SampleRegister = {
  chunks: Generator<Buffer, void, void>
  tally: { rows: number; documents: number; rejected: number; warnings: number }
}

/** Cells of a row by field. */
type Row = Record<string, string>

/** An invoice that a later credit note may take back. */
type Invoice = { number: string; date: string; customer: Customer; bought: readonly Purchase[] }
type Purchase = { item: Item; quantity: number; discount: number }

const chunkLength = 64 * 1024

/**
 * A sales register as a middling trading company has it: a few branches, some hundreds of customers that come back,
 * invoices to registered and unregistered customers within and beyond the state, exports, credit notes.
 */
export function sampleRegister(options: SampleOptions): SampleRegister {
  const tally = { rows: 0, documents: 0, rejected: 0, warnings: 0 }
  return { chunks: registerBytes(options, tally), tally }
}

function* registerBytes(options: SampleOptions, tally: SampleRegister['tally']): Generator<Buffer, void, void> {
  const { rows: wanted, linesPerDocument = 6, badShare = 0, warningShare = 0, month = '2025-10' } = options
  const random = seededRandom(options.seed ?? 1)
  const write = csvWriter(options.csv ?? { delimiter: ',', quote: '"' })
  const fields = salesColumns.map((column) => column.field)
  const trade = { customers: customers(random), items: items(random) }
  /** The latest of each branch that is imported. */
  const invoices = new Map<string, Invoice>()
  let text = write(salesColumns.map((column) => column.header))

  while (tally.rows < wanted) {
    tally.documents++
    const mostLines = Math.min(random.integer(1, linesPerDocument), wanted - tally.rows)
    const { rows, branch, invoice } = makeDocument({ ...trade, invoices, random, month, mostLines, number: tally.documents })
    const lines = rows.length
    const fate = random.fraction()
    if (invoice !== undefined && fate >= badShare) invoices.set(branch, invoice)
    if (fate < badShare) {
      random.pick(lines === 1 ? mistakes : [...mistakes, differentNames])(rows, random.integer(0, lines - 1))
      tally.rejected += lines
    } else if (fate < badShare + warningShare) {
      ;(rows[0] as Row).item_unit_code = 'EACH'
      tally.warnings++
    }
    tally.rows += lines
    for (const row of rows) text += write([...fields.map((field) => row[field] ?? ''), ...(row.beyond === undefined ? [] : [row.beyond])])
    if (text.length < chunkLength) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

/** What goes wrong in registers. Each makes one row wrong, or all of them. */
const mistakes: readonly ((rows: Row[], at: number) => void)[] = [
  (rows, at) => change(rows, at, { customer_gstin: '29ABC123' }),
  (rows, at) => change(rows, at, { document_date: '31-02-2026' }),
  (rows, at) => change(rows, at, { place_of_supply: 'Atlantis' }),
  (rows, at) => change(rows, at, { item_taxable_amount: 'N/A' }),
  (rows, at) => change(rows, at, { gst_rate: '17' }),
  (rows, at) => change(rows, at, { hsn_or_sac_code: '12A4' }),
  (rows, at) => change(rows, at, { cgst_amount: '11.11', sgst_amount: '11.11', igst_amount: '11.11' }),
  (rows, at) => change(rows, at, { beyond: 'a cell too many' }),
  (rows) => changeAll(rows, { document_total_amount: '1.00' }),
  (rows) => changeAll(rows, { document_number: 'NUMBER/WITH/FAR/TOO/MANY' }),
]

function differentNames(rows: Row[], at: number): void {
  change(rows, at, { customer_name: 'Somebody Else & Sons' })
}

function change(rows: Row[], at: number, cells: Row): void {
  Object.assign(rows[at] as Row, cells)
}

function changeAll(rows: Row[], cells: Row): void {
  for (const row of rows) Object.assign(row, cells)
}

type Plan = {
  random: Random
  customers: readonly Customer[]
  items: readonly Item[]
  invoices: ReadonlyMap<string, Invoice>
  month: string
  mostLines: number
  number: number
}

function makeDocument(plan: Plan): { rows: Row[]; branch: string; invoice?: Invoice } {
  const { random, month, number } = plan
  const supplier = random.pick(suppliers)
  const returned = random.fraction() < 0.06 ? plan.invoices.get(supplier.prefix) : undefined
  const customer = returned?.customer ?? random.pick(plan.customers)
  const type = returned === undefined ? 'INVOICE' : 'CREDIT'
  const intraState = customer.state === supplier.state
  const day = String(1 + (number % 28)).padStart(2, '0')
  const [year = '', monthNumber = ''] = month.split('-')
  const documentNumber = `${supplier.prefix}/${type === 'CREDIT' ? 'C' : 'S'}/${String(number).padStart(7, '0')}`
  const date = `${day}-${monthNumber}-${year}`
  const shared: Row = {
    document_type: type,
    document_number: documentNumber,
    // Goods come back after they were sent.
    document_date: returned === undefined || returned.date < date ? date : returned.date,
    return_filing_month: `${monthNumber}-${year}`,
    place_of_supply: customer.place,
    is_this_a_bill_of_supply: 'N',
    is_reverse_charge: 'N',
    supplier_gstin: supplier.gstin,
    supplier_name: supplier.name,
    customer_gstin: customer.gstin,
    customer_name: customer.name,
    customer_address: customer.address,
    customer_city: customer.city,
    customer_state: customer.state,
    export_type: customer.state === '96' ? 'EXPORT_WITH_IGST' : '',
    erp_source: 'Sample ERP',
    company_code: supplier.prefix,
    voucher_type: 'Sales',
    voucher_number: String(400_000 + number),
    voucher_date: `${year}-${monthNumber}-${day}`,
    external_id: `doc-${number}`,
  }
  if (returned !== undefined) {
    Object.assign(shared, {
      linked_invoice_number: returned.number,
      linked_invoice_date: returned.date,
      reason_for_issuing_cdn: 'Sales return',
    })
  }
  const totals = { taxable: 0, cgst: 0, igst: 0 }
  const bought = returned?.bought.slice(0, plan.mostLines) ?? Array.from({ length: plan.mostLines }, () => buy(plan))
  const rows = bought.map(({ item, quantity, discount }, index): Row => {
    const taxable = item.pricePaise * quantity - discount
    const cgst = intraState ? Math.round((taxable * item.rate) / 200) : 0
    const igst = intraState ? 0 : Math.round((taxable * item.rate) / 100)
    totals.taxable += taxable
    totals.cgst += cgst
    totals.igst += igst
    return {
      item_description: item.description,
      item_category: item.category,
      hsn_or_sac_code: item.code,
      item_quantity: String(quantity),
      item_unit_code: item.unit,
      item_unit_price: rupees(item.pricePaise),
      item_discount_amount: discount === 0 ? '' : rupees(discount),
      item_taxable_amount: rupees(taxable),
      gst_rate: String(item.rate),
      ...(intraState
        ? { cgst_rate: String(item.rate / 2), cgst_amount: rupees(cgst), sgst_rate: String(item.rate / 2), sgst_amount: rupees(cgst) }
        : { igst_rate: String(item.rate), igst_amount: rupees(igst) }),
      external_line_item_id: `doc-${number}-${index + 1}`,
    }
  })
  if (intraState) Object.assign(shared, { document_cgst_amount: rupees(totals.cgst), document_sgst_amount: rupees(totals.cgst) })
  else shared.document_igst_amount = rupees(totals.igst)
  // Rounded to whole rupees, as most invoices are.
  shared.document_total_amount = rupees(Math.round((totals.taxable + 2 * totals.cgst + totals.igst) / 100) * 100)
  return {
    rows: rows.map((row) => ({ ...shared, ...row })),
    branch: supplier.prefix,
    ...(returned === undefined && { invoice: { number: documentNumber, date, customer, bought } }),
  }
}

function buy({ random, items }: Plan): Purchase {
  const item = random.pick(items)
  const quantity = random.integer(1, 40)
  return { item, quantity, discount: random.fraction() < 0.2 ? Math.round(item.pricePaise * quantity * 0.05) : 0 }
}

function rupees(paise: number): string {
  return (paise / 100).toFixed(2)
}
