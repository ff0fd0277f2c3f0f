import { expect, test } from 'vitest'
import { chunks, collect } from './fixture.conformance.ts'
import { memoryServer } from './memory.ts'
import { describeRemote } from './remote.conformance.ts'
import { remoteFault } from './remote-faults.ts'

describeRemote({
  name: 'memory',
  start: async () => {
    const server = memoryServer()
    server.put('/base/unused', '')
    return {
      directory: '/base',
      open: async (limits) => server.open(limits),
      [Symbol.asyncDispose]: async () => {},
    }
  },
})

test('a cut before an operation leaves nothing done, one after it leaves all done; the session is dead, the next one is not', async () => {
  for (const moment of ['before', 'after'] as const) {
    const server = memoryServer()
    server.put('/in/a.csv', 'content')
    server.interrupt = (at) => {
      if (at.operation === 'move' && at.moment === moment) throw remoteFault('remote.connection_lost')
    }
    const remote = server.open()
    await expect(remote.move('/in/a.csv', '/in/b.csv')).rejects.toMatchObject({ code: 'remote.connection_lost' })
    expect(server.paths()).toEqual([moment === 'before' ? '/in/a.csv' : '/in/b.csv'])
    await expect(remote.stat('/in')).rejects.toMatchObject({ code: 'remote.connection_lost' })
    expect(await server.open().stat('/in')).toMatchObject({ type: 'directory' })
  }
})

test('a cut midway leaves a part of the bytes', async () => {
  const server = memoryServer()
  server.put('/in/a.csv', 'content')
  server.interrupt = (at) => {
    if (at.moment === 'midway') throw remoteFault('remote.connection_lost')
  }
  const seen: Buffer[] = []
  await expect(
    (async () => {
      for await (const chunk of server.open().read('/in/a.csv')) seen.push(Buffer.from(chunk))
    })(),
  ).rejects.toMatchObject({ code: 'remote.connection_lost' })
  expect(Buffer.concat(seen).toString()).toBe('con')
  await expect(server.open().write('/in/b.csv', chunks(Buffer.from('one'), Buffer.from('two')))).rejects.toThrow()
  expect(server.get('/in/b.csv')?.toString()).toBe('one')
})

test('calls are kept in order, with their paths', async () => {
  const server = memoryServer()
  server.put('/in/a.csv', 'x', { modified: 'yesterday' })
  const remote = server.open()
  expect(await remote.stat('/in/a.csv')).toEqual({ name: 'a.csv', type: 'file', size: 1, modified: 'yesterday' })
  await remote.move('/in/a.csv', '/in/b.csv')
  await collect(remote.read('/in/b.csv'))
  expect(server.calls).toEqual([
    { operation: 'stat', path: '/in/a.csv' },
    { operation: 'move', path: '/in/a.csv', to: '/in/b.csv' },
    { operation: 'read', path: '/in/b.csv' },
  ])
})
