import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { fatal } from '../fatal.ts'

/** Texts of a workbook that its cells name by number, kept in a file: there may be millions. */
export type SharedTexts = {
  add(text: string): void
  /** Sends what was gathered to the file. To be called now and then, and once behind the last. */
  flush(): Promise<void>
  /** Undefined for a number that no text has. */
  get(index: number): string | undefined
}

const most = 16_000_000
const blockBytes = 64 * 1024
const cachedBlocks = 128
const cachedTexts = 4096

/** Fatal fault `xlsx.too_many_texts`. */
export function keepSharedTexts(file: FileHandle): SharedTexts {
  let ends = new Float64Array(1024)
  let count = 0
  let written = 0
  let gathered: Buffer[] = []
  const blocks = new Map<number, Buffer>()
  const texts = new Map<number, string>()

  const block = (number: number): Buffer => {
    const held = blocks.get(number)
    if (held !== undefined) return held
    const bytes = Buffer.allocUnsafe(blockBytes)
    const read = readSync(file.fd, bytes, 0, blockBytes, number * blockBytes)
    if (blocks.size === cachedBlocks) blocks.delete(blocks.keys().next().value ?? 0)
    const kept = bytes.subarray(0, read)
    blocks.set(number, kept)
    return kept
  }
  const between = (start: number, end: number): string => {
    const pieces: Buffer[] = []
    for (let at = start; at < end; ) {
      const from = at % blockBytes
      const piece = block((at - from) / blockBytes).subarray(from, Math.min(blockBytes, from + end - at))
      if (piece.length === 0) throw new Error('the file of texts ends before its last text')
      pieces.push(piece)
      at += piece.length
    }
    return (pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))?.toString() ?? ''
  }

  return {
    add: (text) => {
      if (count === most)
        throw fatal('xlsx.too_many_texts', `The workbook has more than ${most} different texts. Save its first sheet as CSV and send that.`)
      if (count === ends.length) {
        const grown = new Float64Array(ends.length * 2)
        grown.set(ends)
        ends = grown
      }
      const bytes = Buffer.from(text)
      gathered.push(bytes)
      ends[count] = (ends[count - 1] ?? 0) + bytes.length
      count++
    },
    flush: async () => {
      if (gathered.length === 0) return
      const bytes = Buffer.concat(gathered)
      gathered = []
      await file.write(bytes, 0, bytes.length, written)
      written += bytes.length
    },
    get: (index) => {
      const held = texts.get(index)
      if (held !== undefined) return held
      if (!Number.isInteger(index) || index < 0 || index >= count) return undefined
      const text = between(ends[index - 1] ?? 0, ends[index] ?? 0)
      if (texts.size === cachedTexts) texts.clear()
      texts.set(index, text)
      return text
    },
  }
}
