import { zipOf } from './zip.ts'

/** A cell: a text, a number with the code of its format, or its XML. */
export type WorkbookCell = string | number | { number: number; format: string } | { xml: string }

export type WorkbookOptions = {
  date1904?: true
  /** In place of the parts made of the rows, by name. */
  parts?: Readonly<Record<string, string | Buffer>>
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const officeRelations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships'

/** The parts of a workbook with one sheet, whose texts are shared, as spreadsheet programs write it. Empty texts are no cells. */
export function workbookParts(rows: readonly (readonly WorkbookCell[])[], options: WorkbookOptions = {}): Record<string, string | Buffer> {
  const texts = new Map<string, number>()
  const formats = new Map<string, number>()
  const numbered = (known: Map<string, number>, word: string) => {
    const number = known.get(word) ?? known.size
    known.set(word, number)
    return number
  }
  const cellXml = (cell: WorkbookCell, reference: string): string => {
    if (cell === '') return ''
    if (typeof cell === 'string') return `<c r="${reference}" t="s"><v>${numbered(texts, cell)}</v></c>`
    if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`
    if ('xml' in cell) return cell.xml.replace('<c', `<c r="${reference}"`)
    return `<c r="${reference}" s="${numbered(formats, cell.format) + 1}"><v>${cell.number}</v></c>`
  }
  const rowXml = (row: readonly WorkbookCell[], index: number) =>
    row.length === 0
      ? ''
      : `<row r="${index + 1}">${row.map((cell, column) => cellXml(cell, `${letters(column)}${index + 1}`)).join('')}</row>`
  const sheet = rows.map(rowXml).join('')
  const codes = [...formats.keys()]
  return {
    '[Content_Types].xml': `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${declaration}<workbook xmlns="${main}" xmlns:r="${officeRelations}"><workbookPr${options.date1904 ? ' date1904="1"' : ''}/><sheets><sheet name="Register" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ['worksheet', 'worksheets/sheet1.xml'],
      ['sharedStrings', '/xl/sharedStrings.xml'],
      ['styles', 'styles.xml'],
    ]),
    'xl/styles.xml': `${declaration}<styleSheet xmlns="${main}"><numFmts>${codes.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${escaped(code)}"/>`).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${codes.map((_, index) => `<xf numFmtId="${164 + index}"/>`).join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${declaration}<sst xmlns="${main}">${[...texts.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet1.xml': `${declaration}<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
    ...options.parts,
  }
}

export function workbook(rows: readonly (readonly WorkbookCell[])[], options?: WorkbookOptions): Buffer {
  return zipOf(workbookParts(rows, options))
}

function relations(targets: readonly (readonly [kind: string, target: string])[]): string {
  const each = targets.map(
    ([kind, target], index) => `<Relationship Id="rId${index + 1}" Type="${officeRelations}/${kind}" Target="${target}"/>`,
  )
  return `${declaration}<Relationships xmlns="${packageRelations}">${each.join('')}</Relationships>`
}

function letters(column: number): string {
  return (column < 26 ? '' : letters(Math.floor(column / 26) - 1)) + String.fromCharCode(65 + (column % 26))
}

/** What XML has no character for is written as `_x0007_`, and what looks like that as well. */
function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[\x00-\x08\x0b-\x1f]/g, (character) => `_x${character.charCodeAt(0).toString(16).padStart(4, '0')}_`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/"/g, '&quot;')
}
