import type { Cells, ImporterFixture } from '../../../importer.conformance.ts'
import { gst } from '../product.ts'
import { generateGstr1 } from './generate-return.ts'

const first: Cells = { Remarks: '', GSTIN: '27AAPFU0939F1ZV', 'Return Period': '102025' }

export const generateReturnFixture: ImporterFixture = {
  product: gst,
  action: generateGstr1,
  rows: [first, { ...first, 'Return Period': '092025' }, { ...first, GSTIN: '29AAGCB7383J1Z4' }],
  wrong: { cells: { 'Return Period': '132025' }, column: 'Return Period', code: 'return_period.unreadable' },
  doubtful: { cells: { 'Return Period': '112025' }, code: 'return_period.not_over' },
  freeText: 'Remarks',
  holdings: (desk) =>
    desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
      const { rows } = await client.query(
        `select distinct on (gstin, return_period) gstin, return_period::text, remarks from gstr1_returns order by gstin, return_period, id desc`,
      )
      return rows
    }),
}
