import { mailLinkToken } from '@drayage/core/notifications/unsubscribe'
import { testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
let path: string
let workspaceId: string
beforeAll(async () => {
  api = await testApi()
  workspaceId = (await testWorkspace(api.ctx)).workspaceId
  path = `/unsubscribe?token=${mailLinkToken(api.ctx.secrets, { workspaceId, address: "o'hara@example.com" })}`
})
afterAll(() => api[Symbol.asyncDispose]())

const suppressed = async () => {
  const { rows } = await api.database.owner.query('select address from mail_suppressions where workspace_id = $1', [workspaceId])
  return rows.map(({ address }) => address)
}

test('opening the link changes nothing and shows a button', async () => {
  const page = await api.call(`GET ${path}`)
  expect(page.statusCode).toBe(200)
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': expect.stringMatching(/^default-src 'none'/),
    'referrer-policy': 'no-referrer',
  })
  expect(page.body).toContain('o&#39;hara@example.com')
  expect(page.body).toContain(`<form method="post" action="${path}">`)
  expect(await suppressed()).toEqual([])
})

test.each([
  ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
  ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'],
])('a mail program stops the mails in one click, without a log-in, by a form of %s', async (type, body) => {
  await api.database.owner.query('truncate mail_suppressions')
  const page = await api.call(`POST ${path}`, { body, headers: { 'content-type': type } })
  expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('gets no more mails')])
  expect(await suppressed()).toEqual(["o'hara@example.com"])
})

test('the button does as well, which sends an empty form', async () => {
  await api.database.owner.query('truncate mail_suppressions')
  const page = await api.call(`POST ${path}`, { headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' } })
  expect(page.statusCode).toBe(200)
  expect(await suppressed()).toEqual(["o'hara@example.com"])
})

test.each(['/unsubscribe', '/unsubscribe?token=x', '/unsubscribe?token=a&token=b', "/unsubscribe?token=<script>alert('x')</script>"])(
  '%s is told that the link does not work',
  async (wrong) => {
    for (const method of ['GET', 'POST']) {
      const page = await api.call(`${method} ${encodeURI(wrong)}`)
      expect([page.statusCode, page.body]).toEqual([404, expect.stringContaining('This link does not work')])
      expect(page.body).not.toContain('<script')
    }
  },
)
