import type { LineFacts } from './document-facts.ts'
import { lineFactsReader } from './document-facts.ts'
import type { Register } from './register.ts'
import { salesColumns } from './sales-columns.ts'
import { type SalesFacts, salesFacts } from './sales-facts.ts'
import { salesDocumentRules, salesLineRules } from './sales-rules.ts'

export const salesRegister: Register<SalesFacts, LineFacts> = {
  columns: salesColumns,
  tables: { documents: 'gst_documents', lines: 'gst_document_lines', current: 'gst_current_documents', supplierKey: 'supplier_gstin' },
  documentFacts: salesFacts,
  lineFactsReader,
  documentRules: salesDocumentRules,
  lineRules: salesLineRules,
}
