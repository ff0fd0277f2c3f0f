import { Fault } from '../faults.ts'
import type { ImportOutcome } from './importer.ts'

export type FatalPlace = { row?: number; column?: string; value?: string }

/** A fault that discards the whole file. Row 0 is the header. */
export function fatal(code: string, message: string, place: FatalPlace = {}): Fault {
  return new Fault('unprocessable', code, message, { details: place })
}

export function rowName(row: number): string {
  return row === 0 ? 'The header line' : `Row ${row}`
}

/** What the outcome says of such a fault; undefined for any other error. */
export function asFatal(error: unknown): ImportOutcome['fatal'] {
  if (!(error instanceof Fault) || error.kind !== 'unprocessable') return undefined
  return { code: error.code, message: error.message, ...(error.details as FatalPlace) }
}
