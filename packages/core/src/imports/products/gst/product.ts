import type { Product } from '../../importer.ts'
import { generateGstr1 } from './gstr1/generate-return.ts'
import { uploadGstr1Section } from './gstr1/upload-section.ts'
import { gstSettings } from './settings.ts'
import { uploadPurchase } from './upload-purchase.ts'
import { uploadSales } from './upload-sales.ts'

export const gst: Product = {
  key: 'gst',
  title: 'GST',
  below: 'root_folder',
  mailPolicy: 'problems',
  settings: gstSettings,
  actions: [uploadSales, uploadPurchase, uploadGstr1Section, generateGstr1],
}
