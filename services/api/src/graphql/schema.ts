import { permittedTo } from '@drayage/core/access/permissions'
import type { Edge } from '@drayage/core/edge'
import type { Operation } from '@drayage/core/operation'
import {
  type GraphQLFieldConfig,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  lexicographicSortSchema,
  printSchema,
} from 'graphql/index.js'
import { z } from 'zod'
import type { Asked } from './asked.ts'
import { connectionOf, itemsOf, listedBy, openConnections, pageArguments, pageInput } from './connection.ts'
import { capital, inputFields, lengthOf, openTypes } from './derive-types.ts'
import { edges } from './edges.ts'
import { mutations, queries, quotas } from './fields.ts'
import { withoutNulls } from './without-nulls.ts'

// graphql is imported by its file everywhere here: tests would otherwise get another build of it than the libraries do.

type Field = GraphQLFieldConfig<object, Asked>

/** The GraphQL schema, derived from the operations. Throws where one has no GraphQL form. */
export function buildSchema(): GraphQLSchema {
  const connections = openConnections()
  const types = openTypes((type) =>
    Object.fromEntries(edges.filter(({ from }) => from === type).map((edge) => [edge.name, edgeField(edge)])),
  )

  /** The type of a reply: an object, or a connection where it lists. A field may fail and leave its neighbours whole. */
  function replyType(output: z.ZodType, place: string): GraphQLObjectType {
    const item = listedBy(output)
    return item === undefined ? types.object(output, place) : connections.of(item, types)
  }

  /** What a field gives and takes; of a list its pages, or how many there are where it has none. */
  function readField({ name, input, output }: Pick<Operation, 'name' | 'input' | 'output'>): Omit<Field, 'resolve'> {
    const { limit, cursor, ...shape } = shapeOf(name, input)
    const isPaged = limit !== undefined && cursor !== undefined
    const items = itemsOf(output)
    return {
      type: replyType(output, capital(name)),
      args: { ...(isPaged && pageArguments), ...inputFields(shape, { name: capital(name), input: types.input }) },
      ...(!isPaged && items && lengthOf(items, name)),
    }
  }

  function edgeField(edge: Edge): Field {
    const list = `${edge.from}.${edge.name}`
    return {
      ...readField(edge),
      resolve: async (thing, args, { cursors, loadEdge }) => {
        const input = pageInput(withoutNulls(edge.input, args) as Record<string, unknown>, { list, cursors })
        const found = await loadEdge(edge, thing, input)
        return found === undefined || listedBy(edge.output) === undefined ? found : connectionOf(found, { list, cursors, input })
      },
    }
  }

  function queryField(operation: Operation): Field {
    const { name, input, output } = operation
    return {
      ...readField(operation),
      resolve: async (_, args, asked) => {
        const { cursors } = asked
        using _turn = await asked.turns.enter()
        const given = pageInput(withoutNulls(input, args) as Record<string, unknown>, { list: name, cursors })
        const reply = await operation.run(await contextFor(operation, asked), given)
        return listedBy(output) === undefined ? reply : connectionOf(reply, { list: name, cursors, input: given })
      },
    }
  }

  function mutationField(operation: Operation): Field {
    const { name, input, output } = operation
    const { expectedVersion, ...shape } = shapeOf(name, input)
    const type = `${capital(name)}Input`
    const fields = inputFields(shape, { name: capital(name), input: types.input })
    const hasFields = Object.keys(fields).length > 0
    return {
      type: replyType(output, capital(name)),
      args: {
        ...(hasFields && { input: { type: new GraphQLNonNull(new GraphQLInputObjectType({ name: type, fields })) } }),
        ...(expectedVersion && { expectedVersion: { type: GraphQLInt, description: 'the version that you are changing, as If-Match' } }),
      },
      resolve: async (_, args, asked) => {
        const version = typeof args.expectedVersion === 'number' ? { expectedVersion: args.expectedVersion } : {}
        const given = withoutNulls(input, args.input ?? {}) as Record<string, unknown>
        return asked.change(operation, await contextFor(operation, asked), { ...given, ...version })
      },
    }
  }

  const fieldsOf = (operations: readonly Operation[], field: (operation: Operation) => Field) =>
    Object.fromEntries(operations.map((operation) => [operation.name, field(operation)]))
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: fieldsOf(queries, queryField) }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields: fieldsOf(mutations, mutationField) }),
  })
  for (const { from, name } of edges) {
    if (schema.getType(from) === undefined) throw new Error(`the edge ${name} leads away from ${from}, which no operation gives`)
  }
  return schema
}

/** The schema as it is written down, in generated/schema.graphql. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildSchema()))}\n`
}

function contextFor({ name, permission }: Operation, asked: Asked) {
  return permittedTo(permission).includes('anyone') ? asked.anybody() : asked.known({ quota: quotas[name] })
}

function shapeOf(name: string, input: z.ZodType): Readonly<Record<string, z.ZodType>> {
  if (input instanceof z.ZodObject) return input.shape
  throw new Error(`the input of ${name} is no object`)
}
