import { type DateSystem, type NumberFormat, shownNumber } from './number-format.ts'
import type { XmlHandler } from './read-xml.ts'
import { cellTooLarge, textOf, unescaped } from './rich-text.ts'
import type { SharedTexts } from './shared-texts.ts'
import { corrupt } from './xlsx-faults.ts'

/** A row of a sheet: `number` as the spreadsheet counts, from 1; cells up to its last one that holds something. */
export type SheetRow = { number: number; cells: string[] }

export type SheetReader = { handler: XmlHandler; taken(): SheetRow[] }

type SheetOptions = {
  texts: SharedTexts
  formats: readonly NumberFormat[]
  dates: DateSystem
  limits: { columns: number; cellBytes: number }
  /** A row has a cell beyond the columns allowed. */
  tooWide(row: number): Error
}

/** Reads the rows of a sheet from its XML. Rows and cells that hold nothing are left out. */
export function sheetReader({ texts, formats, dates, limits, tooWide }: SheetOptions): SheetReader {
  let rows: SheetRow[] = []
  let row: SheetRow = { number: 0, cells: [] }
  let element = ''
  let column = 0
  let type = ''
  let style = 0
  let value = ''
  let inValue = false
  const inline = textOf({
    element: 'is',
    longest: limits.cellBytes,
    take: (text) => {
      value = text
    },
  })

  const shown = (): string => {
    if (value === '') return ''
    switch (type) {
      case 's': {
        const text = texts.get(Number(value))
        if (text === undefined) throw corrupt()
        return text
      }
      case 'b':
        return value === '1' ? 'TRUE' : 'FALSE'
      case 'str':
        return unescaped(value)
      case 'inlineStr':
      case 'e':
        return value
      case 'd':
        // A date that is written out; a time of midnight is none.
        return value.replace(/T00:00(:00(\.0+)?)?Z?$/, '')
      default:
        return shownNumber(value.trim(), { format: formats[style] ?? plain, dates })
    }
  }
  const put = (text: string) => {
    if (text === '') return
    if (column >= limits.columns) throw tooWide(row.number)
    while (row.cells.length < column) row.cells.push('')
    row.cells[column] = text
  }

  const handler: XmlHandler = {
    open: (name) => {
      element = name
      if (name === 'c') {
        type = ''
        style = 0
        value = ''
        column++
      } else if (name === 'v') inValue = true
      else if (name === 'row') {
        row = { number: row.number + 1, cells: [] }
        column = -1
      } else inline.open(name)
    },
    attribute: (name, text) => {
      if (element === 'c') {
        if (name === 'r') column = columnOf(text)
        else if (name === 't') type = text
        else if (name === 's') style = Number(text)
      } else if (element === 'row' && name === 'r') {
        const number = Number(text)
        if (!Number.isInteger(number) || number < row.number) throw corrupt()
        row.number = number
      }
    },
    text: (piece) => {
      if (inValue) {
        value += piece
        if (value.length > limits.cellBytes) throw cellTooLarge(limits.cellBytes)
      } else inline.text?.(piece)
    },
    close: (name) => {
      if (name === 'c') put(shown())
      else if (name === 'v') inValue = false
      else if (name === 'row') {
        if (row.cells.length > 0) rows.push(row)
      } else inline.close?.(name)
    },
  }
  return {
    handler,
    taken: () => {
      const ready = rows
      rows = []
      return ready
    },
  }
}

const plain: NumberFormat = { shows: 'number' }

/** 0 for the column of A1, 26 for that of AA1. */
function columnOf(reference: string): number {
  let column = 0
  for (let at = 0; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) - 64
    if (letter < 1 || letter > 26) break
    column = column * 26 + letter
  }
  if (column === 0 || column > 16_384) throw corrupt()
  return column - 1
}
