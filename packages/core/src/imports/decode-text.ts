import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { fatal } from './fatal.ts'

const lineFeed = 10
/** Bytes that are decoded at once, at least while lines are short: small enough to die young. */
const pieceBytes = 64 * 1024

/**
 * The text of a file in pieces that end after a line feed wherever one is near. UTF-8 unless a byte order mark says
 * UTF-16; the mark itself is left out.
 *
 * Faults come behind the last whole line before them and carry no row, which only the reader knows: `file.too_large`, `file.not_utf8`, `file.not_utf16`,
 * `file.nul_character`, `file.replacement_character`.
 */
export async function* decodeText(source: AsyncIterable<Buffer>, limits: { fileBytes: number }): AsyncGenerator<string, void, void> {
  let bytes = 0
  let rest: Buffer = Buffer.alloc(0)
  let utf16: TextDecoder | undefined
  let begun = false

  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > limits.fileBytes) {
      throw fatal('file.too_large', `The file is larger than the ${limits.fileBytes} bytes allowed. Divide it and send the parts.`)
    }
    let block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (!begun) {
      // Three bytes tell every mark apart; a shorter file has none.
      if (block.length < 3) {
        rest = block
        continue
      }
      begun = true
      utf16 = utf16Decoder(block)
      block = withoutMark(block)
    }
    if (utf16 !== undefined) {
      rest = Buffer.alloc(0)
      yield* checked(decodeUtf16(utf16, block))
      continue
    }
    let from = 0
    while (block.length - from >= pieceBytes) {
      const to = cut(block, from)
      yield* decodeUtf8(block.subarray(from, to))
      from = to
    }
    rest = block.subarray(from)
    // What is kept for longer than its block must not keep the block.
    if (from > 0) rest = Buffer.from(rest)
  }
  if (utf16 !== undefined) yield* checked(decodeUtf16(utf16))
  else yield* decodeUtf8(withoutMark(rest))
}

/** Whether a file begins with a byte order mark, which some spreadsheet programs want to see. */
export async function hasMark(source: AsyncIterable<Buffer>): Promise<boolean> {
  let start: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    start = Buffer.concat([start, chunk.subarray(0, 3)])
    if (start.length >= 3) break
  }
  return withoutMark(start).length < start.length
}

function withoutMark(block: Buffer): Buffer {
  if (block.length >= 3 && block.readUIntBE(0, 3) === 0xefbbbf) return block.subarray(3)
  return utf16Decoder(block) === undefined ? block : block.subarray(2)
}

function utf16Decoder(block: Buffer): TextDecoder | undefined {
  const mark = block.length < 2 ? 0 : block.readUInt16BE(0)
  if (mark === 0xfffe) return new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true })
  if (mark === 0xfeff) return new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true })
  return undefined
}

/** Where to end a piece: after the last line feed, or if there is none between two characters. */
function cut(block: Buffer, from: number): number {
  const to = from + pieceBytes
  const line = block.lastIndexOf(lineFeed, to - 1)
  if (line >= from) return line + 1
  let end = to
  while (end > from && ((block[end] ?? 0) & 0xc0) === 0x80) end--
  return end === from ? to : end
}

function* decodeUtf8(piece: Buffer): Generator<string, void, void> {
  if (isAscii(piece)) return yield* checked(piece.toString('latin1'))
  if (isUtf8(piece)) return yield* checked(piece.toString())
  // The good lines first, so that the reader knows which row the fault is in.
  let good = 0
  for (let end = piece.indexOf(lineFeed) + 1; end > 0 && isUtf8(piece.subarray(good, end)); end = piece.indexOf(lineFeed, end) + 1)
    good = end
  yield* checked(piece.toString('utf8', 0, good))
  throw fatal('file.not_utf8', 'Here are bytes that are not UTF-8. Export the file as "CSV UTF-8".')
}

function decodeUtf16(decoder: TextDecoder, block?: Buffer): string {
  try {
    return block === undefined ? decoder.decode() : decoder.decode(block, { stream: true })
  } catch {
    throw fatal('file.not_utf16', 'The file says that it is UTF-16, and here it is not. Export it as "CSV UTF-8".')
  }
}

/** Lets text through up to the line of a character that must not be there. */
function* checked(text: string): Generator<string, void, void> {
  const nul = text.indexOf('\0')
  const lost = text.indexOf('\ufffd')
  if (nul < 0 && lost < 0) {
    if (text !== '') yield text
    return
  }
  const first = nul < 0 || (lost >= 0 && lost < nul) ? lost : nul
  const good = text.slice(0, text.lastIndexOf('\n', first) + 1)
  if (good !== '') yield good
  throw first === nul
    ? fatal(
        'file.nul_character',
        'Here is a NUL character, so this is no text, or UTF-16 without its mark. Export the file as "CSV UTF-8".',
      )
    : fatal(
        'file.replacement_character',
        'Here is the sign for a character that was lost before the file came to us. Correct it, and export the file as "CSV UTF-8".',
      )
}
