import { z } from 'zod'
import { bare } from './derive-types.ts'

/**
 * The input as an operation knows it: in GraphQL a variable that is not given is null, which for us says "take it away"
 * where that can be, and nothing elsewhere.
 */
export function withoutNulls(schema: z.ZodType, value: unknown): unknown {
  const { inner } = bare(schema)
  if (inner instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => withoutNulls(inner.element as z.ZodType, item))
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const shape: Readonly<Record<string, z.ZodType>> = inner.shape
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const its = shape[name]
      if (its === undefined) return [[name, member]]
      return member === null && !its.safeParse(null).success ? [] : [[name, withoutNulls(its, member)]]
    }),
  )
}
