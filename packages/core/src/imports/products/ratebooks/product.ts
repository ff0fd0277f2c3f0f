import type { Product } from '../../importer.ts'
import { ratebookExports } from './exports.ts'
import { publishRates } from './publish-rates.ts'
import { ratebookSettings } from './settings.ts'

export const ratebooks: Product = {
  key: 'ratebooks',
  title: 'Ratebooks',
  below: 'base_directory',
  mailPolicy: 'always',
  settings: ratebookSettings,
  actions: [publishRates],
  exports: ratebookExports,
}
