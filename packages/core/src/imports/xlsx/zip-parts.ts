import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl'
import type { Fault } from '../../faults.ts'
import { asFatal, fatal } from '../fatal.ts'

/** What a workbook may unpack to, told while it is unpacked: what its directory says of sizes is not believed. */
export type ZipLimits = { parts: number; inflatedBytes: number; ratio: number }

export const zipLimits: ZipLimits = { parts: 10_000, inflatedBytes: 4 * 1024 ** 3, ratio: 100 }

/** What a ratio is not asked of: so little is no danger, and much of it may be the same. */
const harmlessBytes = 16 * 1024 ** 2

export type ZipParts = {
  has(name: string): boolean
  /** The bytes of a part, as many as are wanted. Its checksum counts when it was read to the end. */
  read(name: string): AsyncGenerator<Buffer, void, void>
}

/**
 * The parts of a ZIP file by name, without regard to case. The descriptor stays the caller's.
 *
 * Fatal faults: `xlsx.corrupt`, `xlsx.encrypted`, `xlsx.too_many_parts`, `xlsx.inflates_too_much`.
 */
export async function openZipParts(fd: number, limits: ZipLimits): Promise<ZipParts> {
  const entries = new Map<string, Entry>()
  // Sizes are checked below: the library's own check does not hand on what it finds.
  let zip: ZipFile
  try {
    zip = await fromFdPromise(fd, { autoClose: false, lazyEntries: true, validateEntrySizes: false })
    for await (const entry of zip.eachEntry()) {
      entries.set(entry.fileName.toLowerCase(), entry)
      if (entries.size > limits.parts) throw fatal('xlsx.too_many_parts', `The workbook has more than ${limits.parts} parts. ${asCsv}`)
    }
  } catch (error) {
    throw corruptUnlessFatal(error)
  }
  let inflated = 0

  return {
    has: (name) => entries.has(name.toLowerCase()),
    read: async function* (name) {
      const entry = entries.get(name.toLowerCase())
      if (entry === undefined) throw corrupt()
      if (entry.isEncrypted()) throw encrypted()
      let bytes = 0
      let sum = 0
      try {
        for await (const chunk of unpacked(zip, entry)) {
          bytes += chunk.length
          inflated += chunk.length
          const tooMuch = bytes > harmlessBytes && bytes > entry.compressedSize * limits.ratio
          if (tooMuch || inflated > limits.inflatedBytes) {
            throw fatal('xlsx.inflates_too_much', `The workbook unpacks to far more than it should. ${asCsv}`)
          }
          sum = crc32(chunk, sum)
          yield chunk
        }
      } catch (error) {
        throw corruptUnlessFatal(error)
      }
      if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw corrupt()
    },
  }
}

const stored = 0
const deflated = 8

async function* unpacked(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, void, void> {
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) throw corrupt()
  const raw = await zip.openReadStreamPromise(entry, entry.compressionMethod === stored ? {} : { decompress: false })
  const stream = entry.compressionMethod === stored ? raw : raw.pipe(createInflateRaw())
  raw.once('error', (error) => stream.destroy(error))
  try {
    yield* stream
  } finally {
    raw.destroy()
    stream.destroy()
  }
}

const asCsv = 'Save its first sheet as CSV and send that.'

export function corrupt(): Fault {
  return fatal(
    'xlsx.corrupt',
    'The workbook is damaged or was cut off on its way. Open it, save it anew as XLSX or CSV, and send it again.',
  )
}

export function encrypted(): Fault {
  return fatal('xlsx.encrypted', 'The workbook is protected by a password. Save it without one and send it again.')
}

function corruptUnlessFatal(error: unknown): unknown {
  return asFatal(error) === undefined ? corrupt() : error
}
