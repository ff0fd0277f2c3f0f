import fc, { type Arbitrary } from 'fast-check'
import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql/index.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, documentOf, innerQuestions, type Question, rootQuestions, variablesOf } from '../graphql/graphql.fixture.ts'
import { testApi } from '../testing.ts'
import { openStage, type Stage } from './stage.fixture.ts'
import { hostile, hostileTexts } from './values.ts'

/** Every field of the schema, asked for with what it takes and with what it does not: nobody is told of a bug. */

const questions = [...rootQuestions(), ...innerQuestions()].map((question) => {
  const { kind, field, inner } = question
  return [`${kind} ${field.name}${inner === undefined ? '' : ` ${inner.name}`}`, question] as const
})
/** Of each field. */
const runs = 120

let forReads: Stage
beforeAll(async () => {
  forReads = await openStage()
})
afterAll(() => forReads[Symbol.asyncDispose]())

test.each(questions)('%s', async (_, question) => {
  // A change has one of its own: some take a workspace apart, and wrong passwords slow down whoever tries more.
  await using own = question.kind === 'query' ? undefined : await openStage()
  const { api, tenant, tokens } = own ?? forReads
  const known = [...Object.values(tenant.ids), tenant.home.workspaceId]
  const query = documentOf(question)
  const outcomes = new Set<string>()
  const asks = fc.asyncProperty(inputsOf(question, known), fc.constantFrom(...tokens), async (variables, token) => {
    const headers = { accept: 'application/graphql-response+json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    const reply = await api.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query, variables } })
    expect(reply.statusCode, reply.body).toBeLessThan(500)
    expect(reply.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8')
    const { data, errors = [] } = reply.json() as Answer
    // GraphQL itself makes sure that data is as the schema says: a field that is not is an error.
    if (data === undefined) expect(errors).not.toEqual([])
    for (const { message, extensions } of errors) {
      expect(message).not.toBe('')
      expect(extensions.code, reply.body).toMatch(/^[a-z_]+\.[a-z0-9_]+$/)
      expect(extensions.code, reply.body).not.toBe('http.bug')
    }
    outcomes.add(String(errors[0]?.extensions.code))
  })
  await fc.assert(asks, { numRuns: runs, endOnFailure: true })
  // Requests that are all refused at the door would try nothing.
  expect(outcomes.size).toBeGreaterThan(1)
})

test('documents that are none are refused as such', async () => {
  await using api = await testApi()
  const texts = fc.oneof(
    fc.constantFrom('', '{', '{me}', 'query($a:X){me{id}}', '{...a}fragment a on Query{...a}', ...hostileTexts),
    fc.string(),
  )
  const bodies = fc.record(
    { query: fc.oneof(texts, hostile), variables: fc.option(hostile), operationName: fc.option(hostile), extra: hostile },
    { requiredKeys: [] },
  )
  const asks = fc.asyncProperty(fc.oneof(bodies, hostile), async (payload) => {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' }
    const reply = await api.app.inject({ method: 'POST', url: '/graphql', headers, payload: JSON.stringify(payload) })
    expect(reply.statusCode, reply.body).toBeLessThan(500)
    for (const { extensions } of (reply.json() as Answer).errors ?? []) expect(extensions.code, reply.body).not.toBe('http.bug')
  })
  await fc.assert(asks, { numRuns: 500, endOnFailure: true })
})

function inputsOf(question: Question, known: readonly string[]): Arbitrary<Record<string, unknown>> {
  const variables = variablesOf(question)
  const required = variables.filter(({ arg }) => isNonNullType(arg.type)).map(({ name }) => name)
  return fc.record(Object.fromEntries(variables.map(({ name, arg }) => [name, valuesOf(arg.type, known)])), { requiredKeys: required })
}

function valuesOf(type: GraphQLInputType, known: readonly string[]): Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: rightOf(type, known) }, { weight: 1, arbitrary: hostile })
}

function rightOf(type: GraphQLInputType, known: readonly string[]): Arbitrary<unknown> {
  if (isNonNullType(type)) return rightOf(type.ofType, known)
  if (isListType(type)) return fc.array(valuesOf(type.ofType, known), { maxLength: 3 })
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name))
  if (isInputObjectType(type)) {
    const inputs = Object.values(type.getFields())
    const required = inputs.filter((input) => isNonNullType(input.type)).map(({ name }) => name)
    return fc.record(Object.fromEntries(inputs.map((input) => [input.name, valuesOf(input.type, known)])), { requiredKeys: required })
  }
  const scalars: Record<string, Arbitrary<unknown>> = {
    ID: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.uuid() }),
    Int: fc.integer({ min: 0, max: 100_000 }),
    Float: fc.double(),
    Boolean: fc.boolean(),
    DateTime: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    JSON: fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
  }
  return scalars[type.name] ?? fc.string({ unit: 'grapheme', maxLength: 40 })
}
