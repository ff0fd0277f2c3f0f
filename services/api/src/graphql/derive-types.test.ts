import { readFileSync } from 'node:fs'
import { isInputObjectType, isObjectType, printType } from 'graphql/index.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openTypes } from './derive-types.ts'
import { schemaText } from './schema.ts'

const types = () => openTypes(() => ({}))

test('objects, lists, scalars, enums and what may be left out become types', () => {
  const colour = z.enum(['red', 'dark_blue']).meta({ id: 'Colour' })
  const thing = z
    .object({
      id: z.uuid(),
      at: z.iso.datetime().nullable(),
      sizes: z.array(z.int()),
      colour,
      price: z.number().optional(),
      notes: z.record(z.string(), z.unknown()),
    })
    .meta({ id: 'Thing', description: 'anything' })
  expect(printType(types().object(thing, 'Place'))).toBe(`"""anything"""
type Thing {
  id: ID!
  at: DateTime
  sizes: [Int!]!
  colour: Colour!
  price: Float
  notes: JSON!
}`)
})

test('an input shows what stands for a field that is left out', () => {
  const input = types().input(z.strictObject({ text: z.string().default('a'), on: z.boolean() }).optional(), 'Given')
  expect(isInputObjectType(input) && printType(input)).toBe('input Given {\n  text: String = "a"\n  on: Boolean!\n}')
})

test('a type without an id is named by where it stands', () => {
  const made = types().object(z.object({ part: z.object({ kind: z.enum(['a']) }) }), 'Whole')
  const { part } = made.getFields()
  expect(String(part?.type)).toBe('WholePart!')
})

test.each([
  ['a union', z.union([z.string(), z.int()]), 'GraphQL has no union'],
  ['a tuple', z.tuple([z.string()]), 'GraphQL has no tuple'],
  ['what is transformed', z.string().transform(Number), 'GraphQL has no pipe'],
  ['an enum of signs', z.enum([',', ';']), 'Names'],
])('%s stops the start', (_, field, message) => {
  const build = () => {
    const type = types().object(z.object({ field }), 'Thing')
    return isObjectType(type) && Object.values(type.getFields()).map((each) => printType(each.type as never))
  }
  expect(build).toThrow(message)
})

test('two schemas do not share a name', () => {
  const all = types()
  all.object(z.object({ a: z.string() }), 'Thing')
  expect(() => all.object(z.object({ b: z.string() }), 'Thing')).toThrow('two schemas would be the GraphQL type Thing')
})

test('the committed schema is what the operations say; if not, regenerate it: pnpm generate', () => {
  expect(readFileSync(new URL('../../generated/schema.graphql', import.meta.url), 'utf8')).toBe(schemaText())
})
