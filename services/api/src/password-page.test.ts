import { createHash } from 'node:crypto'
import { createContext, runInContext } from 'node:vm'
import { linkHash } from '@drayage/core/access/password-links'
import { testPerson } from '@drayage/core/testing/people'
import { insertPasswordLink } from '@drayage/db/queries/password-links'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
let url: string
beforeAll(async () => {
  api = await testApi()
  url = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api[Symbol.asyncDispose]())

type Part = { hidden: boolean; value: string; textContent: string; disabled: boolean; submit?: (event: object) => Promise<void> }

/** Runs the page's own script, with its fetch, over as much of a document as it uses. */
async function open(hash: string) {
  const html = await (await fetch(`${url}/password`)).text()
  const ids = [...html.matchAll(/ id="(\w+)"/g)].map(([, id]) => id)
  const button = { disabled: false }
  const parts = Object.fromEntries(
    ids.map((id) => {
      const part: Part = { hidden: html.includes(`id="${id}" hidden`), value: '', textContent: '', disabled: false }
      const addEventListener = (_: string, listener: Part['submit']) => (part.submit = listener)
      return [id, Object.assign(part, { addEventListener, querySelector: () => button })]
    }),
  ) as Record<'choose' | 'again' | 'said' | 'password' | 'repeated' | 'email', Part>
  const sent: string[] = []
  const browser = {
    document: { getElementById: (id: keyof typeof parts) => parts[id] },
    location: { hash },
    URLSearchParams,
    fetch: (path: string, init: RequestInit) => {
      sent.push(path)
      return fetch(new URL(path, `${url}/password`), init)
    },
  }
  runInContext(/<script>([\s\S]*)<\/script>/.exec(html)?.[1] ?? '', createContext(browser))
  const submit = (form: 'choose' | 'again') => parts[form].submit?.({ preventDefault() {} })
  const choose = (password: string, repeated = password) => {
    parts.password.value = password
    parts.repeated.value = repeated
    return submit('choose')
  }
  return { parts, sent, submit, choose }
}

async function newLink(email: string): Promise<string> {
  const { actor } = await testPerson(api.ctx, { email })
  const userId = 'id' in actor ? actor.id : ''
  const token = `token-${email}`
  await api.ctx.db.inWorkspace([], (transaction) => insertPasswordLink(transaction, { hash: linkHash(token), userId, lifeSeconds: 60 }))
  return `#token=${encodeURIComponent(token)}`
}

test('the page is whole in itself: it runs its own script and style, and sends to its own origin alone', async () => {
  const page = await api.call('GET /password')
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  const hashOf = (tag: string) => {
    const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(page.body) ?? []
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  }
  expect(page.headers['content-security-policy']).toBe(
    `default-src 'none'; script-src ${hashOf('script')}; style-src ${hashOf('style')}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
  expect(page.body).not.toMatch(/ on\w+=| style=|src=|href=/)
})

test('every field of the page has a label, and fits a phone', async () => {
  const { body } = await api.call('GET /password')
  const fields = [...body.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id)
  expect(fields.length).toBeGreaterThan(0)
  for (const field of fields) expect(body).toContain(`<label for="${field}">`)
  expect(body).toContain('width=device-width')
})

test('who opens the link sets a password, and logs in with it', async () => {
  const page = await open(await newLink('invited@example.com'))
  expect([page.parts.choose.hidden, page.parts.again.hidden]).toEqual([false, true])
  await page.choose('a new long password', 'another long password')
  expect([page.parts.said.textContent, page.sent]).toEqual([expect.stringContaining('differ'), []])
  await page.choose('short')
  expect(page.parts.said.textContent).toMatch(/12/)
  await page.choose('a new long password')
  expect(page.parts.said.textContent).toContain('Your password is set')
  expect(page.parts.choose.hidden).toBe(true)
  const body = { email: 'invited@example.com', password: 'a new long password' }
  expect((await api.call('POST /v1/sessions', { body })).statusCode).toBe(201)
})

test.each([
  ['that was used', '#token=unknown'],
  ['that lost its token', ''],
])('who opens a link %s can ask for a new one', async (_, hash) => {
  const page = await open(hash)
  if (hash !== '') await page.choose('a new long password')
  expect([page.parts.choose.hidden, page.parts.again.hidden]).toEqual([true, false])
  expect(page.parts.said.textContent).toMatch(/Ask for another one|ask for a new one/)
  const before = await letters()
  page.parts.email.value = 'invited@example.com'
  await page.submit('again')
  expect(page.parts.said.textContent).toContain('is on its way')
  expect(await letters()).toBe(before + 1)
})

test('a service that does not answer is told, and the button can be pressed again', async () => {
  const page = await open('#token=x')
  vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new TypeError('fetch failed'))
  await page.choose('a new long password')
  expect(page.parts.said.textContent).toContain('did not answer')
  expect(page.parts.choose).toMatchObject({ hidden: false })
})

const letters = async () => {
  const { rows } = await api.database.owner.query("select count(*)::int from outbox where kind = 'user.password_reset'")
  return rows[0].count
}
