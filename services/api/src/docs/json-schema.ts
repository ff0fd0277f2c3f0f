import { z } from 'zod'

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = { [key: string]: unknown; $ref?: string; properties?: Record<string, JsonSchema>; required?: string[] }

export type Schemas = {
  /** The schema, with everything that has a name of its own moved to the components. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonSchema
  /** The fields of an object. */
  fieldsOf(schema: z.ZodType): { name?: string; properties: Record<string, JsonSchema>; required: readonly string[] }
  /** Gives a name to a schema. Throws where it has another one already: then one of them needs another name. */
  name(name: string, schema: JsonSchema): JsonSchema
  components(): Record<string, JsonSchema>
}

const place = '#/components/schemas/'

export function collectSchemas(): Schemas {
  const components = new Map<string, JsonSchema>()
  const name = (called: string, schema: JsonSchema): JsonSchema => {
    const there = components.get(called)
    if (there !== undefined && JSON.stringify(there) !== JSON.stringify(schema)) throw new Error(`two schemas are called ${called}`)
    components.set(called, schema)
    return { $ref: place + called }
  }
  const convert = (schema: z.ZodType, io: 'input' | 'output') => {
    const override = ({ jsonSchema }: { jsonSchema: object }) => simplify(jsonSchema as JsonSchema, io)
    const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override }) as JsonSchema
    return { root: moved(root), named: Object.entries($defs as Record<string, JsonSchema>).map(([key, def]) => [key, moved(def)] as const) }
  }
  return {
    of: (schema, io) => {
      const { root, named } = convert(schema, io)
      for (const [key, def] of named) name(key, def)
      return root
    },
    fieldsOf: (schema) => {
      const { root, named } = convert(schema, 'input')
      const own = root.$ref?.slice(place.length)
      for (const [key, def] of named) if (key !== own) name(key, def)
      const { properties = {}, required = [] } = named.find(([key]) => key === own)?.[1] ?? root
      return { ...(own && { name: own }), properties, required }
    },
    name,
    components: () => Object.fromEntries([...components].sort(([one], [other]) => (one < other ? -1 : 1))),
  }
}

/** A format says it better than the expression that checks it, and every integer is a safe one. What we reply may have more fields one day. */
function simplify(schema: JsonSchema, io: 'input' | 'output'): void {
  if (schema.format !== undefined) delete schema.pattern
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties
}

function moved(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"${place}`))
}
