import { pageSectionRows, type SectionRow } from '@drayage/db/queries/gstr1-sections'
import type { Action, Output } from '../../../importer.ts'
import { judgeSection } from './section-judge.ts'
import { periodName, readSectionName } from './section-name.ts'
import { sections } from './sections.ts'

const pageRows = 5000

/** A line for each row that the transfer imported. */
const success: Output = {
  kind: 'success',
  extension: '.csv',
  headings: ['Row', 'GSTIN', 'Return Period', 'Section', 'Entry', 'Status', 'Warning'],
  ownWords: ['Status', 'Warning'],
  lines: async function* (db, { workspaceId, transferId }) {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = { workspaceId, transferId, after, limit: pageRows }
      const rows: SectionRow[] = await db.inWorkspace(workspaceId, ({ client }) => pageSectionRows(client, page))
      yield rows.map((row) => [
        String(row.number),
        row.gstin,
        periodName(row.period),
        row.section,
        row.entry.replaceAll('|', ' '),
        row.counts ? 'IMPORTED' : 'REPLACED',
        row.warnings,
      ])
      after = rows.length < pageRows ? undefined : rows.at(-1)?.number
    }
  },
}

/** Sections of GSTR-1, a file each, as filers prepare them for the tax network's own tool. */
export const uploadGstr1Section: Action = {
  key: 'upload_gstr1_section',
  title: 'GSTR-1 section',
  folders: {
    inboxes: [{ folder: 'UPLOAD_GSTR1_SECTION/INPUT/INIT', mode: 'live' }],
    claimed: 'UPLOAD_GSTR1_SECTION/INPUT/PROCESSING',
    done: 'UPLOAD_GSTR1_SECTION/INPUT/PROCESSED',
    failed: 'UPLOAD_GSTR1_SECTION/INPUT/FAILED',
    outputs: {
      success: 'UPLOAD_GSTR1_SECTION/OUTPUT/SUCCESS',
      upload_error: 'UPLOAD_GSTR1_SECTION/OUTPUT/UPLOAD_ERROR',
      generation_error: 'UPLOAD_GSTR1_SECTION/OUTPUT/GENERATION_ERROR',
    },
  },
  columns: [],
  forms: { all: sections, of: (fileName) => readSectionName(fileName).section },
  importer: judgeSection,
  outputs: [success],
}
