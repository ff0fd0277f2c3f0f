import type { Fault } from '../../faults.ts'
import { fatal } from '../fatal.ts'
import type { ZipFaults } from '../zip-parts.ts'

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

/** What is said of a workbook whose ZIP file cannot be read. */
export const xlsxFaults: ZipFaults = {
  corrupt,
  encrypted,
  tooManyParts: (most) => fatal('xlsx.too_many_parts', `The workbook has more than ${most} parts. ${asCsv}`),
  inflatesTooMuch: () => fatal('xlsx.inflates_too_much', `The workbook unpacks to far more than it should. ${asCsv}`),
}
