import type { Product } from '../../importer.ts'
import { uploadGstr1Section } from './gstr1/upload-section.ts'
import { uploadSales } from './upload-sales.ts'

export const gst: Product = {
  key: 'gst',
  title: 'GST',
  below: 'root_folder',
  mailPolicy: 'problems',
  actions: [uploadSales, uploadGstr1Section],
}
