import { permittedTo } from '@drayage/core/access/permissions'
import { download } from '@drayage/core/wire'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Contexts } from '../context.ts'
import { checkBindings } from '../operations.ts'
import { sendFile, takeFiles } from './files.ts'
import { inputReader } from './read-input.ts'
import type { Route } from './route.ts'
import { boundElsewhere, routes } from './routes.ts'
import { waiterOf } from './wait.ts'

export type RestOptions = { contexts: Contexts }

/** REST: every operation at its address. */
export async function rest(app: FastifyInstance, options: RestOptions): Promise<void> {
  checkBindings({ name: 'REST', bound: routes.map(({ operation }) => operation), elsewhere: boundElsewhere })
  const [files, rest] = [true, false].map((wanted) => routes.filter((its) => (its.bytes !== undefined) === wanted))
  for (const its of rest ?? []) bind(app, its, options)
  app.register(async (scope) => {
    await takeFiles(scope)
    for (const its of files ?? []) bind(scope, its, options)
  })
}

function bind(app: FastifyInstance, its: Route, { contexts }: RestOptions): void {
  const { operation } = its
  const readInput = inputReader(its)
  const anybody = permittedTo(operation.permission).includes('anyone')
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const ctx = anybody ? contexts.ofAnybody(request) : await contexts.of(request)
    const input = await readInput(request)
    const wait = waiterOf(its, request)
    const output = (await wait(() => operation.run(ctx, input))) as Record<string, unknown>
    if (operation.output === download) return sendFile(reply, output as z.output<typeof download>)
    const { id, version } = output
    if (typeof version === 'number') reply.header('etag', `"${version}"`)
    if (its.at !== undefined) reply.header('location', `${its.at}/${id}`)
    return reply.code(its.status).send(output)
  }
  app.route({ method: its.method, url: its.path.replace(/\{(\w+)\}/g, ':$1'), handler })
}
