import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sampleRegister } from '@drayage/core/imports/products/gst/sample-register'

/** A sales register on the server, not yet in an inbox. */
export type Register = { path: string; rows: number; rejected: number }

/** As registers are: a few documents are wrong, a few draw a warning. */
const shares = { badShare: 0.01, warningShare: 0.02 }

export function writeRegister(directory: string, { rows }: { rows: number }): Promise<Register> {
  return write(join(directory, `register-of-${rows}.csv`), { rows, ...shares })
}

/** The same register without mistakes: PostgreSQL's COPY takes all rows or none. */
export function writeFlawlessRegister(directory: string, { rows }: { rows: number }): Promise<Register> {
  return write(join(directory, `flawless-register-of-${rows}.csv`), { ...shares, rows, badShare: 0 })
}

async function write(path: string, options: Parameters<typeof sampleRegister>[0]): Promise<Register> {
  const { chunks, tally } = sampleRegister(options)
  await pipeline(chunks, createWriteStream(path))
  return { path, rows: tally.rows, rejected: tally.rejected }
}
