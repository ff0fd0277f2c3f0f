import { createHash } from 'node:crypto'
import { testWorkspace } from '@drayage/core/testing/people'
import { workbook } from '@drayage/core/testing/workbook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../testing.ts'

let api: TestApi
let token: string
let workspaceId: string
beforeAll(async () => {
  api = await testApi()
  const home = await testWorkspace(api.ctx)
  workspaceId = home.workspaceId
  token = await api.logIn(home.admin)
})
afterAll(() => api[Symbol.asyncDispose]())

const importOf = (query: string) => `POST /v1/imports?workspaceId=${workspaceId}&product=gst&action=upload_sales${query}`
const csv = { 'content-type': 'text/csv' }
const content = 'Document Number,Amount\r\nA-1,ü\r\n'

test('a file is taken as the body of a request and given back as it came', async () => {
  const taken = await api.call(importOf('&fileName=März.csv'), { token, body: content, headers: csv })
  expect(taken.json()).toMatchObject({ fileName: 'März.csv', state: 'fetched', mode: 'live', size: Buffer.byteLength(content) })
  expect(taken.headers.location).toBe(`/v1/transfers/${taken.json().id}`)
  const original = await api.call(`GET /v1/transfers/${taken.json().id}/original`, { token })
  expect(original.body).toBe(content)
  expect(original.headers).toMatchObject({
    'content-type': 'text/csv',
    'content-length': String(Buffer.byteLength(content)),
    'content-disposition': `attachment; filename="M_rz.csv"; filename*=UTF-8''M%C3%A4rz.csv`,
    'repr-digest': `sha-256=:${createHash('sha256').update(content).digest('base64')}:`,
  })
})

test('a workbook is taken, and given back as one', async () => {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  const book = workbook([['Document Number'], ['A-1']])
  const taken = await api.call(importOf('&fileName=march.xlsx'), { token, body: book, headers: { 'content-type': type } })
  expect(taken.json()).toMatchObject({ fileName: 'march.xlsx', state: 'fetched', size: book.length })
  const original = await api.call(`GET /v1/transfers/${taken.json().id}/original`, { token })
  expect(original.headers['content-type']).toBe(type)
})

test('a file is taken as the one part of a form, with the name it has there', async () => {
  const form = new FormData()
  form.append('file', new Blob([content], { type: 'text/csv' }), 'from-a-form.csv')
  const encoded = new Response(form)
  const headers = { 'content-type': encoded.headers.get('content-type') ?? '' }
  const taken = await api.call(importOf('&mode=test'), { token, body: Buffer.from(await encoded.arrayBuffer()), headers })
  expect(taken.json()).toMatchObject({ fileName: 'from-a-form.csv', mode: 'test', size: Buffer.byteLength(content) })
})

test('what is wrong with a request is told by field, and nothing is kept', async () => {
  const wrong = await api.call(importOf('&fileName=..%2Fx.csv&mode=try'), { token, body: content, headers: csv })
  expect(wrong.json().errors).toMatchObject([{ pointer: '/mode' }, { pointer: '/fileName' }])
  const nothing = await api.call(importOf('&fileName=x.csv'), { token })
  expect(nothing.json()).toMatchObject({ status: 400, errors: [{ pointer: '/body' }] })
  const json = await api.call(importOf('&fileName=x.csv'), { token, body: {} })
  expect(json.statusCode).toBe(415)
  const nobody = await api.call(importOf('&fileName=x.csv'), { body: content, headers: csv })
  expect(nobody.statusCode).toBe(401)
})

const begun = '--x\r\ncontent-disposition: form-data; name="file"; filename="cut.csv"\r\n\r\na,b\r\n1,2\r\n'

test.each([
  ['has no boundary', 'multipart/form-data', `${begun}--x--\r\n`],
  ['breaks off', 'multipart/form-data; boundary=x', begun],
  ['has no part', 'multipart/form-data; boundary=x', '--x--\r\n'],
])('a form that %s is refused, and nothing is kept', async (_, type, body) => {
  const reply = await api.call(importOf(''), { token, body, headers: { 'content-type': type } })
  expect(reply.json()).toMatchObject({ status: 400, errors: expect.arrayContaining([expect.objectContaining({ pointer: '/body' })]) })
  const { rows } = await api.database.owner.query("select from transfers where file_name = 'cut.csv'")
  expect(rows).toEqual([])
})

test('a file that is too large is refused, and none of it is kept', async () => {
  await using small = await testApi({
    base: { ...api.options.base, settings: { ...api.options.base.settings, maxFileBytes: 10 } },
    keyring: api.options.keyring,
  })
  const reply = await small.call(importOf('&fileName=large.csv'), { token, body: content, headers: csv })
  expect(reply.json()).toMatchObject({ status: 422, code: 'import.file_too_large' })
})

test('the template of an action can be dropped with rows below it', async () => {
  const template = await api.call('GET /v1/products/gst/actions/upload_sales/template.csv', { token })
  expect(template.headers['content-type']).toBe('text/csv')
  expect(template.body.split(',').length).toBeGreaterThan(60)
  const unknown = await api.call('GET /v1/products/gst/actions/NOTHING/template.csv', { token })
  expect(unknown.json()).toMatchObject({ status: 404, code: 'action.unknown' })
})
