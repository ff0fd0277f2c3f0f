import fc, { type Arbitrary } from 'fast-check'
import type { JsonSchema } from '../docs/json-schema.ts'

/** What a schema lets pass, by its form at least, and what somebody would send to see it break. */
export type Values = {
  /** Mostly what the schema asks for, now and then something else in its place. */
  of(schema: JsonSchema): Arbitrary<unknown>
}

/** @param known ids that exist: made-up ones find nothing */
export function valuesFor(schemas: Record<string, JsonSchema>, { known }: { known: readonly string[] }): Values {
  const ids = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.uuid() })

  function good(schema: JsonSchema, depth: number): Arbitrary<unknown> {
    if (schema.$ref !== undefined) return good(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, depth)
    if (schema.const !== undefined) return fc.constant(schema.const)
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
    const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => of(choice, depth)))
    if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => of({ ...schema, type }, depth)))
    if (schema.properties !== undefined) return objects(schema, depth)
    const { minimum = 0, maximum = 100_000, minItems = 0 } = schema as { minimum?: number; maximum?: number; minItems?: number }
    const items = (schema.items ?? {}) as JsonSchema
    switch (schema.type) {
      case 'boolean':
        return fc.boolean()
      case 'integer':
      case 'number':
        return fc.integer({ min: minimum, max: Math.max(minimum, maximum) })
      case 'array':
        return fc.array(of(items, depth + 1), { minLength: minItems, maxLength: Math.max(minItems, 3) })
      case 'null':
        return fc.constant(null)
      case 'object':
        return fc.dictionary(fc.string({ maxLength: 10 }), depth > 3 ? fc.constant(1) : fc.jsonValue(), { maxKeys: 3 })
      default:
        return texts(schema)
    }
  }

  function objects({ properties = {}, required = [] }: JsonSchema, depth: number): Arbitrary<unknown> {
    const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, of(schema, depth + 1)]))
    const complete = fc.record(fields, { requiredKeys: [...required] })
    const lacking = fc.record(fields, { requiredKeys: [] })
    const strange = fc
      .tuple(complete, fc.constantFrom('__proto__', 'constructor', 'toString', 'id', 'workspaceId', 'extra'), fc.jsonValue())
      .map(([object, name, value]) => Object.defineProperty({ ...object }, name, { value, enumerable: true }))
    return fc.oneof({ weight: 12, arbitrary: complete }, { weight: 2, arbitrary: lacking }, { weight: 1, arbitrary: strange })
  }

  function texts({ format, pattern, maxLength = 60 }: JsonSchema & { format?: string; pattern?: string; maxLength?: number }) {
    if (format === 'uuid') return ids
    if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    if (format === 'date') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
    if (format === 'email') return fc.oneof(fc.emailAddress(), fc.constant('clerk@example.com'))
    const short = fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(maxLength, 40) })
    return pattern === undefined ? short : fc.oneof(fc.stringMatching(new RegExp(pattern, 'u')), short)
  }

  function of(schema: JsonSchema, depth: number): Arbitrary<unknown> {
    return fc.oneof({ weight: 30, arbitrary: good(schema, depth) }, { weight: 1, arbitrary: hostile })
  }
  return { of: (schema) => of(schema, 0) }
}

/** Things that parsers, databases and renderers have stumbled over. */
export const hostileTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\ufeff',
  '\u202e',
  "' or 1=1 --",
  '%00',
  '../../etc/passwd',
  '{{7*7}}',
  '<script>',
  '\r\nset-cookie: a=b',
  '=cmd|calc',
  'NaN',
  '-0',
  '1e400',
  '9'.repeat(400),
  'x'.repeat(5000),
  '👩‍👩‍👧‍👦'.repeat(50),
  'null',
  '[]',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '+275760-09-13T00:00:00.000Z',
]

export const hostile: Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, [], {}, [[]], [null]) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)
