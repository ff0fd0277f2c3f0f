import { purchaseColumns } from './purchase-columns.ts'
import { type PurchaseFacts, type PurchaseLineFacts, purchaseFacts, purchaseLineFactsReader } from './purchase-facts.ts'
import { purchaseDocumentRules, purchaseLineRules } from './purchase-rules.ts'
import type { Register } from './register.ts'

export const purchaseRegister: Register<PurchaseFacts, PurchaseLineFacts> = {
  columns: purchaseColumns,
  tables: { documents: 'gst_purchases', lines: 'gst_purchase_lines', current: 'gst_current_purchases', supplierKey: 'supplier_key' },
  documentFacts: purchaseFacts,
  lineFactsReader: purchaseLineFactsReader,
  documentRules: purchaseDocumentRules,
  lineRules: purchaseLineRules,
}
