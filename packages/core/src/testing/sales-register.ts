/** An invoice to another state, right unless it is `bad`: then its last line has no readable amount. */
export type Invoice = { number: string; lines?: number; amount?: number; item?: string; bad?: boolean }

export const registerHeader =
  'Document Type,Document Number,Document Date,Place of Supply,Supplier GSTIN,Item Description,HSN or SAC code,Item Taxable Amount,GST Rate,IGST Rate,IGST Amount'

/** A small sales register: one row a line, `lines` of them for each invoice. */
export function salesRegister(invoices: readonly Invoice[]): string {
  const rows = invoices.flatMap(({ number, lines = 1, amount = 100, item = 'Tea', bad = false }) =>
    Array.from({ length: lines }, (_, at) => {
      const taxable = bad && at === lines - 1 ? 'much' : amount.toFixed(2)
      const tax = (amount * 0.18).toFixed(2)
      return `INVOICE,${number},01-06-2026,27,29AAACA1234A1Z5,${item},0902,${taxable},18,18,${tax}`
    }),
  )
  return [registerHeader, ...rows, ''].join('\r\n')
}
