import type { FastifyInstance } from 'fastify'
import { type GraphQLField, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql/index.js'
import type { TestApi } from '../testing.ts'
import { buildSchema } from './schema.ts'

export type Answer = {
  data?: Record<string, unknown> | null
  errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[]
}

/** Asks as somebody, and gives the reply's body. */
export async function ask(
  api: TestApi | FastifyInstance,
  query: string,
  request: { token?: string; variables?: object; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { token, variables } = request
  const app = 'app' in api ? api.app : api
  const headers = { accept: 'application/graphql-response+json', ...(token && { authorization: `Bearer ${token}` }), ...request.headers }
  const reply = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query, variables } })
  return reply.json()
}

/** The id of what a mutation has made. */
export function madeId(answer: Answer): string {
  const [made] = Object.values(answer.data ?? {}) as ({ id: string } | null)[]
  if (made == null) throw new Error(JSON.stringify(answer.errors))
  return made.id
}

export type RootField = { kind: 'query' | 'mutation'; field: GraphQLField<unknown, unknown> }

/** What can be asked for, and what can be changed. */
export function rootFields(): RootField[] {
  const schema = buildSchema()
  return (['query', 'mutation'] as const).flatMap((kind) => {
    const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    return Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field }))
  })
}

/** A document that asks for it with variables named as its arguments, and for all there is to see. */
export function documentOf({ kind, field }: RootField): string {
  const declared = field.args.map((arg) => `$${arg.name}: ${arg.type}`)
  const passed = field.args.map((arg) => `${arg.name}: $${arg.name}`)
  const inBraces = (list: string[]) => (list.length > 0 ? `(${list.join(', ')})` : '')
  return `${kind} ${inBraces(declared)} { ${field.name}${inBraces(passed)} ${selectionOf(field.type, 0)} }`
}

/** All that needs no argument, some levels deep. */
function selectionOf(output: GraphQLOutputType, depth: number): string {
  const type = getNamedType(output)
  if (!isObjectType(type)) return ''
  const within = Object.values(type.getFields()).filter(
    (field) => field.args.length === 0 && (depth < 3 || !isObjectType(getNamedType(field.type))),
  )
  return `{ __typename ${within.map((field) => `${field.name} ${selectionOf(field.type, depth + 1)}`).join(' ')} }`
}
