import { TextDecoder } from 'node:util'
import { Parser } from 'htmlparser2'
import { corrupt } from './xlsx-faults.ts'

/** What is told of an XML text. Names come without their prefix, entities are resolved, text in pieces. */
export type XmlHandler = {
  open(name: string): void
  /** Of the element that was opened last. */
  attribute?(name: string, value: string): void
  text?(text: string): void
  close?(name: string): void
}

/** Characters of a name or an attribute; what goes on for longer is no part of a workbook. */
const longestToken = 1024 ** 2
const deepest = 64

/**
 * Reads an XML text, and says after each chunk that it did. Nothing is kept of it; document types and their entities are
 * passed over. Fatal fault `xlsx.corrupt`: it is not UTF-8, or no such text, or ends before its outermost element does.
 */
export async function* readXml(chunks: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<void, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let depth = 0
  let heard = false
  let whole = false
  let ending = false
  const parser = new Parser(
    {
      onopentagname: (name) => {
        heard = true
        if (++depth > deepest) throw corrupt()
        handler.open(local(name))
      },
      onattribute: (name, value) => {
        heard = true
        handler.attribute?.(local(name), value)
      },
      ontext: (text) => {
        heard = true
        handler.text?.(text)
      },
      onclosetag: (name) => {
        // At the end of the text, what was never closed is.
        if (ending) return
        heard = true
        whole = --depth === 0
        handler.close?.(local(name))
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  let unheard = 0
  for await (const chunk of chunks) {
    heard = false
    parser.write(decoded(() => decoder.decode(chunk, { stream: true })))
    unheard = heard ? 0 : unheard + chunk.length
    if (unheard > longestToken) throw corrupt()
    yield
  }
  parser.write(decoded(() => decoder.decode()))
  ending = true
  parser.end()
  if (!whole) throw corrupt()
}

function decoded(decode: () => string): string {
  try {
    return decode()
  } catch {
    throw corrupt()
  }
}

function local(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
