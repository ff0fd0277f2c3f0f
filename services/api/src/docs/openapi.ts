import { exchangeClientCredentials, revokeToken } from '@drayage/core/access/client-credentials'
import { permittedTo } from '@drayage/core/access/permissions'
import type { Operation } from '@drayage/core/operation'
import { download } from '@drayage/core/wire'
import { z } from 'zod'
import { type Route, restFields } from '../rest/route.ts'
import { routes } from '../rest/routes.ts'
import { exampleFor, exampleOf } from './examples.ts'
import { collectSchemas, type JsonSchema, type Schemas } from './json-schema.ts'
import { summaryOf, tagOf, whoMay } from './wording.ts'

export type OpenApi = {
  openapi: string
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  paths: Record<string, Record<string, PathOperation>>
  components: Record<string, unknown>
  [key: string]: unknown
}
export type PathOperation = {
  operationId: string
  summary: string
  description?: string
  tags: readonly string[]
  security: readonly object[]
  parameters: readonly Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema; example?: unknown }> }
  responses: Record<string, unknown>
}
export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: JsonSchema
  description?: string
  example?: unknown
}

/** The contract of REST, read off the operations and their routes. */
export function openApi(options: { version: string }): OpenApi {
  const schemas = collectSchemas()
  const paths: OpenApi['paths'] = {}
  const add = (path: string, method: string, its: PathOperation) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: its }
  }
  for (const its of routes) add(its.path, its.method, describe(its, schemas))
  add('/oauth/token', 'POST', form(exchangeClientCredentials, schemas, 200))
  add('/oauth/revoke', 'POST', form(revokeToken, schemas, 200))
  schemas.name('Problem', problem)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Drayage',
      version: options.version,
      description: 'Hauls business files between a customer’s file server and cloud products.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'of a person, from /v1/sessions, or of an API client, from /oauth/token',
        },
        client: { type: 'http', scheme: 'basic', description: 'client_id and client_secret' },
      },
      responses: {
        Problem: {
          description: 'What went wrong, and what to do (RFC 9457)',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
      headers: {
        ETag: { description: 'its version, for If-Match', schema: { type: 'string', examples: ['"3"'] } },
        Location: { description: 'where it can be read', schema: { type: 'string' } },
        Link: { description: 'rel="next": the next page', schema: { type: 'string' } },
      },
    },
  }
}

function describe(its: Route, schemas: Schemas): PathOperation {
  const { operation } = its
  const input = schemas.fieldsOf(operation.input)
  const rest = restFields(its)
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, input.properties[name] ?? {}]))
  const names = Object.keys(rest)
  const open = permittedTo(operation.permission).includes('anyone')
  return {
    operationId: operation.name,
    summary: summaryOf(its),
    description: whoMay(operation.permission),
    tags: [tagOf(its.path)],
    security: open ? [] : [{ token: [] }],
    parameters: [
      ...its.pathFields.map((name) => parameter('path', name, { schema: input.properties[name] ?? {}, required: true })),
      ...(its.rest === 'query'
        ? names.map((name) => parameter('query', name, { schema: input.properties[name] ?? {}, required: input.required.includes(name) }))
        : []),
      ...headersOf(its, open),
    ],
    ...(its.bytes !== undefined && { requestBody: { required: true, content: fileContent } }),
    ...(its.rest === 'body' && names.length > 0 && { requestBody: body() }),
    responses: { [its.status]: reply(its, schemas), '4XX': problemReply, '5XX': problemReply },
  }

  function body(): NonNullable<PathOperation['requestBody']> {
    const required = input.required.filter((name) => names.includes(name))
    const properties = pick(names)
    const object: JsonSchema = { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
    const schema = input.name === undefined ? object : schemas.name(input.name, object)
    return { required: required.length > 0, content: { 'application/json': { schema, example: exampleOf({ properties, required }) } } }
  }
}

function headersOf(its: Route, open: boolean): Parameter[] {
  const text: JsonSchema = { type: 'string' }
  const headers: Parameter[] = []
  if (its.versioned)
    headers.push({
      in: 'header',
      name: 'If-Match',
      required: true,
      schema: text,
      description: 'the ETag of what is changed',
      example: '"3"',
    })
  if (its.method === 'POST' && !open)
    headers.push({
      in: 'header',
      name: 'Idempotency-Key',
      required: false,
      schema: { ...text, maxLength: 255 },
      description: 'one for each change: asked for again, it has one effect',
    })
  if (its.until !== undefined)
    headers.push({
      in: 'header',
      name: 'Prefer',
      required: false,
      schema: text,
      description: 'wait=N: answers when it has ended, after N seconds (25) at most',
      example: 'wait=25',
    })
  return headers
}

function parameter(where: 'path' | 'query', name: string, { schema, required }: { schema: JsonSchema; required: boolean }): Parameter {
  const { description, ...rest } = schema as JsonSchema & { description?: string }
  return { name, in: where, required, schema: rest, ...(description && { description }), ...(required && { example: exampleFor(name) }) }
}

function reply(its: Route, schemas: Schemas): object {
  const { output } = its.operation
  if (output === (download as z.ZodType))
    return { description: 'the file', content: { '*/*': { schema: { type: 'string', format: 'binary' } } } }
  const fields = output instanceof z.ZodObject ? Object.keys(output.shape) : []
  const headers = {
    ...(fields.includes('version') && { ETag: { $ref: '#/components/headers/ETag' } }),
    ...(its.at !== undefined && { Location: { $ref: '#/components/headers/Location' } }),
    ...(fields.includes('nextCursor') && { Link: { $ref: '#/components/headers/Link' } }),
  }
  return {
    description: 'done',
    ...(Object.keys(headers).length > 0 && { headers }),
    content: { 'application/json': { schema: schemas.of(output, 'output') } },
  }
}

/** OAuth takes forms, and has errors of its own. */
function form(operation: Operation, schemas: Schemas, status: number): PathOperation {
  const { properties, required } = schemas.fieldsOf(operation.input)
  const schema: JsonSchema = { type: 'object', properties, required: [...required] }
  const error = { type: 'object', properties: { error: { type: 'string' }, error_description: { type: 'string' } }, required: ['error'] }
  const failed = { description: 'RFC 6749, 5.2', content: { 'application/json': { schema: error } } }
  return {
    operationId: operation.name,
    summary: operation === revokeToken ? 'Revoke an access token (RFC 7009)' : 'Get an access token (RFC 6749, 4.4)',
    tags: ['OAuth'],
    security: [{ client: [] }, {}],
    parameters: [],
    requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema } } },
    responses: {
      [status]:
        operation === revokeToken
          ? { description: 'done' }
          : { description: 'done', content: { 'application/json': { schema: schemas.of(operation.output, 'output') } } },
      '4XX': failed,
      '5XX': failed,
    },
  }
}

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })
const problemReply = { $ref: '#/components/responses/Problem' }
const bytes: JsonSchema = { type: 'string', format: 'binary' }
const fileContent = {
  'text/csv': { schema: bytes },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: bytes },
  'application/zip': { schema: bytes },
  'application/octet-stream': { schema: bytes },
  'multipart/form-data': { schema: { type: 'object', properties: { file: bytes }, required: ['file'] } },
}
const problem: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'for people: what happened and what to do next' },
    code: { type: 'string', description: 'for programs: it does not change' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON pointer to the field' },
          code: { type: 'string' },
          message: { type: 'string' },
        },
        required: ['pointer', 'code', 'message'],
      },
    },
    requestId: { type: 'string' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'errors', 'requestId'],
}
