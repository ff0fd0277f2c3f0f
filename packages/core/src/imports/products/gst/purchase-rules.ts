import { rupees } from './amounts.ts'
import { numberFault, numberFaults } from './cells.ts'
import { indianDay, indianMonth } from './dates.ts'
import { documentRules, lastReturn, registeredInState, returnOf } from './document-rules.ts'
import { gstinKind } from './gstin.ts'
import { lineRules, taxOf } from './line-rules.ts'
import { claimHeads, type PurchaseFacts, type PurchaseLineFacts } from './purchase-facts.ts'
import type { DocumentRule, LineRule } from './register.ts'

export const purchaseDocumentRules: readonly DocumentRule<PurchaseFacts>[] = [
  ...documentRules,
  ...(['zero', 'malformed'] as const).map(
    (fault): DocumentRule<PurchaseFacts> => ({
      code: `document_number.${fault}`,
      severity: 'error',
      field: 'document_number',
      // A supplier abroad, or one that is not registered, is bound by no such rule.
      broken: ({ supplier, number }) => supplier !== '' && number !== '' && numberFault(number) === fault,
      message: () => numberFaults[fault],
    }),
  ),
  {
    code: 'supplier_name.missing',
    severity: 'error',
    field: 'supplier_name',
    broken: ({ supplier, hasSupplierName }) => supplier === '' && !hasSupplierName,
    message: () => 'is empty, and so is the Supplier GSTIN; without either nobody can tell whose document it is. Write one of them.',
  },
  registeredInState({ field: 'supplier_state', gstin: ({ supplier = '' }) => supplier, state: ({ supplierState }) => supplierState }),
  {
    code: 'import_type.with_supplier_gstin',
    severity: 'warning',
    field: 'import_type',
    broken: ({ importType, supplier = '' }) => isFromAbroad(importType) && gstinKind(supplier) === 'regular',
    message: () => 'is of a supplier abroad, who has no regular GSTIN; empty the Supplier GSTIN, or write the Import Type of an SEZ.',
  },
  {
    code: 'import_type.without_supplier_gstin',
    severity: 'error',
    field: 'import_type',
    broken: ({ importType = '', supplier }) => importType.endsWith('FROM_SEZ') && supplier === '',
    message: () => 'is of a supplier in an SEZ, who is registered; write the Supplier GSTIN.',
  },
  {
    code: 'import_type.missing',
    severity: 'warning',
    field: 'import_type',
    broken: ({ importType, importBill }) => importType === '' && (importBill.hasNumber || importBill.hasDate),
    message: () => 'is empty, though there is an import bill; write GOODS or GOODS_FROM_SEZ, or empty the columns of the bill.',
  },
  {
    code: 'import_bill.incomplete',
    severity: 'warning',
    field: 'import_bill_number',
    broken: ({ importType, importBill }) => {
      const isImport = importType !== '' && importType !== undefined
      const given = [importBill.hasNumber, importBill.hasDate, importBill.hasPort].filter(Boolean).length
      return given < 3 && (given > 0 ? isImport : importType === 'GOODS')
    },
    message: () => 'must be there with Import Bill Date and Import Port Code; credit is claimed by the bill of entry. Write all three.',
  },
  {
    code: 'is_reverse_charge.missing_on_imported_services',
    severity: 'warning',
    field: 'is_reverse_charge',
    broken: ({ importType, reverseCharge, supplier }) => importType === 'SERVICES' && !reverseCharge && supplier === '',
    message: () => 'is no, and you pay the tax on services from abroad; write Y, or correct the Import Type.',
  },
  {
    code: 'is_supplier_composition_dealer.without_gstin',
    severity: 'warning',
    field: 'is_supplier_composition_dealer',
    broken: ({ composition, supplier }) => composition && supplier === '',
    message: () => 'is yes, and composition dealers are registered; write the Supplier GSTIN, or N here.',
  },
  {
    code: 'payment_due_date.before_document',
    severity: 'warning',
    field: 'payment_due_date',
    broken: ({ paymentDue, date }) => paymentDue !== '' && paymentDue < date,
    message: ({ date }) => `is before the document, ${indianDay(date)}; correct one of the two dates.`,
  },
]

export const purchaseLineRules: readonly LineRule<PurchaseLineFacts, PurchaseFacts>[] = [
  ...lineRules,
  {
    code: 'is_supplier_composition_dealer.with_tax',
    severity: 'error',
    field: 'is_supplier_composition_dealer',
    broken: (line, { composition, reverseCharge }) => composition && !reverseCharge && taxOf(line) > 0,
    message: (line) =>
      `is yes, and ${rupees(taxOf(line))} of tax are charged, which a composition dealer must not; empty the amounts, or write N here.`,
  },
  {
    code: 'is_supplier_composition_dealer.with_claim',
    severity: 'error',
    field: 'is_supplier_composition_dealer',
    broken: (line, { composition, reverseCharge }) => composition && !reverseCharge && taxOf(line) === 0 && line.claimed > 0,
    message: (line) =>
      `is yes, and ${rupees(line.claimed)} are claimed as credit, of which there is none; empty the claim, or write N here.`,
  },
  {
    code: 'supplier_gstin.missing_with_tax',
    severity: 'error',
    field: 'supplier_gstin',
    broken: (line, { supplier, importType, reverseCharge }) => supplier === '' && importType === '' && !reverseCharge && taxOf(line) > 0,
    message: (line) =>
      `is empty, and ${rupees(taxOf(line))} of tax are charged, which only a registered supplier may; write the GSTIN, or Y under Is Reverse Charge if you pay the tax.`,
  },
  ...claimHeads.map(
    (head): LineRule<PurchaseLineFacts, PurchaseFacts> => ({
      code: `itc_claim_${head}_amount.exceeds_tax`,
      severity: 'error',
      field: `itc_claim_${head}_amount`,
      broken: (line, { composition, taxMayBeLeftOut }) =>
        line.claim[head] > line[head] && !composition && !(taxMayBeLeftOut && taxOf(line) === 0),
      message: (line) => `is more than the ${rupees(line[head])} that the line bears of it; claim at most that.`,
    }),
  ),
  {
    code: 'itc_claim_type.ineligible_with_claim',
    severity: 'error',
    field: 'itc_claim_type',
    broken: ({ claimType, claimed }) => claimType === 'INELIGIBLE' && claimed > 0,
    message: ({ claimed }) => `says that no credit can be claimed, and ${rupees(claimed)} are; empty the amounts, or correct the type.`,
  },
  {
    code: 'itc_claim_type.missing',
    severity: 'warning',
    field: 'itc_claim_type',
    broken: ({ claimType, claimed }) => claimType === '' && claimed > 0,
    message: () => 'is empty, and credit is claimed; write INPUTS, INPUT_SERVICES or CAPITAL_GOODS.',
  },
  {
    code: 'itc_claim_type.differs_from_category',
    severity: 'warning',
    field: 'itc_claim_type',
    broken: ({ claimType = '', category }) =>
      category !== '' && claimType !== '' && claimType !== 'INELIGIBLE' && (claimType === 'INPUT_SERVICES') !== (category === 'S'),
    message: ({ category }) =>
      `does not go with the Item Category ${category}; write INPUT_SERVICES for services, INPUTS or CAPITAL_GOODS for goods.`,
  },
  {
    // CGST Act, section 16 (4): by the 30th of November after the financial year of the document.
    code: 'itc_claim_type.too_late',
    severity: 'warning',
    field: 'itc_claim_type',
    broken: ({ claimed }, document) => claimed > 0 && document.date !== '' && returnOf(document) > lastReturn(document.date),
    message: (_, { date }) =>
      `is of a document whose credit can be claimed up to the return for ${indianMonth(lastReturn(date))}; the return month is later. Leave the claim out, or correct the month.`,
  },
  {
    code: 'goods_receipt_note.incomplete',
    severity: 'warning',
    field: 'goods_receipt_note_number',
    broken: ({ receipt: { hasNumber, hasDate } }) => hasNumber !== hasDate,
    message: () => 'and Goods Receipt Note Date belong together, and one of them is empty; write both.',
  },
]

function isFromAbroad(importType: string | undefined): boolean {
  return importType === 'GOODS' || importType === 'SERVICES'
}
