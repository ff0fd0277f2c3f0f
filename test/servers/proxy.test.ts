import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startProxy, type TestProxy } from './proxy.ts'

let echo: Server
let proxy: TestProxy
beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
})
afterAll(() => void echo.close())
beforeEach(async () => {
  proxy = await startProxy({ port: (echo.address() as AddressInfo).port })
})
afterEach(() => proxy[Symbol.asyncDispose]())

function dial(): Socket {
  return connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
}
async function there(bytes: Buffer): Promise<{ back: Buffer; ms: number }> {
  const start = performance.now()
  const socket = dial()
  socket.end(bytes)
  return { back: await buffer(socket), ms: performance.now() - start }
}
const data = (size: number) => Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 7919) % 251))

test('bytes pass whole and in order, also in small slices and late', async () => {
  const sent = data(300_000)
  expect((await there(sent)).back.equals(sent)).toBe(true)
  proxy.toxic = { latencyMs: 20, slice: 5000 }
  const { back, ms } = await there(sent)
  expect(back.equals(sent)).toBe(true)
  expect(ms).toBeGreaterThanOrEqual(38)
})

test('a narrow line takes its time, and latency does not narrow it', async () => {
  proxy.toxic = { bandwidth: 1_000_000, latencyMs: 50 }
  const { ms } = await there(data(200_000))
  expect(ms).toBeGreaterThan(280)
  expect(ms).toBeLessThan(700)
})

test('a stalled line passes nothing until it no longer is', async () => {
  const socket = dial()
  socket.write('a')
  expect(String((await once(socket, 'data'))[0])).toBe('a')
  proxy.toxic = { stall: true }
  socket.write('b')
  const quiet = await Promise.race([once(socket, 'data'), new Promise((resolve) => setTimeout(() => resolve('quiet'), 80))])
  expect(quiet).toBe('quiet')
  proxy.toxic = {}
  expect(String((await once(socket, 'data'))[0])).toBe('b')
  socket.destroy()
})

test('a line is cut after so many bytes, or on command, or refused', async () => {
  proxy.toxic = { cutAfter: 50_000 }
  await expect(there(data(500_000))).rejects.toThrow(/ECONNRESET|EPIPE/)
  proxy.toxic = {}
  const socket = dial()
  socket.write('a')
  await once(socket, 'data')
  expect(proxy.connections()).toBe(1)
  proxy.cut('reset')
  await expect(once(socket, 'data')).rejects.toThrow(/ECONNRESET/)
  proxy.refuse = true
  await expect(there(data(10))).rejects.toThrow(/ECONNRESET|EPIPE/)
})
