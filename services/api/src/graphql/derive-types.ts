import { mostOf } from '@drayage/core/wire'
import {
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLNullableType,
  GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql/index.js'
import { z } from 'zod'
import type { Asked } from './asked.ts'
import { scalarOf } from './scalars.ts'

/**
 * GraphQL types of the wire's schemas: objects, lists, scalars, what may be null, and enums whose values are names.
 * Anything else throws, and stops the start. A type is named by the id of its schema, or by where it stands.
 */
export type Types = {
  output(schema: z.ZodType, place: string): GraphQLOutputType
  input(schema: z.ZodType, place: string): GraphQLInputType
  /** The object type of a schema that is an object. */
  object(schema: z.ZodType, place: string): GraphQLObjectType<object, Asked>
}

export type Fields = GraphQLFieldConfigMap<object, Asked>

/** @param more the fields that a type has besides those of its schema */
export function openTypes(more: (type: string, types: Types) => Fields): Types {
  const named = new Map<string, { schema: z.ZodType; type: GraphQLEnumType | GraphQLObjectType | GraphQLInputObjectType }>()

  function once<Type extends GraphQLEnumType | GraphQLObjectType | GraphQLInputObjectType>(
    schema: z.ZodType,
    name: string,
    make: () => Type,
  ): Type {
    const known = named.get(name)
    if (known === undefined) {
      const type = make()
      named.set(name, { schema, type })
      return type
    }
    if (!isSame(known.schema, schema)) throw new Error(`two schemas would be the GraphQL type ${name}: give them ids`)
    return known.type as Type
  }

  function output(schema: z.ZodType, place: string): GraphQLOutputType {
    const { inner, nullable } = bare(schema)
    const type = outputOf(inner, place)
    return nullable ? type : new GraphQLNonNull(type)
  }

  function outputOf(schema: z.ZodType, place: string): GraphQLNullableType & GraphQLOutputType {
    if (schema instanceof z.ZodArray) return new GraphQLList(output(schema.element as z.ZodType, place))
    return scalarOf(schema) ?? enumOf(schema, place) ?? object(schema, place)
  }

  function input(schema: z.ZodType, place: string): GraphQLInputType {
    const { inner, nullable } = bare(schema)
    const type = inputOf(inner, place)
    return nullable ? type : new GraphQLNonNull(type)
  }

  function inputOf(schema: z.ZodType, place: string): GraphQLNullableType & GraphQLInputType {
    if (schema instanceof z.ZodArray) return new GraphQLList(input(schema.element as z.ZodType, place))
    return scalarOf(schema) ?? enumOf(schema, place) ?? inputObject(schema, place)
  }

  function enumOf(schema: z.ZodType, place: string): GraphQLEnumType | undefined {
    if (!(schema instanceof z.ZodEnum)) return undefined
    const name = schema.meta()?.id ?? place
    const values = Object.fromEntries(schema.options.map((value) => [String(value), { value }]))
    return once(schema, name, () => new GraphQLEnumType({ name, description: schema.meta()?.description, values }))
  }

  function object(schema: z.ZodType, place: string): GraphQLObjectType<object, Asked> {
    const shape = shapeOf(schema, place)
    const name = schema.meta()?.id ?? place
    const own = () =>
      Object.entries(shape).map(([field, its]) => [
        field,
        { type: output(its, name + capital(field)), description: descriptionOf(its), ...lengthOf(its, `${name}.${field}`) },
      ])
    const fields = () => ({ ...Object.fromEntries(own()), ...more(name, types) })
    return once(schema, name, () => new GraphQLObjectType({ name, description: schema.meta()?.description, fields }))
  }

  function inputObject(schema: z.ZodType, place: string): GraphQLInputObjectType {
    const shape = shapeOf(schema, place)
    const name = schema.meta()?.id ?? place
    const fields = () => inputFields(shape, { name, input })
    return once(schema, name, () => new GraphQLInputObjectType({ name, description: schema.meta()?.description, fields }))
  }

  const types: Types = { output, input, object }
  return types
}

/** Fields or arguments of these schemas. */
export function inputFields(shape: Readonly<Record<string, z.ZodType>>, of: { name: string; input: Types['input'] }) {
  return Object.fromEntries(
    Object.entries(shape).map(([field, its]) => {
      const preset = presetOf(its)
      const type = of.input(its, of.name + capital(field))
      return [field, { type, description: descriptionOf(its), ...(preset !== undefined && { defaultValue: preset }) }]
    }),
  )
}

export const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** The schema without what says that it may be left out or null. */
export function bare(schema: z.ZodType): { inner: z.ZodType; nullable: boolean } {
  const { type } = schema.def
  if (type === 'optional' || type === 'nullable' || type === 'default' || type === 'prefault') {
    const { innerType } = schema.def as unknown as { innerType: z.ZodType }
    return { inner: bare(innerType).inner, nullable: true }
  }
  return { inner: schema, nullable: false }
}

/** What the schema says of the field, unless its type says it already. */
function descriptionOf(schema: z.ZodType): string | undefined {
  const { description } = schema.meta() ?? {}
  const { inner } = bare(schema)
  if (description !== undefined && schema !== inner) return description
  const own = inner.meta()
  return own?.id === undefined && !(inner instanceof z.ZodISODateTime) ? own?.description : undefined
}

/** What stands for a field that is left out, where it can be written down. */
function presetOf(schema: z.ZodType): string | number | boolean | undefined {
  if (!(schema instanceof z.ZodDefault)) return undefined
  const value: unknown = schema.def.defaultValue
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

function shapeOf(schema: z.ZodType, place: string): Readonly<Record<string, z.ZodType>> {
  if (schema instanceof z.ZodObject) return schema.shape
  throw new Error(`${place}: GraphQL has no ${schema.def.type}`)
}

/** How many things a field is counted as that lists them. Throws where nobody has said it. */
export function lengthOf(schema: z.ZodType, place: string): { extensions?: { most: number } } {
  const { inner } = bare(schema)
  if (!(inner instanceof z.ZodArray) || !(bare(inner.element as z.ZodType).inner instanceof z.ZodObject)) return {}
  const most = mostOf(inner)
  if (most === undefined) throw new Error(`${place} lists things: declare it with listOf, and say how many there are at most`)
  return { extensions: { most } }
}

function isSame(one: z.ZodType, other: z.ZodType): boolean {
  if (one === other) return true
  const [a, b] = [one, other].map((schema) => JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })))
  return a === b
}
