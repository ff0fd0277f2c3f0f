import type { FastifyInstance } from 'fastify'
import { ask, documentOf, rootQuestions } from './graphql/graphql.fixture.ts'
import { restRequest } from './rest/rest.fixture.ts'
import type { Route } from './rest/route.ts'

/** What came of asking for an operation, whatever the transport. */
export type Outcome = {
  /** Of the refusal, if it is one. */
  code?: string
  /** Where it is a list. */
  items?: unknown[]
  /** All that was answered. */
  text: string
}
export type Ask = { token?: string; input: Record<string, unknown> }

/** A way to ask for an operation: its input, and the version 1 where it takes one. */
export type Transport = { binds(its: Route): boolean; ask(app: FastifyInstance, its: Route, request: Ask): Promise<Outcome> }

const fields = new Map(rootQuestions().map((root) => [root.field.name, root]))

export const transports: Record<'REST' | 'GraphQL', Transport> = {
  REST: {
    binds: () => true,
    ask: async (app, its, request) => {
      const reply = await app.inject(restRequest(its, request))
      if (!reply.headers['content-type']?.includes('json')) return { text: reply.body }
      const { code, items } = reply.json()
      return { ...(reply.statusCode > 399 && { code }), ...(items !== undefined && { items }), text: reply.body }
    },
  },
  GraphQL: {
    binds: (its) => fields.has(its.operation.name),
    ask: async (app, its, { token, input }) => {
      const root = fields.get(its.operation.name)
      if (root === undefined) throw new Error(`GraphQL has no ${its.operation.name}`)
      const takesInput = root.field.args.some(({ name }) => name === 'input')
      const variables = { ...(takesInput ? { input } : input), ...(its.versioned && { expectedVersion: 1 }) }
      const { data, errors } = await ask(app, documentOf(root), { token, variables })
      const edges = (data?.[root.field.name] as { edges?: unknown[] } | null | undefined)?.edges
      const text = JSON.stringify({ data, errors })
      return { ...(errors && { code: String(errors[0]?.extensions.code) }), ...(edges !== undefined && { items: edges }), text }
    },
  },
}

/** Every operation by every transport that binds it. */
export function everyWay(routes: readonly Route[]): (readonly [string, string, Route, Transport])[] {
  return Object.entries(transports).flatMap(([name, transport]) =>
    routes.filter(transport.binds).map((its) => [its.operation.name, name, its, transport] as const),
  )
}
