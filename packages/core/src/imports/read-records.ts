import { fatal } from './fatal.ts'
import { readArchive } from './read-archive.ts'
import { type CsvBatch, type ReadCsvOptions, readCsv } from './read-csv.ts'
import { readXlsx } from './xlsx/read-xlsx.ts'
import { encrypted } from './xlsx/xlsx-faults.ts'

/**
 * The records of a file, whatever it is: told by its content, since names lie. Faults: those of `readCsv`, `readXlsx` and
 * `readArchive`, and `xlsx.old_format` for a workbook of before 2007.
 */
export async function* readRecords(source: AsyncIterable<Buffer>, options: ReadCsvOptions): AsyncGenerator<CsvBatch, void, void> {
  const { start, whole } = await begun(source)
  if (isWorkbookStart(start)) yield* readXlsx(whole, options)
  else if (isZip(start)) yield* readArchive(whole, options)
  else if (isCompound(start)) throw await oldOrEncrypted(whole)
  else yield* readCsv(whole, options)
}

/** The records of a file of which the first batch was read already; to be taken once. */
export type BegunRecords = AsyncDisposable & { batches: AsyncGenerator<CsvBatch, void, void> }

/**
 * Reads a file up to its first batch: what has to be unpacked, which may take minutes, is unpacked when this resolves. What is
 * wrong with the file is thrown to whoever takes the batches.
 */
export async function beginRecords(source: AsyncIterable<Buffer>, options: ReadCsvOptions): Promise<BegunRecords> {
  const records = readRecords(source, options)
  const first = records.next()
  await first.catch(() => {})
  const batches = async function* () {
    for (let next = await first; next.done !== true; next = await records.next()) yield next.value
  }
  return { batches: batches(), [Symbol.asyncDispose]: async () => void (await records.return()) }
}

/** Whether a file is a workbook, which is a ZIP file of parts. */
export async function isWorkbook(source: AsyncIterable<Buffer>): Promise<boolean> {
  let start: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    start = Buffer.concat([start, chunk.subarray(0, startBytes)])
    if (start.length >= startBytes) break
  }
  return isWorkbookStart(start)
}

/** Enough for the head of the first part of a ZIP file and the beginning of its name. */
const startBytes = 64
/** What programs begin workbooks with. Source: ECMA-376 part 2, the names of an office document's parts. */
const firstParts = /^(\[content_types\]\.xml|_rels\/|docprops\/|xl\/|customxml\/)/i
const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex')

function isZip(start: Buffer): boolean {
  return start.length >= 4 && start.readUInt32BE(0) === 0x504b0304
}

function isWorkbookStart(start: Buffer): boolean {
  if (!isZip(start) || start.length < 30) return false
  return firstParts.test(start.toString('latin1', 30, 30 + start.readUInt16LE(26)))
}

/** The container of workbooks of before 2007, and of later ones with a password. */
function isCompound(start: Buffer): boolean {
  return start.subarray(0, compound.length).equals(compound)
}

/** A part that only workbooks with a password have, as its name stands in the container: in UTF-16. */
const encryptedPart = Buffer.from('EncryptedPackage', 'utf16le')

async function oldOrEncrypted(source: AsyncIterable<Buffer>): Promise<Error> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    const block = Buffer.concat([rest, chunk])
    if (block.includes(encryptedPart)) return encrypted()
    rest = block.subarray(-encryptedPart.length)
  }
  return fatal(
    'xlsx.old_format',
    'The file is a workbook of before 2007 (.xls), or another old document. Save it as XLSX or CSV and send it again.',
  )
}

/** The first bytes of a source, and all of it. */
async function begun(source: AsyncIterable<Buffer>): Promise<{ start: Buffer; whole: AsyncGenerator<Buffer, void, void> }> {
  const chunks = source[Symbol.asyncIterator]()
  let start: Buffer = Buffer.alloc(0)
  while (start.length < startBytes) {
    const next = await chunks.next()
    if (next.done === true) break
    start = Buffer.concat([start, next.value])
  }
  return { start, whole: following(start, chunks) }
}

async function* following(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, void> {
  try {
    if (start.length > 0) yield start
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
