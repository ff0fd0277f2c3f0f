import type { Cells } from '../../../importer.conformance.ts'
import { csvWriter } from '../../../write-csv.ts'
import { salesColumns } from '../sales-columns.ts'
import { taxOn } from './reckoning.ts'

/** Who a sale of October 2025 is to, and so which section it goes into. */
export const buyers: Readonly<Record<string, Cells>> = {
  registered: { 'Customer GSTIN': '27AAPFU0939F2ZU', 'Place of Supply': '27' },
  registeredElsewhere: { 'Customer GSTIN': '29AAGCB7383J1Z4', 'Place of Supply': '29' },
  specialZone: { 'Customer GSTIN': '29AAGCB7383J1Z4', 'Place of Supply': '29', 'Export Type': 'SEZ_WITH_IGST' },
  specialZoneUnderBond: { 'Customer GSTIN': '27AAPFU0939F2ZU', 'Place of Supply': '27', 'Export Type': 'SEZ_WITHOUT_IGST' },
  deemedExport: { 'Customer GSTIN': '29AAGCB7383J1Z4', 'Place of Supply': '29', 'Export Type': 'DEEMED' },
  unregistered: { 'Place of Supply': '27' },
  unregisteredElsewhere: { 'Place of Supply': '32' },
  abroad: { 'Place of Supply': '96', 'Export Type': 'EXPORT_WITH_IGST' },
  abroadUnderBond: { 'Place of Supply': '96', 'Export Type': 'EXPORT_UNDER_BOND' },
}

/** A sale as a test says it; the taxes follow. Amounts in rupees. */
export type Sale = {
  number: string
  type?: 'INVOICE' | 'CREDIT' | 'DEBIT'
  buyer: string
  lines: readonly { taxable: number; rate?: number; untaxed?: string; hsn?: string }[]
  more?: Cells
}

const headers = salesColumns.map(({ header }) => header)
const write = csvWriter({ delimiter: ',', quote: '"' })

export function registerOf(rows: readonly Cells[]): string {
  return [headers, ...rows.map((row) => headers.map((header) => row[header] ?? ''))].map(write).join('')
}

/** The rows of a sale in the register of 27AAPFU0939F1ZV. */
export function rowsOf({ number, type = 'INVOICE', buyer, lines, more = {} }: Sale): Cells[] {
  const whose = buyers[buyer] ?? {}
  const isBond = buyer.endsWith('UnderBond')
  const isIntraState = whose['Place of Supply'] === '27' && !isBond
  return lines.map(({ taxable, rate = 0, untaxed = '', hsn = '94013000' }): Cells => {
    const due = (halves: 1 | 2) => (isBond || untaxed !== '' ? '0' : taxOn(taxable, { rate, share: 1, halves }).toFixed(2))
    return {
      'Document Type': type,
      'Document Number': number,
      'Document Date': '14-10-2025',
      'Supplier GSTIN': '27AAPFU0939F1ZV',
      'Item Category': hsn.startsWith('99') ? 'S' : 'G',
      'HSN or SAC code': hsn,
      'Item Quantity': '2',
      'Item Unit Code': 'NOS',
      'Item Taxable Amount': taxable.toFixed(2),
      'Zero Tax Category': untaxed,
      'GST Rate': untaxed === '' ? String(rate) : '0',
      ...(isIntraState ? { 'CGST Amount': due(2), 'SGST Amount': due(2) } : { 'IGST Amount': due(1) }),
      'CESS Amount': untaxed === '' ? '1.25' : '',
      ...whose,
      ...more,
    }
  })
}
