import type { Action } from '../../importer.ts'
import { registerAction } from './register-action.ts'
import { salesRegister } from './sales-register.ts'

/** The sales register: a row is a line of an invoice, credit note or debit note. */
export const uploadSales: Action = registerAction({ key: 'upload_sales', title: 'Sales register', folder: 'UPLOAD_SALES' }, salesRegister)
