import type { Action } from '../../importer.ts'
import { purchaseRegister } from './purchase-register.ts'
import { registerAction } from './register-action.ts'

/** The purchase register: a row is a line of an invoice, credit note or debit note of a supplier. */
export const uploadPurchase: Action = registerAction(
  { key: 'upload_purchase', title: 'Purchase register', folder: 'UPLOAD_PURCHASE' },
  purchaseRegister,
)
