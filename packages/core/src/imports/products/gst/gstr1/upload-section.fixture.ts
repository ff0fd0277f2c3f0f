import type { Cells, ImporterFixture } from '../../../importer.conformance.ts'
import { gst } from '../product.ts'
import { uploadGstr1Section } from './upload-section.ts'

/** A row of an invoice of two rates, and one of an invoice of one rate; nothing is wrong with them. */
const first: Cells = {
  'GSTIN/UIN of Recipient': '29AAGCB7383J1Z4',
  'Invoice Number': 'KA/0001',
  'Invoice date': '14-Oct-2025',
  'Invoice Value': '2230.00',
  'Place Of Supply': '29-Karnataka',
  'Reverse Charge': 'N',
  'Applicable % of Tax Rate': '',
  'Invoice Type': 'Regular B2B',
  'E-Commerce GSTIN': '',
  'Cess Amount': '',
  Rate: '18',
  'Taxable Value': '1000.00',
}
const other: Cells = { ...first, 'Invoice Number': 'KA/0002', 'Invoice Value': '1180.00' }

export const uploadSectionFixture: ImporterFixture = {
  product: gst,
  action: uploadGstr1Section,
  fileName: '27AAPFU0939F1ZV_GOVT_GSTR1_B2B_102025_sap.csv',
  rows: [first, { ...first, Rate: '5' }, other],
  wrong: { cells: { Rate: '17' }, column: 'Rate', code: 'rate.unknown' },
  doubtful: { cells: { Rate: '28' }, code: 'rate.ended' },
  freeText: 'Receiver Name',
  oddText: "O'Neil & Sons (1)./,?@!#%$~*;+=",
  holdings: (desk) =>
    desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
      const { rows } = await client.query<{ held: unknown }>(
        `select jsonb_build_object('gstin', gstin, 'section', section, 'cells', cells) as held
         from gstr1_section_files f join gstr1_rows r using (workspace_id, transfer_id)
         where f.counts and r.place is not null order by r.unit_key, r.cells ->> 'rt'`,
      )
      return rows.map((row) => row.held)
    }),
}
