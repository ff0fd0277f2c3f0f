/**
 * Where each section stands in the return, in the order in which the tax network's own tool writes them. A section of two
 * members has rows in either, told by how their key begins.
 */
export type Member = {
  path: readonly [string] | readonly [string, string]
  section: string
  unit?: string
  /** Also in the months of a quarterly filer, of which the tax network takes nothing but these (IFF). */
  iff?: true
}

export const returnBody: readonly Member[] = [
  { path: ['b2b'], section: 'B2B', iff: true },
  { path: ['b2ba'], section: 'B2BA', iff: true },
  { path: ['b2cl'], section: 'B2CL' },
  { path: ['b2cla'], section: 'B2CLA' },
  { path: ['b2cs'], section: 'B2CS' },
  { path: ['b2csa'], section: 'B2CSA' },
  { path: ['nil', 'inv'], section: 'EXEMP' },
  { path: ['exp'], section: 'EXP' },
  { path: ['expa'], section: 'EXPA' },
  { path: ['cdnra'], section: 'CDNRA', iff: true },
  { path: ['at'], section: 'AT' },
  { path: ['ata'], section: 'ATA' },
  { path: ['cdnr'], section: 'CDNR', iff: true },
  { path: ['cdnur'], section: 'CDNUR' },
  { path: ['cdnura'], section: 'CDNURA' },
  { path: ['doc_issue', 'doc_det'], section: 'DOCS' },
  { path: ['hsn', 'data'], section: 'HSN' },
  { path: ['hsn', 'hsn_b2b'], section: 'HSN_B2B' },
  { path: ['hsn', 'hsn_b2c'], section: 'HSN_B2C' },
  { path: ['supeco', 'clttx'], section: 'ECO', unit: 'CLTTX|' },
  { path: ['supeco', 'paytx'], section: 'ECO', unit: 'PAYTX|' },
  { path: ['supecoa', 'clttxa'], section: 'ECOA', unit: 'CLTTXA|' },
  { path: ['supecoa', 'paytxa'], section: 'ECOA', unit: 'PAYTXA|' },
  { path: ['ecom', 'b2b'], section: 'ECOB2B', iff: true },
  { path: ['ecom', 'b2c'], section: 'ECOB2C' },
  { path: ['ecom', 'urp2b'], section: 'ECOURP2B', iff: true },
  { path: ['ecom', 'urp2c'], section: 'ECOURP2C' },
  { path: ['ecoma', 'b2ba'], section: 'ECOAB2B', iff: true },
  { path: ['ecoma', 'b2ca'], section: 'ECOAB2C' },
  { path: ['ecoma', 'urp2ba'], section: 'ECOAURP2B', iff: true },
  { path: ['ecoma', 'urp2ca'], section: 'ECOAURP2C' },
  { path: ['txpd'], section: 'ATADJ' },
  { path: ['txpda'], section: 'ATADJA' },
]

/** What stands at the head of every return, behind GSTIN and period: the tool whose form it has, and a hash that is none. */
export const formOfTool = { version: 'GST3.2.4', hash: 'hash' }

/** Sections that months of a quarterly filer lack: they stand in the return of the quarter. */
export const sectionsOfQuarter: readonly string[] = [...new Set(returnBody.flatMap(({ section, iff }) => (iff === true ? [] : [section])))]
