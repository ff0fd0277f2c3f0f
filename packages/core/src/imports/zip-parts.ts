import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl'
import type { Fault } from '../faults.ts'
import { asFatal } from './fatal.ts'

/** What a ZIP file may unpack to, told while it is unpacked: what its directory says of sizes is not believed. */
export type ZipLimits = { parts: number; inflatedBytes: number; ratio: number }

export const zipLimits: ZipLimits = { parts: 10_000, inflatedBytes: 4 * 1024 ** 3, ratio: 100 }

/** What a ratio is not asked of: so little is no danger, and much of it may be the same. */
const harmlessBytes = 16 * 1024 ** 2

/** What is said of a ZIP file that cannot be read, by what it is to its sender. */
export type ZipFaults = { corrupt(): Fault; encrypted(): Fault; tooManyParts(most: number): Fault; inflatesTooMuch(): Fault }

export type ZipParts = {
  /** As the file has them, in its order. */
  names: readonly string[]
  has(name: string): boolean
  /** The bytes of a part, as many as are wanted. Its checksum counts when it was read to the end. */
  read(name: string): AsyncGenerator<Buffer, void, void>
}

/** The parts of a ZIP file by name, without regard to case. The descriptor stays the caller's. Faults: the given ones. */
export async function openZipParts(fd: number, { limits, faults }: { limits: ZipLimits; faults: ZipFaults }): Promise<ZipParts> {
  const entries = new Map<string, Entry>()
  // Sizes are checked below: the library's own check does not hand on what it finds.
  let zip: ZipFile
  try {
    zip = await fromFdPromise(fd, { autoClose: false, lazyEntries: true, validateEntrySizes: false })
    for await (const entry of zip.eachEntry()) {
      entries.set(entry.fileName.toLowerCase(), entry)
      if (entries.size > limits.parts) throw faults.tooManyParts(limits.parts)
    }
  } catch (error) {
    throw asFatal(error) === undefined ? faults.corrupt() : error
  }
  let inflated = 0

  return {
    names: [...entries.values()].map(({ fileName }) => fileName),
    has: (name) => entries.has(name.toLowerCase()),
    read: async function* (name) {
      const entry = entries.get(name.toLowerCase())
      if (entry === undefined) throw faults.corrupt()
      if (entry.isEncrypted()) throw faults.encrypted()
      let bytes = 0
      let sum = 0
      try {
        for await (const chunk of unpacked(zip, entry)) {
          bytes += chunk.length
          inflated += chunk.length
          const tooMuch = bytes > harmlessBytes && bytes > entry.compressedSize * limits.ratio
          if (tooMuch || inflated > limits.inflatedBytes) throw faults.inflatesTooMuch()
          sum = crc32(chunk, sum)
          yield chunk
        }
      } catch (error) {
        throw asFatal(error) === undefined ? faults.corrupt() : error
      }
      if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw faults.corrupt()
    },
  }
}

const stored = 0
const deflated = 8

async function* unpacked(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer, void, void> {
  if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) throw new Error('packed in an unknown way')
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
