import { Fault } from '@drayage/core/faults'
import { type InputError, invalidInput } from '@drayage/core/input-faults'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sentFile } from './files.ts'
import { type Route, restFields } from './route.ts'

/**
 * What a request gives an operation as its input, not judged yet. Faults: `input.invalid` for fields that stand in a
 * place that is not theirs, `version.unreadable`.
 */
export function inputReader(its: Route): (request: FastifyRequest) => Promise<Record<string, unknown>> {
  const fields = restFields(its)
  return async (request) => {
    const query = request.query as Record<string, unknown>
    const sent = its.rest === 'query' ? fromQuery(query, fields) : fromBody(request.body)
    const strangers = its.rest === 'body' ? Object.keys(query) : []
    // A field of the path or of If-Match is none of the body, where two of them could contradict each other.
    const misplaced = Object.keys(sent).filter((name) => name in its.fields && !(name in fields))
    if (strangers.length + misplaced.length > 0) throw invalidInput([...strangers, ...misplaced].map(unknownField))
    const version = its.versioned ? { expectedVersion: versionOf(request.headers['if-match']) } : {}
    const input = { ...sent, ...(request.params as Record<string, string>), ...version }
    if (its.bytes === undefined) return input
    const { bytes, ...named } = await sentFile(request)
    return { ...named, ...input, [its.bytes]: bytes }
  }
}

function fromBody(body: unknown): Record<string, unknown> {
  if (body === undefined || body === null) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  throw invalidInput([{ pointer: '', code: 'invalid_type', message: 'Send a JSON object.' }])
}

/** A query has text only: what is to be a number or a truth value is read as one. */
function fromQuery(query: Record<string, unknown>, fields: Record<string, z.ZodType>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [name, typeof text === 'string' ? readText(text, fields[name]) : text]),
  )
}

function readText(text: string, schema: z.ZodType | undefined): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return readText(text, schema.unwrap() as z.ZodType)
  }
  if (schema instanceof z.ZodNumber && /^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return Number(text)
  if (schema instanceof z.ZodBoolean && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/** The version in an ETag of ours. */
function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined
  const [, version] = /^"(\d{1,9})"$/.exec(ifMatch.trim()) ?? []
  if (version !== undefined) return Number(version)
  throw new Fault('precondition', 'version.unreadable', 'Send the ETag that came with what you change as If-Match, as it was: "3".')
}

function unknownField(name: string): InputError {
  return { pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, code: 'unknown_field', message: 'There is no such field.' }
}
