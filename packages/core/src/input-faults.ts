import type { z } from 'zod'
import { Fault } from './faults.ts'

/** One thing that is wrong with an input; `pointer` is a JSON pointer (RFC 6901) to it. */
export type InputError = { pointer: string; code: string; message: string }

/** `input.invalid`, with `details.errors`. Messages name what is wrong and what to do, and never repeat the value. */
export function invalidInput(errors: readonly InputError[]): Fault {
  const message = errors.map((error) => `${error.pointer}: ${error.message}`).join(' ')
  return new Fault('invalid', 'input.invalid', message, { details: { errors } })
}

/** Parses what a caller sent. An unknown field is an error, never dropped; so is text that no database can keep. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  // The value is looked at here and goes no further: it may be a secret.
  const parsed = schema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw invalidInput(parsed.error.issues.flatMap(errorsOf))
  const unkept = [...textsNobodyKeeps(parsed.data, [])]
  if (unkept.length > 0) throw invalidInput(unkept)
  return parsed.data
}

/** What is wrong with one field of an input by a schema that is known only when others were read. */
export function fieldErrors(schema: z.ZodType, value: unknown, field: string): InputError[] {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return []
  return parsed.error.issues.flatMap(errorsOf).map((error) => ({ ...error, pointer: `/${field}${error.pointer}` }))
}

/** U+0000, and halves of characters: PostgreSQL takes neither. */
function* textsNobodyKeeps(value: unknown, path: readonly PropertyKey[]): Generator<InputError, void, void> {
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0'))
      yield { pointer: pointerTo(path), code: 'not_text', message: 'Use whole characters, and none that is NUL.' }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsNobodyKeeps(item, [...path, index])
  } else if (isPlainObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      // A name that is none has no pointer of its own.
      yield* textsNobodyKeeps(key, path)
      yield* textsNobodyKeeps(member, [...path, key])
    }
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
