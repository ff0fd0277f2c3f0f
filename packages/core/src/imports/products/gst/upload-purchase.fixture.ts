import type { Cells, ImporterFixture } from '../../importer.conformance.ts'
import { gst } from './product.ts'
import { uploadPurchase } from './upload-purchase.ts'

/** An invoice of a supplier in the state of two lines, and one of a supplier in another of one line; nothing is wrong with them. */
export const intraStatePurchase: Cells = {
  'Document Type': 'INVOICE',
  'Document Number': 'MH/0001',
  'Document Date': '14-10-2025',
  'Place of Supply': '27-Maharashtra',
  'Supplier GSTIN': '27AAPFU0939F1ZV',
  'Supplier Name': 'Sharma Traders, Pune',
  'Customer GSTIN': '27AAPFU0939F2ZU',
  'Item Description': 'Office chair',
  'Item Category': 'G',
  'HSN or SAC code': '94013000',
  'Item Quantity': '2',
  'Item Unit Code': 'NOS',
  'Item Taxable Amount': '1000.00',
  'GST Rate': '18',
  'CGST Rate': '9',
  'CGST Amount': '90.00',
  'SGST Rate': '9',
  'SGST Amount': '90.00',
  'IGST Rate': '',
  'IGST Amount': '',
  'Document Total Amount': '2360.00',
}

export const interStatePurchase: Cells = {
  ...intraStatePurchase,
  'Document Number': 'MH/0002',
  'Place of Supply': '29',
  'Customer GSTIN': '29AAGCB7383J1Z4',
  'CGST Rate': '',
  'CGST Amount': '',
  'SGST Rate': '',
  'SGST Amount': '',
  'IGST Rate': '18',
  'IGST Amount': '180.00',
  'Document Total Amount': '1180.00',
}

export const uploadPurchaseFixture: ImporterFixture = {
  product: gst,
  action: uploadPurchase,
  rows: [intraStatePurchase, { ...intraStatePurchase, 'Item Description': 'Office table' }, interStatePurchase],
  wrong: { cells: { 'GST Rate': '17' }, column: 'GST Rate', code: 'gst_rate.unknown' },
  doubtful: { cells: { 'Item Unit Code': 'EACH' }, code: 'item_unit_code.unknown' },
  freeText: 'Item Description',
  holdings: (desk) =>
    desk.db.inWorkspace(desk.workspaceId, async ({ client }) => {
      const { rows } = await client.query<{ held: unknown }>(
        `select to_jsonb(d) - '{workspace_id,id,transfer_id}'::text[] || jsonb_build_object('lines', (
           select jsonb_agg(to_jsonb(l) - '{workspace_id,document_id,row_number}'::text[] order by row_number)
           from gst_purchase_lines l where l.workspace_id = d.workspace_id and l.document_id = d.id
         )) as held
         from gst_purchases d join gst_current_purchases c on c.workspace_id = d.workspace_id and c.document_id = d.id
         order by d.document_number`,
      )
      return rows.map((row) => row.held)
    }),
}
