import { cursorsOf } from '@drayage/core/page'
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql/index.js'
import { z } from 'zod'
import type { Cursors } from '../cursors.ts'
import type { Asked } from './asked.ts'
import type { Types } from './derive-types.ts'

/** Lists, as Relay wants them (GraphQL Cursor Connections): they go forward only. */

const pageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
})

/** The schema of the list, if the schema is that of a reply that lists. */
export function itemsOf(output: z.ZodType): z.ZodArray | undefined {
  const items = output instanceof z.ZodObject ? output.shape.items : undefined
  return items instanceof z.ZodArray ? items : undefined
}

/** The schema of the things that are listed, if the schema is that of a reply that lists. */
export function listedBy(output: z.ZodType): z.ZodType | undefined {
  return itemsOf(output)?.element as z.ZodType | undefined
}

export type Connections = { of(item: z.ZodType, types: Types): GraphQLObjectType }

export function openConnections(): Connections {
  const made = new Map<string, GraphQLObjectType>()
  return {
    of: (item, types) => {
      const node = types.object(item, 'Item')
      const known = made.get(node.name)
      if (known !== undefined) return known
      const edge = new GraphQLObjectType({
        name: `${node.name}Edge`,
        fields: { node: { type: new GraphQLNonNull(node) }, cursor: { type: new GraphQLNonNull(GraphQLString) } },
      })
      const edges: GraphQLFieldConfig<unknown, Asked> = { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) }
      const fields = { edges, pageInfo: { type: new GraphQLNonNull(pageInfo) } }
      const connection = new GraphQLObjectType({ name: `${node.name}Connection`, fields })
      made.set(node.name, connection)
      return connection
    },
  }
}

/** How long a page is that nobody says the length of. */
export const pageLength = 50

export const pageArguments = {
  first: { type: GraphQLInt, defaultValue: pageLength, description: 'at most 100' },
  after: { type: GraphQLString, description: 'a cursor of an earlier reply' },
}

/** What stands in an operation's input for Relay's arguments. */
export function pageInput(args: Record<string, unknown>, of: { list: string; cursors: Cursors }): Record<string, unknown> {
  const { first, after, ...rest } = args
  const cursor = typeof after === 'string' ? of.cursors.open(of.list, after) : undefined
  return { ...rest, ...(typeof first === 'number' && { limit: first }), ...(cursor !== undefined && { cursor }) }
}

/** @param page what an operation that lists has replied to `input` */
export function connectionOf(page: unknown, of: { list: string; cursors: Cursors; input: Record<string, unknown> }) {
  const { items, nextCursor } = page as { items: readonly object[]; nextCursor?: string }
  const after = of.input.cursor as string | undefined
  const own = cursorsOf(items, after).map((cursor) => of.cursors.sign(of.list, cursor))
  return {
    edges: items.map((node, at) => ({ node, cursor: own[at] })),
    pageInfo: {
      hasNextPage: nextCursor !== undefined,
      hasPreviousPage: after !== undefined,
      startCursor: own[0],
      endCursor: own.at(-1),
    },
  }
}
