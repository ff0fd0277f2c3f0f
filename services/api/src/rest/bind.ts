import { permittedTo } from '@drayage/core/access/permissions'
import { canonicalJson } from '@drayage/core/canonical-json'
import { download } from '@drayage/core/wire'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Admission } from '../admission.ts'
import type { Cursors } from '../cursors.ts'
import { type Deadlines, watchBodies } from '../deadlines.ts'
import { idempotencyKey, type Replies } from '../idempotency.ts'
import { sendFile, takeFiles } from './files.ts'
import { nextLink, withoutSignature } from './pages.ts'
import { inputReader } from './read-input.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import { waiterOf } from './wait.ts'

export type RestOptions = {
  admission: Admission
  cursors: Cursors
  replies: Replies
  deadlines: Deadlines
  /** Aborted when the service stops: nothing waits from then on. */
  closing: AbortSignal
}

/** REST: every operation at its address. */
export async function rest(app: FastifyInstance, options: RestOptions): Promise<void> {
  app.register(async (scope) => {
    watchBodies(scope, 'json', options.deadlines)
    for (const its of routes) if (its.bytes === undefined) bind(scope, its, options)
  })
  app.register(async (scope) => {
    watchBodies(scope, 'file', options.deadlines)
    await takeFiles(scope)
    for (const its of routes) if (its.bytes !== undefined) bind(scope, its, options)
  })
}

function bind(app: FastifyInstance, its: Route, { admission, cursors, replies, deadlines, closing }: RestOptions): void {
  const { operation } = its
  const readInput = inputReader(its)
  const anybody = permittedTo(operation.permission).includes('anyone')

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const ctx = anybody ? await admission.anybody(request, reply) : await admission.known(request, reply, { quota: its.quota })
    const input = withoutSignature(its, cursors, await readInput(request))
    const key = its.method === 'POST' && !anybody ? idempotencyKey(request.headers['idempotency-key']) : undefined
    const run = () => {
      if (key === undefined) return operation.run(ctx, input)
      const asked = { key, operation, input }
      const what = `${its.method} ${request.url}`
      if (its.bytes !== undefined) return replies.once(ctx, { ...asked, what, bytes: input.body as AsyncIterable<Buffer> })
      return replies.once(ctx, { ...asked, what: `${what} ${canonicalJson(request.body ?? null)}` })
    }
    const output = (await waiterOf(its, request, closing)(run)) as Record<string, unknown>

    if (operation.output === download) return sendFile(reply, output as z.output<typeof download>)
    const { id, version, nextCursor } = output
    if (typeof version === 'number') reply.header('etag', `"${version}"`)
    if (its.at !== undefined) reply.header('location', `${its.at}/${id}`)
    if (typeof nextCursor !== 'string') return reply.code(its.status).send(output)
    const cursor = cursors.sign(operation.name, nextCursor)
    return reply.header('link', nextLink(request, cursor)).send({ ...output, nextCursor: cursor })
  }
  const isFile = its.bytes !== undefined || operation.output === download
  const handlerTimeout = isFile ? deadlines.fileMs : deadlines.replyMs
  app.route({ method: its.method, url: its.path.replace(/\{(\w+)\}/g, ':$1'), handlerTimeout, handler })
}
