import type { FastifyInstance } from 'fastify'
import { type GraphQLArgument, type GraphQLField, type GraphQLOutputType, getNamedType, isObjectType } from 'graphql/index.js'
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

type Field = GraphQLField<unknown, unknown>
/** A field of Query or Mutation, and one with arguments within what it gives. */
export type Question = { kind: 'query' | 'mutation'; field: Field; inner?: Field }

/** What can be asked for, and what can be changed. */
export function rootQuestions(): Question[] {
  const schema = buildSchema()
  return (['query', 'mutation'] as const).flatMap((kind) => {
    const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
    return Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field }))
  })
}

/** Every field with arguments of every thing that can be asked for. */
export function innerQuestions(): Question[] {
  return rootQuestions().flatMap(({ kind, field }) => {
    const type = getNamedType(field.type)
    if (kind === 'mutation' || !isObjectType(type)) return []
    const inner = Object.values(type.getFields()).filter(({ args }) => args.length > 0)
    return inner.map((inner) => ({ kind, field, inner }))
  })
}

/** The variables of its document, each with the argument that it is passed as. */
export function variablesOf({ field, inner }: Question): { name: string; arg: GraphQLArgument }[] {
  const own = field.args.map((arg) => ({ name: arg.name, arg }))
  return [...own, ...(inner?.args ?? []).map((arg) => ({ name: `inner_${arg.name}`, arg }))]
}

/** A document that asks for it, and for all there is to see. */
export function documentOf(question: Question): string {
  const { kind, field, inner } = question
  const inBraces = (list: string[]) => (list.length > 0 ? `(${list.join(', ')})` : '')
  const declared = variablesOf(question).map(({ name, arg }) => `$${name}: ${arg.type}`)
  const call = (called: Field, prefix = '') => `${called.name}${inBraces(called.args.map(({ name }) => `${name}: $${prefix}${name}`))}`
  const shown = inner === undefined ? selectionOf(field.type, 0) : `{ ${call(inner, 'inner_')} ${selectionOf(inner.type, 1)} }`
  return `${kind} ${inBraces(declared)} { ${call(field)} ${shown} }`
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
