import type { Secrets } from '@drayage/core/context'
import { asFault } from '@drayage/core/faults'
import { readMailLink, unsubscribe } from '@drayage/core/notifications/unsubscribe'
import type { FastifyInstance } from 'fastify'
import type { Admission } from './admission.ts'
import { type Deadlines, watchBodies } from './deadlines.ts'
import { problemOf } from './errors.ts'

/**
 * Where the link in a mail leads. Mail programs and scanners open links of themselves, so opening it changes nothing: a
 * person presses the button there, and a mail program sends what the button sends (RFC 8058).
 */
export async function unsubscribing(
  app: FastifyInstance,
  { admission, secrets, deadlines }: { admission: Admission; secrets: Secrets; deadlines: Deadlines },
): Promise<void> {
  watchBodies(app, 'json', deadlines)
  // What it says is in the link; what mail programs send along is List-Unsubscribe=One-Click, in either form.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 10_000 }, (_, __, done) => done(null))
  app.setErrorHandler((error, request, reply) => {
    const { status, detail } = problemOf(error)
    if (status === 500) request.log.error({ err: error }, 'a request met a bug')
    const title = asFault(error)?.code === 'mail_link.unknown' ? 'This link does not work' : 'That did not work'
    return reply
      .code(status)
      .type(html)
      .send(page(title, [detail]))
  })

  app.get<{ Querystring: Asked }>('/unsubscribe', async (request, reply) => {
    const token = tokenOf(request.query)
    const { address } = readMailLink(secrets, token)
    const button = `<form method="post" action="/unsubscribe?token=${escaped(token)}"><button>Stop these mails</button></form>`
    return reply.type(html).send(page('Stop mails', [`Mails of this workspace to ${address}.`], button))
  })
  app.post<{ Querystring: Asked }>('/unsubscribe', async (request, reply) => {
    const ctx = await admission.anybody(request, reply)
    const { address, workspaceName } = await unsubscribe.run(ctx, { token: tokenOf(request.query) })
    return reply.type(html).send(page('Mails stopped', [`${address} gets no more mails about the FTP clients of ${workspaceName}.`]))
  })
}

type Asked = { token?: string | string[] }

function tokenOf({ token }: Asked): string {
  return typeof token === 'string' ? token : ''
}

const html = 'text/html; charset=utf-8'

function page(title: string, texts: readonly string[], more = ''): string {
  const body = texts.map((text) => `<p>${escaped(text)}</p>`).join('')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1>${body}${more}</html>\n`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
