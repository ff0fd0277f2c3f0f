import { expect, test } from 'vitest'
import { z } from 'zod'
import { asFault } from './faults.ts'
import { parseInput } from './input-faults.ts'

const schema = z.strictObject({
  name: z.string(),
  tags: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
})

function errorsOf(input: unknown): string[][] {
  try {
    parseInput(schema, input)
    return []
  } catch (error) {
    const errors = (asFault(error)?.details.errors ?? []) as { pointer: string; code: string }[]
    return errors.map(({ pointer, code }) => [pointer, code])
  }
}

test('what is right comes back, and what is wrong is told by field', () => {
  expect(parseInput(schema, { name: 'Straße 👍' })).toEqual({ name: 'Straße 👍' })
  expect(errorsOf({ tags: [1], more: true })).toEqual([
    ['/name', 'required'],
    ['/tags/0', 'invalid_type'],
    ['/more', 'unknown_field'],
  ])
})

test.each([
  ['a field', { name: 'a\0b' }, '/name'],
  ['half a character', { name: '\ud83d' }, '/name'],
  ['a list', { name: 'a', tags: ['a', '\0'] }, '/tags/1'],
  ['something deep', { name: 'a', settings: { 'a/b': { c: ['\udc00'] } } }, '/settings/a~1b/c/0'],
  ['a name', { name: 'a', settings: { a: { '\0': 1 } } }, '/settings/a'],
])('text that no database keeps is refused in %s', (_, input, pointer) => {
  expect(errorsOf(input)).toEqual([[pointer, 'not_text']])
})
