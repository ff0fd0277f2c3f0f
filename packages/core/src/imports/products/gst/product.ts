import type { Product } from '../../importer.ts'
import { uploadSales } from './upload-sales.ts'

export const gst: Product = {
  key: 'gst',
  title: 'GST',
  below: 'root_folder',
  mailPolicy: 'problems',
  actions: [uploadSales],
}
