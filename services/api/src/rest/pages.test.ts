import { newClient } from '@drayage/core/testing/new-client'
import { testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../testing.ts'

let api: TestApi
let token: string
let list: string
beforeAll(async () => {
  api = await testApi()
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  token = await api.logIn(admin)
  list = `GET /v1/ftp-clients?workspaceId=${workspaceId}`
  for (const at of [1, 2, 3]) await api.call('POST /v1/ftp-clients', { token, body: newClient(workspaceId, { baseDirectory: `/${at}` }) })
})
afterAll(() => api[Symbol.asyncDispose]())

test('a list is read page by page along its links', async () => {
  const seen: string[] = []
  let next: string | undefined = `${list}&limit=2`
  while (next !== undefined) {
    const page = await api.call(next, { token })
    seen.push(...page.json().items.map((item: { baseDirectory: string }) => item.baseDirectory))
    const [, link] = /^<([^>]+)>; rel="next"$/.exec(String(page.headers.link ?? '')) ?? []
    expect(link?.includes(encodeURIComponent(page.json().nextCursor)) ?? false).toBe(page.json().nextCursor !== undefined)
    next = link === undefined ? undefined : `GET ${link}`
  }
  expect(seen).toEqual(['/3', '/2', '/1'])
})

test('a cursor that somebody made up, changed or took from another list is refused', async () => {
  const { nextCursor } = (await api.call(`${list}&limit=1`, { token })).json()
  const changed = `${nextCursor.slice(0, -1)}${nextCursor.endsWith('A') ? 'B' : 'A'}`
  const elsewhere = await api.call(`GET /v1/workspaces?cursor=${nextCursor}`, { token })
  const replies = await Promise.all(
    ['', 'x', changed, nextCursor.slice(16)].map((cursor) => api.call(`${list}&cursor=${cursor}`, { token })),
  )
  for (const reply of [...replies, elsewhere]) {
    expect(reply.json()).toMatchObject({ status: 400, errors: [{ pointer: '/cursor', code: 'cursor_unknown' }] })
  }
})
