/** A sales register of two invoices, the second between two states without IGST: one row is accepted, one is not. */
export const register = `Document Type,Document Number,Document Date,Supplier GSTIN,Customer GSTIN,Place of Supply,HSN or SAC code,Item Quantity,Item Unit Code,Item Unit Price,Item Taxable Amount,GST Rate,CGST Amount,SGST Amount,IGST Amount
INVOICE,INV-1,14-06-2026,29AABCR1718E1ZL,29AAGCB7383J1Z4,29-Karnataka,998313,1,NOS,1000,1000,18,90,90,
INVOICE,INV-2,14-06-2026,29AABCR1718E1ZL,27AAPFU0939F1ZV,27-Maharashtra,998313,1,NOS,500,500,18,45,45,
`
