import { Readable } from 'node:stream'
import { invalidInput } from '@drayage/core/input-faults'
import { bytes, type download } from '@drayage/core/wire'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'

/** Bytes in and out, as they come: neither is held in memory. */

/** Of text files and workbooks; what a file is, its content tells. */
const mediaTypes = [
  'text/csv',
  'text/tab-separated-values',
  'text/plain',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/zip',
  'application/octet-stream',
]

/** Lets the routes of `app` take files as their body, bare or as the one part of a form. How large, the operation says. */
export async function takeFiles(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  const asItIs = (_: FastifyRequest, payload: unknown, done: (error: null, body: unknown) => void) => done(null, payload)
  app.addContentTypeParser(mediaTypes, asItIs)
  await app.register(multipart, { limits: { files: 1, fields: 0, parts: 1, fileSize: Number.POSITIVE_INFINITY } })
}

/** What a request with a file brings: its bytes and, in a form, the name that the sender has for it. */
export async function sentFile(request: FastifyRequest): Promise<{ bytes?: AsyncIterable<Buffer>; fileName?: string }> {
  if (request.isMultipart()) {
    const part = await request.file().catch(refuseForm)
    return part === undefined ? {} : { bytes: readForm(part.file), ...(part.filename && { fileName: part.filename }) }
  }
  return request.body === undefined ? {} : { bytes: request.body as AsyncIterable<Buffer> }
}

async function* readForm(part: Readable): AsyncGenerator<Buffer, void, void> {
  try {
    yield* part
  } catch (error) {
    // A sender who broke off is nobody to be told.
    if (part.errored === null) throw error
    refuseForm(part.errored)
  }
}

/** What the library that reads forms throws has a code of its own only where a limit was passed. */
function refuseForm(error: Error & { code?: string }): never {
  if (error.code?.startsWith('FST_')) throw error
  throw invalidInput([
    { pointer: '/body', code: 'form_unreadable', message: 'Send the file as the one part of a multipart/form-data body.' },
  ])
}

/** The field of an input that is the bytes of a file. */
export function bytesField(fields: Readonly<Record<string, z.ZodType>>): string | undefined {
  return Object.keys(fields).find((name) => fields[name] === bytes)
}

export function sendFile(reply: FastifyReply, file: z.output<typeof download>): FastifyReply {
  const plain = file.name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  return reply
    .type(file.contentType)
    .header('content-length', file.size)
    .header(
      'content-disposition',
      `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name).replaceAll("'", '%27')}`,
    )
    .header('repr-digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`)
    .send(Readable.from(file.bytes))
}
