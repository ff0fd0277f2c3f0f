import type { ImportOutcome } from './importer.ts'

/** The outcome of a file of which nothing could be judged. */
export function fatalOutcome(fatal: NonNullable<ImportOutcome['fatal']>): ImportOutcome {
  return { rows: 0, accepted: 0, rejected: 0, warnings: 0, notices: 0, fatal }
}

/** Whether nothing of the file was accepted. A file that was imported before is not rejected: it is known. */
export function isRejected(outcome: ImportOutcome): boolean {
  return outcome.fatal !== undefined || (outcome.accepted === 0 && outcome.alreadyImported === undefined)
}
