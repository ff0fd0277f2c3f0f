import { GraphQLBoolean, GraphQLError, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLScalarType, GraphQLString } from 'graphql/index.js'
import { z } from 'zod'

/** The scalars that GraphQL does not have. What is right in them, the operation says. */

const dateTime = new GraphQLScalarType({ name: 'DateTime', description: 'RFC 3339, UTC', parseValue: text })

const json = new GraphQLScalarType({ name: 'JSON', description: 'Any JSON.' })

const byteCount = new GraphQLScalarType({ name: 'ByteCount', description: 'A number of bytes: an integer of up to 53 bits.' })

/** The scalar that stands for a schema; undefined if it is none. */
export function scalarOf(schema: z.ZodType): GraphQLScalarType | undefined {
  if (schema.meta()?.id === 'ByteCount') return byteCount
  if (schema instanceof z.ZodUUID) return GraphQLID
  if (schema instanceof z.ZodISODateTime) return dateTime
  if (schema instanceof z.ZodStringFormat || schema instanceof z.ZodString) return GraphQLString
  if (schema instanceof z.ZodNumberFormat) return GraphQLInt
  if (schema instanceof z.ZodNumber) return GraphQLFloat
  if (schema instanceof z.ZodBoolean) return GraphQLBoolean
  if (schema instanceof z.ZodRecord) return json
  return undefined
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new GraphQLError('DateTime is text.')
}
