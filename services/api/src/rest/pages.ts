import type { FastifyRequest } from 'fastify'
import type { Cursors } from '../cursors.ts'
import type { Route } from './route.ts'

/** The input with the cursor as core made it. */
export function withoutSignature(its: Route, cursors: Cursors, input: Record<string, unknown>): Record<string, unknown> {
  if (!('cursor' in its.fields) || typeof input.cursor !== 'string') return input
  return { ...input, cursor: cursors.open(its.operation.name, input.cursor) }
}

/** RFC 8288: the same list, from there on. */
export function nextLink(request: FastifyRequest, cursor: string): string {
  const [path = '', query] = request.url.split('?', 2)
  const next = new URLSearchParams(query)
  next.set('cursor', cursor)
  return `<${path}?${next}>; rel="next"`
}
