import { purchaseCases } from './purchase-rules.fixture.ts'
import { purchaseDocumentRules, purchaseLineRules } from './purchase-rules.ts'
import { rulesHold } from './register-rules.conformance.ts'
import { uploadPurchase } from './upload-purchase.ts'

rulesHold({
  action: uploadPurchase,
  cases: purchaseCases,
  rules: [...purchaseDocumentRules, ...purchaseLineRules],
  report: 'purchase-rules.report.csv',
})
