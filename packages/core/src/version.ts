import { z } from 'zod'
import { Fault } from './faults.ts'

/** The version a change was made from; a shell may fill it from If-Match. */
export const versionField = z.int().min(1).optional().meta({ description: 'the version this change was made from' })

/** Faults: `version.required`, `version.stale`. */
export function checkVersion(current: { version: number }, expected: number | undefined): void {
  if (expected === undefined) {
    throw new Fault('precondition', 'version.required', 'Say which version you are changing, so that nobody overwrites another’s change.')
  }
  if (expected !== current.version) {
    const details = { expected, current: current.version }
    throw new Fault('precondition', 'version.stale', 'It was changed since you read it. Read it again and repeat your change.', { details })
  }
}
