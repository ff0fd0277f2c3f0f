import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { blocksFrom } from './ftp-blocks.ts'
import { readInto } from './socket-inside.ts'

test('this version of Node reads into a buffer of ours, on a socket that came in as well', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sender = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = await once(server, 'connection')
  const buffer = Buffer.alloc(16)
  let heard = ''
  const callback = (bytes: number) => {
    heard += buffer.toString('latin1', 0, bytes)
    return true
  }
  expect(readInto(socket, { buffer, callback })).toBe(true)
  sender.end('more than sixteen bytes')
  await once(socket.resume(), 'end')
  expect(heard).toBe('more than sixteen bytes')
  server.close()
})

test('blocks hold what had arrived before anybody asked, and all that comes while the reader is busy, in order', async () => {
  const server = createServer({ pauseOnConnect: false }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sent = Buffer.alloc(3_000_001, 'the quick brown fox ')
  const sender = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = await once(server, 'connection')
  sender.end(sent)
  await once(socket, 'readable')
  const got: Buffer[] = []
  for await (const block of blocksFrom(socket)) {
    await new Promise((resolve) => setImmediate(resolve))
    got.push(Buffer.from(block))
  }
  expect(Buffer.concat(got).equals(sent)).toBe(true)
  server.close()
})
