import { findReturn, listReturnSections } from '@drayage/db/queries/gstr1-returns'
import type { Action, Output } from '../../../importer.ts'
import { returnBody } from './return-body.ts'
import { judgeReturns, returnColumns } from './return-judge.ts'
import { sectionOf } from './sections.ts'
import { writeReturn } from './write-return.ts'

/** The return for the tax portal. */
const success: Output = {
  kind: 'success',
  extension: '.json',
  text: (db, { workspaceId, transferId, part }) => writeReturn(db, { workspaceId, transferId, part }),
}

const sources = { section_files: 'Section file', sales_register: 'Sales register' }
const order = new Map(returnBody.map(({ section }, index) => [section, index]))

/** Sections in the order of the return. */
export function inOrderOfReturn<Its extends { section: string }>(sections: readonly Its[]): Its[] {
  return sections.toSorted((one, other) => (order.get(one.section) ?? 0) - (order.get(other.section) ?? 0))
}

/** A line for each section of the return. */
const summary: Output = {
  kind: 'summary',
  extension: '.csv',
  headings: [
    'Section',
    'Table',
    'What It Holds',
    'Taken From',
    'Entries',
    'Taxable Value',
    'Integrated Tax',
    'Central Tax',
    'State/UT Tax',
    'Cess',
  ],
  ownWords: ['What It Holds', 'Taken From'],
  lines: async function* (db, key) {
    const sections = await db.inWorkspace(key.workspaceId, async ({ client }) => {
      const made = await findReturn(client, key)
      return made === undefined ? [] : listReturnSections(client, { workspaceId: key.workspaceId, returnId: made.id })
    })
    yield inOrderOfReturn(sections).map(({ section, source, entries, taxableValue, igst, cgst, sgst, cess }) => {
      const { table = '', title = '' } = sectionOf(section) ?? {}
      return [section, table, title, sources[source], String(entries), taxableValue, igst, cgst, sgst, cess]
    })
  },
}

/** Makes the GSTR-1 returns that a file asks for. */
export const generateGstr1: Action = {
  key: 'generate_gstr1',
  title: 'GSTR-1 return',
  folders: {
    inboxes: [{ folder: 'GENERATE_GSTR1/INPUT/INIT', mode: 'live' }],
    claimed: 'GENERATE_GSTR1/INPUT/PROCESSING',
    done: 'GENERATE_GSTR1/INPUT/PROCESSED',
    failed: 'GENERATE_GSTR1/INPUT/FAILED',
    outputs: {
      success: 'GENERATE_GSTR1/OUTPUT/SUCCESS',
      summary: 'GENERATE_GSTR1/OUTPUT/SUCCESS',
      upload_error: 'GENERATE_GSTR1/OUTPUT/UPLOAD_ERROR',
      generation_error: 'GENERATE_GSTR1/OUTPUT/GENERATION_ERROR',
    },
  },
  columns: returnColumns,
  asks: true,
  importer: judgeReturns,
  outputs: [success, summary],
}
