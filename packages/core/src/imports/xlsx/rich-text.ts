import { fatal } from '../fatal.ts'
import type { XmlHandler } from './read-xml.ts'

/**
 * Takes the text of each element of a name: the runs of it together, without the reading aids of Japanese. Fatal fault
 * `xlsx.cell_too_large`: it has more than `longest` characters.
 */
export function textOf(options: { element: string; longest: number; take(text: string): void }): XmlHandler {
  const { element, longest, take } = options
  let text = ''
  let inText = false
  let inAid = false
  return {
    open: (name) => {
      if (name === element) text = ''
      else if (name === 't') inText = !inAid
      else if (name === 'rPh') inAid = true
    },
    text: (piece) => {
      if (!inText) return
      text += piece
      if (text.length > longest) throw cellTooLarge(longest)
    },
    close: (name) => {
      if (name === 't') inText = false
      else if (name === 'rPh') inAid = false
      else if (name === element) take(unescaped(text))
    },
  }
}

export function cellTooLarge(bytes: number) {
  return fatal('xlsx.cell_too_large', `The workbook has a cell of more than ${bytes} bytes. Shorten it.`)
}

/** `_x000D_` stands for a character that XML does not take. What no text can hold stays as it is written. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (written, hex: string) => {
    const code = Number.parseInt(hex, 16)
    return code === 0 || (code >= 0xd800 && code <= 0xdfff) ? written : String.fromCharCode(code)
  })
}
