import {
  type CellOf,
  type DocumentFacts,
  documentFacts,
  inPaise,
  isYes,
  type LineFacts,
  lineFactsReader,
  type Reference,
  reference,
} from './document-facts.ts'
import type { JudgedFile } from './register.ts'
import { stateCode } from './states.ts'

/** What the rules ask about a document that we received. */
export type PurchaseFacts = DocumentFacts & {
  number: string
  /** Undefined for a wrong one. */
  importType: string | undefined
  importBill: Reference & { hasPort: boolean }
  hasSupplierName: boolean
  supplierState: string
  composition: boolean
  paymentDue: string
}

/** What the rules ask about a line of one. Amounts in paise; NaN for what is wrong, which breaks no rule. */
export type PurchaseLineFacts = LineFacts & {
  /** Undefined for a wrong one. */
  claimType: string | undefined
  claim: Record<ClaimHead, number>
  /** Of all heads. */
  claimed: number
  receipt: Reference
}

export const claimHeads = ['cgst', 'sgst', 'igst', 'cess'] as const
export type ClaimHead = (typeof claimHeads)[number]

export function purchaseFacts(cell: CellOf, { sezUnits }: Pick<JudgedFile, 'sezUnits'>): PurchaseFacts {
  const known = (field: string) => cell(field) ?? ''
  const importType = cell('import_type')
  const supplierState = stateCode(known('supplier_state')) ?? ''
  const shared = documentFacts(cell, {
    supplierKey: supplierKey({ supplier: cell('supplier_gstin'), name: known('supplier_name') }),
    supply: supplyOf({
      from: cell('supplier_gstin') === '' ? supplierState : known('supplier_gstin').slice(0, 2),
      to: cell('place_of_supply') === '' ? known('customer_gstin').slice(0, 2) : known('place_of_supply'),
      importType,
      toSez: sezUnits.has(known('customer_gstin')),
    }),
    share: 1,
    taxMayBeLeftOut: isYes(cell, 'is_reverse_charge') || importType !== '',
  })
  return {
    ...shared,
    number: known('document_number'),
    importType,
    importBill: { ...reference(cell, 'import_bill'), hasPort: cell('import_port_code') !== '' },
    hasSupplierName: cell('supplier_name') !== '',
    supplierState,
    composition: isYes(cell, 'is_supplier_composition_dealer'),
    paymentDue: known('payment_due_date'),
  }
}

export const purchaseLineFactsReader = (fields: readonly string[]) => {
  const shared = lineFactsReader(fields)
  const at = (field: string) => fields.indexOf(field)
  const claimType = at('itc_claim_type')
  const [cgst, sgst, igst, cess] = claimHeads.map((head) => at(`itc_claim_${head}_amount`)) as [number, number, number, number]
  const [receiptNumber, receiptDate] = [at('goods_receipt_note_number'), at('goods_receipt_note_date')]
  return (cells: readonly (string | undefined)[], document: PurchaseFacts): PurchaseLineFacts => {
    const claim = { cgst: inPaise(cells[cgst]), sgst: inPaise(cells[sgst]), igst: inPaise(cells[igst]), cess: inPaise(cells[cess]) }
    return {
      ...shared(cells, document),
      claimType: cells[claimType],
      claim,
      claimed: claim.cgst + claim.sgst + claim.igst + claim.cess,
      receipt: { hasNumber: cells[receiptNumber] !== '', hasDate: cells[receiptDate] !== '', date: cells[receiptDate] ?? '' },
    }
  }
}

/** A supplier without GSTIN is told by name. In small letters, since an escape of COPY text is one. */
function supplierKey({ supplier, name }: { supplier: string | undefined; name: string }): string {
  if (supplier !== '') return supplier ?? ''
  return name.toLowerCase().replace(/\s+/g, ' ')
}

/** What comes from abroad, from an SEZ or into one counts as from another state. */
function supplyOf(document: { from: string; to: string; importType: string | undefined; toSez: boolean }): DocumentFacts['supply'] {
  const { from, to, importType, toSez } = document
  if (importType === undefined) return 'unknown'
  if (importType !== '' || toSez) return 'inter_state'
  if (from === '' || to === '') return 'unknown'
  return from === to ? 'intra_state' : 'inter_state'
}
