import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { buildApp } from './app.ts'
import { deadlines } from './deadlines.ts'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
let port: number
beforeAll(async () => {
  api = await testApi({ deadlines: { ...deadlines, bodyMs: 200, floorMs: 200, floorBytes: 100, replyMs: 1000 } })
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  port = (api.app.server.address() as AddressInfo).port
})
afterAll(() => api[Symbol.asyncDispose]())

async function send(text: string): Promise<{ socket: Socket; reply: () => string }> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  let reply = ''
  socket.on('data', (chunk) => {
    reply += chunk
  })
  socket.on('error', () => {})
  socket.write(text)
  return { socket, reply: () => reply }
}
const head = (line: string, headers: Record<string, string>) =>
  `${[`${line} HTTP/1.1`, 'host: x', ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`

test('a body that does not come is waited for no longer than its deadline', async () => {
  const { socket, reply } = await send(`${head('POST /v1/sessions', { 'content-type': 'application/json', 'content-length': '50' })}{`)
  await once(socket, 'close')
  expect(reply()).toMatch(/^HTTP\/1.1 408 .*"code":"http.request_timeout"/s)
})

test('a file may take its time as long as it moves, and leaves nothing when it stops', async () => {
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  const url = `/v1/imports?workspaceId=${workspaceId}&product=gst&action=upload_sales&fileName=slow.csv`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv', 'content-length': '100000' }
  const { socket, reply } = await send(head(`POST ${url}`, headers))
  const begun = performance.now()
  for (let block = 0; block < 20; block++) {
    socket.write('x'.repeat(500))
    await after(30)
  }
  expect(performance.now() - begun).toBeGreaterThan(2 * 200)
  expect(reply()).toBe('')
  await once(socket, 'close')
  expect(reply()).toMatch(/^HTTP\/1.1 408 /)
  const { rows } = await api.database.owner.query("select from transfers where file_name = 'slow.csv'")
  expect(rows).toEqual([])
})

test('a reply that takes too long is given up, and asked for again', async () => {
  const app = buildApp(api.options)
  onTestFinished(() => app.close())
  app.get('/slow', { handlerTimeout: 50 }, () => new Promise(() => {}))
  const reply = await app.inject('/slow')
  expect(reply.json()).toMatchObject({ status: 503, code: 'http.too_slow' })
  expect(reply.headers['retry-after']).toBe('5')
})

test('a stop answers what waits, and takes nothing new', async () => {
  const app = buildApp(api.options)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port: other } = app.server.address() as AddressInfo
  const { admin, workspaceId } = await testWorkspace(api.ctx)
  const token = await api.logIn(admin)
  const body = {
    workspaceId,
    product: 'gst',
    label: 'T',
    host: 'sftp.example.com',
    port: 22,
    baseDirectory: '/d',
    username: 'u',
    password: 'p',
  }
  const { id } = (await api.call('POST /v1/connection-tests', { token, body })).json()
  const headers = { authorization: `Bearer ${token}`, prefer: 'wait=25' }
  let began = false
  app.server.once('request', () => {
    began = true
  })
  const waiting = fetch(`http://127.0.0.1:${other}/v1/connection-tests/${id}`, { headers })
  await vi.waitFor(() => expect(began).toBe(true))
  const stopped = performance.now()
  await app.close()
  expect(await (await waiting).json()).toMatchObject({ status: 'queued' })
  expect(performance.now() - stopped).toBeLessThan(5000)
  await expect(fetch(`http://127.0.0.1:${other}/livez`)).rejects.toThrow()
})
