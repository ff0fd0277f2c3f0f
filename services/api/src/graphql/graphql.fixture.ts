import type { FastifyInstance } from 'fastify'
import type { TestApi } from '../testing.ts'

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
