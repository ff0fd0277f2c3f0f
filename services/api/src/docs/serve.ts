import type { FastifyInstance } from 'fastify'
import { openApi } from './openapi.ts'
import { docsPage } from './page.ts'

/** The contract, for machines and for people. */
export async function docs(app: FastifyInstance, options: { version: string }): Promise<void> {
  const document = openApi(options)
  const json = JSON.stringify(document)
  const { html, csp } = docsPage(document)
  app.get('/openapi.json', (_, reply) => reply.type('application/json').header('cache-control', 'no-cache').send(json))
  app.get('/docs', (_, reply) =>
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').header('content-security-policy', csp).send(html),
  )
}
