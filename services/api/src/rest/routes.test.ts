import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Operation } from '@drayage/core/operation'
import { newClient } from '@drayage/core/testing/new-client'
import { testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../testing.ts'
import { route } from './route.ts'
import { boundElsewhere, routes } from './routes.ts'

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api[Symbol.asyncDispose]())

test('every operation of core has an address', async () => {
  const root = new URL('../../../../packages/core/src/', import.meta.url)
  const found: Operation[] = []
  for (const file of globSync('**/*.ts', {
    cwd: fileURLToPath(root),
    exclude: (path) => /\.test\.ts$|\.conformance\.ts$|^testing/.test(path),
  })) {
    const exported: Record<string, unknown> = await import(new URL(file, root).href)
    found.push(...Object.values(exported).filter(isOperation))
  }
  const bound = [...routes.map(({ operation }) => operation.name), ...boundElsewhere]
  expect(bound.sort()).toEqual(found.map(({ name }) => name).sort())
})

test('a route whose path names what is no field stops the start', () => {
  const [{ operation } = { operation: undefined }] = routes
  expect(() => route('GET /v1/things/{thing}', operation as Operation)).toThrow(`${operation?.name} has no field thing`)
})

test('an operator makes a workspace and renames it, naming the version', async () => {
  const { operator } = await testWorkspace(api.ctx)
  const token = await api.logIn(operator)
  const made = await api.call('POST /v1/workspaces', { token, body: { name: 'Lotus Mills' } })
  expect(made.statusCode).toBe(201)
  const { id } = made.json()
  expect(made.headers).toMatchObject({ etag: '"1"', location: `/v1/workspaces/${id}` })

  const rename = (headers: Record<string, string>, body: object = { name: 'Lotus' }) =>
    api.call(`PATCH /v1/workspaces/${id}`, { token, headers, body })
  expect((await rename({})).json()).toMatchObject({ status: 428, code: 'version.required' })
  expect((await rename({ 'if-match': '"7"' })).json()).toMatchObject({ status: 412, code: 'version.stale' })
  expect((await rename({ 'if-match': 'W/"1"' })).json()).toMatchObject({ status: 412, code: 'version.unreadable' })
  const twice = await rename({ 'if-match': '"1"' }, { name: 'Lotus', expectedVersion: 1, workspaceId: id })
  expect(twice.json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/expectedVersion', code: 'unknown_field' }, { pointer: '/workspaceId' }],
  })
  const renamed = await rename({ 'if-match': '"1"' })
  expect(renamed.json()).toMatchObject({ name: 'Lotus', version: 2 })
  expect(renamed.headers.etag).toBe('"2"')
})

test('an admin makes an FTP client; what it is told of a mistake names the field', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  const body = newClient(workspaceId)
  const wrong = await api.call('POST /v1/ftp-clients', { token, body: { ...body, port: '22', colour: 'red' } })
  expect(wrong.json()).toMatchObject({
    status: 400,
    code: 'input.invalid',
    errors: [{ pointer: '/port' }, { pointer: '/colour', code: 'unknown_field' }],
  })
  const made = await api.call('POST /v1/ftp-clients', { token, body })
  expect(made.json()).toMatchObject({ status: 'draft', workspaceId, hasPassword: true })
  expect(made.body).not.toContain('right')
  const listed = await api.call(`GET /v1/ftp-clients?workspaceId=${workspaceId}&limit=1`, { token })
  expect(listed.json().items).toMatchObject([{ id: made.json().id }])
  const odd = await api.call('GET /v1/ftp-clients?limit=101&page=2', { token })
  expect(odd.json().errors).toMatchObject([{ pointer: '/limit' }, { pointer: '/page', code: 'unknown_field' }])
})

test('a test of a connection is waited for, if its asker likes', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  const started = await api.call('POST /v1/connection-tests', { token, body: newClient(workspaceId) })
  expect(started.statusCode).toBe(202)
  const { id } = started.json()
  expect(started.headers.location).toBe(`/v1/connection-tests/${id}`)
  const waiting = api.call(`GET /v1/connection-tests/${id}`, { token, headers: { prefer: 'respond-async, wait=25' } })
  await api.database.owner.query("update connection_tests set status = 'passed', started_at = now(), finished_at = now() where id = $1", [
    id,
  ])
  expect((await waiting).json()).toMatchObject({ status: 'passed' })
})

test('what somebody else has is not there', async () => {
  const [mine, theirs] = [await testWorkspace(api.ctx), await testWorkspace(api.ctx)]
  const made = await api.call('POST /v1/ftp-clients', { token: await api.logIn(theirs.admin), body: newClient(theirs.workspaceId) })
  const token = await api.logIn(mine.admin)
  const found = await api.call(`GET /v1/ftp-clients/${made.json().id}`, { token })
  expect(found.json()).toMatchObject({ status: 404, code: 'ftp_client.not_found' })
})

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'permission' in value && 'run' in value
}
