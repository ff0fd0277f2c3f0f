import { copyText } from '@drayage/db/queries/copy-rows'
import type { ImportFile, Row } from './importer.ts'

/** The cells of a row in columns that the template does not know, as COPY text of a JSON object by header; '' for none. */
export function extrasOf({ extras }: Pick<ImportFile, 'extras'>, { cells }: Row): string {
  if (extras.length === 0) return ''
  return copyText(JSON.stringify(Object.fromEntries(extras.map(({ header, position }) => [header, cells[position] ?? '']))))
}
