import { financialYear, firstOfMonth, indianDay, indianMonth, monthsBefore } from './dates.ts'
import type { DocumentFacts } from './document-facts.ts'
import { type GstinKind, gstinKind } from './gstin.ts'
import type { DocumentRule } from './register.ts'
import { stateAt, stateChange, stateName } from './states.ts'

/** The day on which the tax began. */
export const beginning = '2017-07-01'

/** Rules of sales and purchases over what concerns a document as a whole. */
export const documentRules: readonly DocumentRule[] = [
  {
    code: 'document_date.before_gst',
    severity: 'error',
    field: 'document_date',
    broken: ({ date }) => date !== '' && date < beginning,
    message: () => 'is before 01-07-2017, when the tax began; correct the date or leave the document out.',
  },
  {
    code: 'document_date.in_future',
    severity: 'error',
    field: 'document_date',
    broken: ({ date }, { today }) => date > today,
    message: (_, { today }) => `is after today, ${indianDay(today)}; correct the date or send the document when its day has come.`,
  },
  {
    code: 'document_date.after_return_month',
    severity: 'error',
    field: 'document_date',
    broken: ({ date, returnMonth }) => returnMonth !== '' && date > returnMonth && firstOfMonth(date) > returnMonth,
    message: ({ returnMonth }) =>
      `is after the return month ${indianMonth(returnMonth)}; correct one of the two, or leave the return month empty.`,
  },
  {
    code: 'document_date.older_than_18_months',
    severity: 'warning',
    field: 'document_date',
    broken: ({ date, returnMonth }) => date !== '' && date < returnMonth && date < monthsBefore(returnMonth, 18),
    message: ({ returnMonth }) =>
      `is more than 18 months before the return month ${indianMonth(returnMonth)}; make sure that both are right.`,
  },
  ...validState({ field: 'place_of_supply', code: ({ place }) => place }),
  ...validState({ field: 'supplier_gstin', code: ({ supplier = '' }) => supplier.slice(0, 2) }),
  ...validState({ field: 'customer_gstin', code: ({ customer = '' }) => customer.slice(0, 2) }),
  {
    code: 'supplier_gstin.not_a_supplier',
    severity: 'error',
    field: 'supplier_gstin',
    broken: ({ supplier }) => isOfKind(supplier, ['tax_deductor', 'ecommerce_operator', 'united_nations']),
    message: () =>
      'is a registration for tax deducted or collected, or of a United Nations body, which issues no invoices; write the regular GSTIN.',
  },
  {
    code: 'customer_gstin.not_a_recipient',
    severity: 'error',
    field: 'customer_gstin',
    broken: ({ customer }) => isOfKind(customer, ['ecommerce_operator', 'online_service']),
    message: () => 'is a registration of an e-commerce operator or online service, which receives no supplies; write the regular GSTIN.',
  },
  {
    code: 'customer_gstin.same_as_supplier',
    severity: 'error',
    field: 'customer_gstin',
    broken: ({ customer, supplier }) => customer === supplier && supplier !== '' && supplier !== undefined,
    message: () => 'is the GSTIN of the supplier too; nobody invoices himself. Correct one of the two.',
  },
  {
    code: 'linked_invoice.missing',
    severity: 'notice',
    field: 'linked_invoice_number',
    broken: (document) => isNote(document) && !document.linkedInvoice.hasNumber && !document.linkedInvoice.hasDate,
    message: () => 'is empty; if the note belongs to one invoice, write its number and date.',
  },
  {
    code: 'linked_invoice.incomplete',
    severity: 'warning',
    field: 'linked_invoice_number',
    broken: ({ linkedInvoice: { hasNumber, hasDate } }) => hasNumber !== hasDate,
    message: () => 'and Linked Invoice Date belong together, and one of them is empty; write both.',
  },
  {
    code: 'linked_invoice.on_invoice',
    severity: 'warning',
    field: 'linked_invoice_number',
    broken: ({ type, linkedInvoice }) => type === 'INVOICE' && linkedInvoice.hasNumber,
    message: () => 'is for credit and debit notes; empty it, or correct the Document Type.',
  },
  {
    code: 'linked_invoice_date.after_document',
    severity: 'error',
    field: 'linked_invoice_date',
    broken: ({ date, linkedInvoice }) => date !== '' && linkedInvoice.date > date,
    message: ({ date }) => `is after the note itself, ${indianDay(date)}; correct one of the two dates.`,
  },
  {
    // CGST Act, section 34 (2): a credit note is declared by the 30th of November after the financial year of the supply.
    code: 'linked_invoice_date.too_long_ago',
    severity: 'warning',
    field: 'linked_invoice_date',
    broken: (document) =>
      document.type === 'CREDIT' && document.linkedInvoice.date !== '' && returnOf(document) > lastReturn(document.linkedInvoice.date),
    message: ({ linkedInvoice }) =>
      `is of a year whose credit notes reduce the tax up to the return for ${indianMonth(lastReturn(linkedInvoice.date))}; this one is reported later. Ask your adviser before you claim it.`,
  },
  {
    code: 'linked_advance.incomplete',
    severity: 'warning',
    field: 'linked_advance_document_number',
    broken: ({ advance: { hasNumber, hasDate, hasAmount } }) => hasNumber !== hasDate || hasNumber !== hasAmount,
    message: () => 'belongs together with the date of the advance and the amount used up; write all three, or none.',
  },
  {
    code: 'linked_advance_document_date.after_document',
    severity: 'error',
    field: 'linked_advance_document_date',
    broken: ({ date, advance }) => date !== '' && advance.date > date,
    message: ({ date }) => `is after the document, ${indianDay(date)}, and an advance comes before it; correct one of the two dates.`,
  },
  {
    code: 'is_this_document_deleted.also_cancelled',
    severity: 'warning',
    field: 'is_this_document_deleted',
    broken: ({ cancelled, deleted }) => cancelled && deleted,
    message: () =>
      'and Is this Document Cancelled are both yes; it counts as deleted. Write N under one of them: a cancelled document keeps its number in the return, a deleted one was never issued.',
  },
]

function isNote({ type }: DocumentFacts): boolean {
  return type === 'CREDIT' || type === 'DEBIT'
}

/** The month of the return that a document is reported in, by its first day; '' if it cannot be told. */
export function returnOf({ returnMonth, date }: DocumentFacts): string {
  return returnMonth !== '' || date === '' ? returnMonth : firstOfMonth(date)
}

/** The last return in which what belongs to the financial year of a day can be settled: October's, filed by the 30th of November. */
export function lastReturn(day: string): string {
  return `${financialYear(day) + 1}-10-01`
}

/** A state's code must have been one on the day of the document. */
function validState({ field, code }: { field: string; code(document: DocumentFacts): string }): DocumentRule[] {
  return [
    {
      code: `${field}.former_state`,
      severity: 'warning',
      field,
      broken: (document) => stateAt(code(document), document.date) === 'former',
      message: (document) => {
        const { successor } = stateChange(code(document))
        return `names a state that was dissolved; use ${successor}-${stateName(successor)}.`
      },
    },
    {
      code: `${field}.state_not_yet`,
      severity: 'warning',
      field,
      broken: (document) => stateAt(code(document), document.date) === 'not_yet',
      message: (document) =>
        `names ${stateName(code(document))}, which there was not before ${indianDay(stateChange(code(document)).from)}; correct it, or the Document Date.`,
    },
  ]
}

/** The state that is written out must be the one of the registration. */
export function registeredInState<Facts extends DocumentFacts>(party: {
  field: string
  gstin(document: Facts): string
  /** Its code, '' where it cannot be told. */
  state(document: Facts): string
}): DocumentRule<Facts> {
  const { field, gstin, state } = party
  const registered = (document: Facts) => gstin(document).slice(0, 2)
  return {
    code: `${field}.differs_from_gstin`,
    severity: 'warning',
    field,
    broken: (document) => state(document) !== '' && gstin(document) !== '' && state(document) !== registered(document),
    message: (document) =>
      `is not the state of the registration, ${registered(document)}-${stateName(registered(document))}; correct it, or the GSTIN.`,
  }
}

export function isOfKind(gstin: string | undefined, kinds: readonly GstinKind[]): boolean {
  if (gstin === undefined || gstin === '') return false
  const kind = gstinKind(gstin)
  return kind !== undefined && kinds.includes(kind)
}
