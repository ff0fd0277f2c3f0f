import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc, { type Arbitrary } from 'fast-check'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonSchema } from '../docs/json-schema.ts'
import { openApi, type PathOperation } from '../docs/openapi.ts'
import type { Tenant } from '../tenant.fixture.ts'
import { openStage, type Stage } from './stage.fixture.ts'
import { hostile, hostileTexts, valuesFor } from './values.ts'

/** Every operation of the contract, asked for with what it takes and with what it does not: nobody is told of a bug. */

const document = openApi({ version: '0.1.0' })
const schemas = document.components.schemas as Record<string, JsonSchema>
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, its]) => [`${method.toUpperCase()} ${path}`, { path, method, its }] as const),
)
/** Of each operation. */
const runs = 250

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(document, 'openapi')

type Subject = { path: string; method: string; its: PathOperation }
type Request = { url: string; headers: Record<string, string>; payload?: string }

let forReads: Stage
beforeAll(async () => {
  forReads = await openStage()
})
afterAll(() => forReads[Symbol.asyncDispose]())

test.each(operations)('%s', async (_, subject) => {
  // A change has one of its own: some take a workspace apart, and wrong passwords slow down whoever tries more.
  await using own = subject.method === 'get' ? undefined : await openStage()
  const { api, tenant, tokens } = own ?? forReads
  const statuses = new Set<number>()
  const asks = fc.asyncProperty(requestsOf(subject, tenant), fc.constantFrom(...tokens), async (request, token) => {
    const headers = { ...request.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    const reply = await api.app.inject({ ...request, headers, method: subject.method.toUpperCase() as 'GET' })
    statuses.add(reply.statusCode)
    checkReply(subject, reply)
  })
  await fc.assert(asks, { numRuns: runs, endOnFailure: true })
  // Requests that are all refused at the door would try nothing.
  expect(statuses.size).toBeGreaterThan(1)
})

function checkReply({ its }: Subject, reply: LightMyRequestResponse): void {
  const { statusCode: status } = reply
  expect(status, reply.body).toBeLessThan(500)
  const [, described] = Object.entries(its.responses).find(([key]) => key === String(status) || key === `${String(status)[0]}XX`) ?? []
  if (described === undefined) throw new Error(`${status} is in no line of the contract: ${reply.body}`)
  const { content } = resolved(described as JsonSchema) as { content?: Record<string, { schema: JsonSchema }> }
  if (content === undefined || '*/*' in content) return
  const type = String(reply.headers['content-type']).split(';')[0] ?? ''
  expect(Object.keys(content)).toContain(type)
  const validate = validatorOf(content[type]?.schema ?? {})
  if (!validate(reply.json())) throw new Error(`${reply.body} is not as the contract says: ${ajv.errorsText(validate.errors)}`)
  if (status >= 400 && 'code' in reply.json())
    expect(reply.json()).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+\.[a-z0-9_]+$/) })
}

const validators = new Map<JsonSchema, ReturnType<typeof ajv.compile>>()
function validatorOf(schema: JsonSchema) {
  const known = validators.get(schema)
  if (known !== undefined) return known
  const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'))
  const made = ajv.compile(whole)
  validators.set(schema, made)
  return made
}

function resolved(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema
  const path = schema.$ref.slice(2).split('/')
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document) as JsonSchema
}

function requestsOf({ path, its }: Subject, { ids }: Tenant): Arbitrary<Request> {
  const values = valuesFor(schemas, { known: Object.values(ids) })
  const inPlace = (where: string) => its.parameters.filter((parameter) => parameter.in === where)
  const fieldsOf = (where: string) => Object.fromEntries(inPlace(where).map(({ name, schema }) => [name, values.of(schema)]))
  const required = (where: string) =>
    inPlace(where)
      .filter((parameter) => parameter.required)
      .map(({ name }) => name)
  const url = fc
    .tuple(
      fc.record(fieldsOf('path')),
      fc.record(fieldsOf('query'), { requiredKeys: required('query') }),
      fc.option(strayQuery, { freq: 12 }),
    )
    .map(([named, query, stray]) => {
      const pairs = [...Object.entries(query), ...(stray === null ? [] : [stray])].map(
        ([name, value]) => [name, asText(value)] as [string, string],
      )
      const search = String(new URLSearchParams(pairs))
      return path.replace(/\{(\w+)\}/g, (_, name) => escaped(asText(named[name]))) + (search && `?${search}`)
    })
  return fc.tuple(url, headersOf(its), bodiesOf(its, values)).map(([url, headers, body]) => ({
    url,
    headers: { ...headers, ...(body.type && { 'content-type': body.type }) },
    ...(body.text !== undefined && { payload: body.text }),
  }))
}

const strayQuery = fc.tuple(fc.constantFrom('extra', 'limit', 'cursor', 'workspaceId', '__proto__'), hostile)

function headersOf(its: PathOperation): Arbitrary<Record<string, string>> {
  const likely: Record<string, string[]> = {
    'If-Match': ['"1"', '"1"', '"2"', '*', '"x"', ''],
    'Idempotency-Key': ['one', '"two"', 'x'.repeat(300), 'a b'],
    Prefer: ['wait=0', 'wait=-1', 'wait=x', 'respond-async'],
  }
  const named = its.parameters.filter((parameter) => parameter.in === 'header')
  const fields = named.map(({ name }) => [name.toLowerCase(), fc.constantFrom(...(likely[name] ?? ['']))] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] }) as Arbitrary<Record<string, string>>
}

const form = '--x\r\ncontent-disposition: form-data; name="file"; filename="june.csv"\r\n\r\na,b\r\n1,2\r\n--x--\r\n'

type Body = { type?: string; text?: string }

function bodiesOf({ requestBody }: PathOperation, values: ReturnType<typeof valuesFor>): Arbitrary<Body> {
  const wild: Arbitrary<Body> = fc.record({
    type: fc.constantFrom(
      'application/json',
      'text/plain',
      'text/csv',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'x',
    ),
    text: fc.oneof(fc.constantFrom('', '{', '[]', '"', '--x\r\n\r\n', '--x--', ...hostileTexts), fc.json()),
  })
  const content = requestBody?.content ?? {}
  const usual = Object.entries(content).map(([type, { schema }]) => {
    if (type === 'application/json') return values.of(schema).map((value): Body => ({ type, text: JSON.stringify(value) }))
    if (type.endsWith('urlencoded')) {
      const pairs = (value: unknown) => Object.entries(Object(value)).map(([name, each]) => [name, asText(each)] as [string, string])
      return values.of(schema).map((value): Body => ({ type, text: String(new URLSearchParams(pairs(value))) }))
    }
    if (type === 'multipart/form-data') {
      const ways = [form, form, form.slice(0, -9), form.slice(0, 60), form.replace('filename', 'name'), form + form, '']
      return fc.record({ type: fc.constantFrom(type, `${type}; boundary=x`, `${type}; boundary=x`), text: fc.constantFrom(...ways) })
    }
    return fc.record({ type: fc.constant(type), text: fc.constantFrom('Document Number,Amount\r\nA-1,5\r\n', '', '\u0000\ud800') })
  })
  const none = fc.constant<Body>({})
  return fc.oneof(
    ...(usual.length > 0 ? usual : [none]).map((arbitrary) => ({ weight: 8, arbitrary })),
    { weight: 1, arbitrary: none },
    { weight: 1, arbitrary: wild },
  )
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)
}

/** As a path takes it; what could not even be sent is sent as it is written. */
function escaped(text: string): string {
  return encodeURIComponent(text) || '%20'
}
