import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

const exposedHeaders = ['etag', 'link', 'location', 'ratelimit', 'ratelimit-policy', 'retry-after', 'x-request-id', 'content-disposition']

/** What browsers are told: to make nothing of replies but data, and which other origins may have them. */
export function guardBrowsers(app: FastifyInstance, options: { origins: readonly string[]; publicUrl: string }): void {
  const { origins, publicUrl } = options
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
  app.addHook('onSend', async (_, reply) => {
    for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value)
  })
  if (origins.length === 0) return
  // Tokens are sent by scripts, never by browsers of themselves: no credentials, no forgery.
  app.register(cors, { origin: [...origins], methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], exposedHeaders, maxAge: 600 })
}
