import type { z } from 'zod'
import { Fault } from './faults.ts'

/** One thing that is wrong with an input; `pointer` is a JSON pointer (RFC 6901) to it. */
export type InputError = { pointer: string; code: string; message: string }

/** `input.invalid`, with `details.errors`. Messages name what is wrong and what to do, and never repeat the value. */
export function invalidInput(errors: readonly InputError[]): Fault {
  const message = errors.map((error) => `${error.pointer}: ${error.message}`).join(' ')
  return new Fault('invalid', 'input.invalid', message, { details: { errors } })
}

/** Parses what a caller sent. An unknown field is an error, never dropped. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  // The value is looked at here and goes no further: it may be a secret.
  const parsed = schema.safeParse(input, { reportInput: true })
  if (parsed.success) return parsed.data
  throw invalidInput(parsed.error.issues.flatMap(errorsOf))
}

function errorsOf(issue: z.core.$ZodIssue): InputError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      code: 'unknown_field',
      message: 'There is no such field.',
    }))
  }
  const pointer = pointerTo(issue.path)
  if (issue.code === 'custom') return [{ pointer, code: String(issue.params?.code ?? 'invalid'), message: issue.message }]
  const missing = issue.code === 'invalid_type' && issue.input === undefined
  return [
    missing ? { pointer, code: 'required', message: 'This field is required.' } : { pointer, code: issue.code, message: issue.message },
  ]
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
