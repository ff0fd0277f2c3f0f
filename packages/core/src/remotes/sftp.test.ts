import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startProxy } from '../../../../test/servers/proxy.ts'
import { type RogueSsh, startRogueSsh } from '../../../../test/servers/rogue-ssh.ts'
import { createEgress } from './egress.ts'
import { chunks, collect } from './fixture.conformance.ts'
import { openListingRoom } from './listing-room.ts'
import { openRemote } from './open-remote.ts'
import { type Endpoint, type Remote, type RemoteLimits, remoteLimits } from './remote.ts'

/** An open session with a server that misbehaves. */

let server: RogueSsh
beforeAll(async () => {
  server = await startRogueSsh()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.behaviour = {}
  server.requests.length = 0
  server.files.clear()
  server.files.set('/base', 'directory').set('/base/in', 'directory').set('/base/in/a.csv', Buffer.from('content'))
})

const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
const open = async (limits: Partial<RemoteLimits> = {}, endpoint: Partial<Endpoint> = {}) =>
  (await openRemote({ endpoint: { ...server.endpoint, ...endpoint }, egress, limits: { ...remoteLimits, ...limits } })).remote
const counted = (operation: string) => server.requests.filter((request) => request.operation === operation).length

/** What one operation asks of the server, and how to see whether it was done. */
type Attempt = { run(remote: Remote): Promise<unknown>; request: string; isDone?(): boolean }
const attempts: Record<string, Attempt> = {
  list: { run: (remote) => remote.list('/base/in'), request: 'readdir' },
  stat: { run: (remote) => remote.stat('/base/in/a.csv'), request: 'stat' },
  read: { run: (remote) => collect(remote.read('/base/in/a.csv')), request: 'read' },
  write: {
    run: (remote) => remote.write('/base/b.csv', chunks(Buffer.from('new'))),
    request: 'write',
    isDone: () => server.files.get('/base/b.csv')?.toString() === 'new',
  },
  move: {
    run: (remote) => remote.move('/base/in/a.csv', '/base/a.csv'),
    request: 'rename',
    isDone: () => server.files.has('/base/a.csv') && !server.files.has('/base/in/a.csv'),
  },
  remove: { run: (remote) => remote.remove('/base/in/a.csv'), request: 'remove', isDone: () => !server.files.has('/base/in/a.csv') },
  makeDirectory: { run: (remote) => remote.makeDirectory('/base/out'), request: 'mkdir', isDone: () => server.files.has('/base/out') },
  removeDirectory: { run: (remote) => remote.removeDirectory('/base/old'), request: 'rmdir', isDone: () => !server.files.has('/base/old') },
}

describe.each(Object.entries(attempts))('%s', (_, { run, request, isDone }) => {
  beforeEach(() => void server.files.set('/base/old', 'directory'))

  test.each(['cut before', 'cut after'] as const)(
    '%s it is done on the server says that the connection is lost, and the session is dead',
    async (fate) => {
      await using remote = await open()
      server.behaviour = { onRequest: ({ operation }) => (operation === request ? fate : undefined) }
      await expect(run(remote)).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.connection_lost' })
      if (isDone) expect(isDone()).toBe(fate === 'cut after')
      server.behaviour = {}
      await expect(remote.stat('/base')).rejects.toMatchObject({ kind: 'unreachable' })
      await using next = await open()
      expect(await next.stat('/base')).toMatchObject({ type: 'directory' })
    },
  )

  test('that the server never answers is given up in time, and so is the session', async () => {
    await using remote = await open({ commandMs: 150, listMs: 150, floorWindowMs: 150 })
    server.behaviour = { onRequest: ({ operation }) => (operation === request ? 'stall' : undefined) }
    await expect(run(remote)).rejects.toMatchObject({ kind: 'unreachable', code: expect.stringMatching(/timed_out|too_slow/) })
    await vi.waitUntil(() => server.openConnections() === 0, { interval: 5 })
  })

  test.each([
    [3, 'remote.permission_denied'],
    [8, 'remote.operation_failed'],
    [99, 'remote.operation_failed'],
  ])('answered with status %d is %s, and the session goes on', async (status, code) => {
    await using remote = await open()
    server.behaviour = { onRequest: ({ operation }) => (operation === request ? status : undefined) }
    await expect(run(remote)).rejects.toMatchObject({ kind: 'denied', code, details: { status, server: '[31mrefused' } })
    expect(await remote.list('/base/in').catch((fault) => fault.kind)).toBeDefined()
    server.behaviour = {}
    expect(await remote.stat('/base')).toMatchObject({ type: 'directory' })
  })
})

describe('a listing', () => {
  const listed = (...filenames: string[]) => ({
    listing: (page: number) => (page === 0 ? filenames.map((filename) => ({ filename })) : undefined),
  })

  test('refuses hostile names, each shown and none entered', async () => {
    server.behaviour = listed(
      '../../etc/passwd',
      '/etc/passwd',
      '..\\x',
      'a\0b',
      'a\r\nDELE b',
      '\u001b[2J',
      'x\u202egpj',
      '-rf',
      ' a',
      'y'.repeat(201),
      'ok.csv',
    )
    await using remote = await open()
    const { entries, refused } = await remote.list('/base/in')
    expect(entries.map((entry) => entry.name)).toEqual(['ok.csv'])
    expect(refused).toHaveLength(10)
    expect(refused[3]).toEqual({ shown: 'a\\u{0}b', reason: 'it holds a control character' })
  })

  test('knows files from directories by their mode, and by the long name where that says nothing', async () => {
    const page = [
      { filename: 'mode-directory', attrs: { mode: 0o040755 }, longname: '-rw-r--r-- 1 x' },
      { filename: 'mode-file', attrs: { mode: 0o100644 }, longname: 'drwxr-xr-x 1 x' },
      { filename: 'mode-link', attrs: { mode: 0o120777 } },
      { filename: 'mode-socket', attrs: { mode: 0o140777 } },
      { filename: 'long-directory', attrs: { mode: 0o755 }, longname: 'drwxr-xr-x 1 x' },
      { filename: 'long-link', attrs: { mode: 0o777 }, longname: 'lrwxrwxrwx 1 x' },
      { filename: 'neither', attrs: { mode: 0o644 } },
    ]
    server.behaviour = { listing: (number) => (number === 0 ? page : undefined) }
    await using remote = await open()
    expect((await remote.list('/base/in')).entries.map(({ name, type }) => [name, type])).toEqual([
      ['mode-directory', 'directory'],
      ['mode-file', 'file'],
      ['long-directory', 'directory'],
      ['neither', 'file'],
    ])
  })

  test('of 50,000 files is read whole', async () => {
    const page = (number: number) => Array.from({ length: 1_000 }, (_, index) => ({ filename: `file-${number}-${index}.csv` }))
    server.behaviour = { listing: (number) => (number < 50 ? page(number) : undefined) }
    await using remote = await open()
    expect((await remote.list('/base/in')).entries).toHaveLength(50_000)
  })

  test('of many files waits while two others are large, and goes on when one of them ends', async () => {
    const page = Array.from({ length: 2_500 }, (_, index) => ({ filename: `file-${index}.csv` }))
    server.behaviour = { listing: (number) => (number === 0 ? page : undefined) }
    await using other = await open()
    const rooms = [openListingRoom({ most: 10_000 }), openListingRoom({ most: 10_000 })]
    for (const room of rooms) await other.list('/base/in', room.share())
    await using remote = await open()
    let ended = false
    const waiting = remote.list('/base/in').finally(() => {
      ended = true
    })
    expect((await remote.stat('/base'))?.type).toBe('directory')
    expect(ended).toBe(false)
    rooms[0]?.[Symbol.dispose]()
    expect((await waiting).entries).toHaveLength(2_500)
    rooms[1]?.[Symbol.dispose]()
  })

  test.each<[string, (page: number) => { filename: string; longname?: string }[], Partial<RemoteLimits>]>([
    ['without end', (page) => [{ filename: `file-${page}` }], { listEntries: 500 }],
    ['of empty pages without end', () => [], { listEntries: 500 }],
    ['of more bytes than allowed', (page) => [{ filename: `file-${page}`, longname: 'x'.repeat(10_000) }], { listBytes: 100_000 }],
  ])('%s is given up, and the session goes on', async (_, listing, limits) => {
    server.behaviour = { listing }
    await using remote = await open(limits)
    await expect(remote.list('/base/in')).rejects.toMatchObject({ kind: 'denied', code: 'remote.listing_too_large' })
    expect(await remote.stat('/base')).toMatchObject({ type: 'directory' })
    expect(counted('close')).toBe(1)
  })

  test('of a directory that vanishes on the way says not_found', async () => {
    server.behaviour = { onRequest: ({ operation }) => (operation === 'readdir' ? 2 : undefined) }
    await using remote = await open()
    await expect(remote.list('/base/in')).rejects.toMatchObject({ code: 'remote.not_found' })
  })

  test('shows a size that no file can have as one beyond every limit', async () => {
    server.behaviour = { attributes: () => ({ size: 2 ** 63 }) }
    await using remote = await open()
    expect((await remote.list('/base/in')).entries[0]?.size).toBe(Number.MAX_SAFE_INTEGER)
    expect((await remote.stat('/base/in/a.csv'))?.size).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe('a read', () => {
  test.each([0, 3, 4_000_000])('takes what the file holds, though the server says it has %d bytes', async (size) => {
    server.files.set('/base/in/a.csv', Buffer.alloc(300_000, 'x'))
    server.behaviour = { attributes: () => ({ size }) }
    await using remote = await open()
    expect(await collect(remote.read('/base/in/a.csv'))).toHaveLength(300_000)
  })

  test('of which the server answers more than was asked is no read', async () => {
    server.files.set('/base/in/a.csv', Buffer.alloc(300_000))
    server.behaviour = { readBytes: (asked) => asked + 1 }
    await using remote = await open()
    await expect(collect(remote.read('/base/in/a.csv'))).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.protocol_error' })
  })

  test('that fails midway gives the bytes before and then the fault', async () => {
    server.files.set('/base/in/a.csv', Buffer.alloc(3_000_000))
    server.behaviour = { onRequest: ({ operation, offset = 0 }) => (operation === 'read' && offset > 1_000_000 ? 4 : undefined) }
    await using remote = await open()
    let bytes = 0
    const reading = (async () => {
      for await (const chunk of remote.read('/base/in/a.csv')) bytes += chunk.length
    })()
    await expect(reading).rejects.toMatchObject({
      kind: 'denied',
      code: 'remote.operation_failed',
      details: { path: '/base/in/a.csv', status: 4 },
    })
    expect(bytes).toBeGreaterThan(1_000_000)
    expect(counted('close')).toBe(1)
  })

  test('that trickles is given up; one that is slow but steady is not', async () => {
    await using proxy = await startProxy({ port: server.endpoint.port })
    server.files.set('/base/in/a.csv', Buffer.alloc(150_000))
    const limits = { floorWindowMs: 400, floorBytesPerSecond: 100_000 }
    await using remote = await open(limits, { port: proxy.port })
    proxy.toxic.bandwidth = 300_000
    expect(await collect(remote.read('/base/in/a.csv'))).toHaveLength(150_000)
    proxy.toxic.bandwidth = 10_000
    await expect(collect(remote.read('/base/in/a.csv'))).rejects.toMatchObject({ code: 'remote.too_slow' })
  })
})

describe('a write', () => {
  test.each([
    [4, 'remote.no_space'],
    [14, 'remote.no_space'],
    [15, 'remote.no_space'],
    [3, 'remote.permission_denied'],
  ])('answered with status %d is %s; nothing more is sent, and the file is closed', async (status, code) => {
    server.behaviour = { onRequest: ({ operation, offset = 0 }) => (operation === 'write' && offset > 100_000 ? status : undefined) }
    await using remote = await open()
    async function* endless() {
      for (;;) yield Buffer.alloc(50_000)
    }
    await expect(remote.write('/base/b.csv', endless())).rejects.toMatchObject({ kind: 'denied', code })
    expect(counted('close')).toBe(1)
    await remote.remove('/base/b.csv')
    expect(server.files.has('/base/b.csv')).toBe(false)
  })

  test('goes in packets as small as the server wants them', async () => {
    server.behaviour = { packetBytes: 1024 }
    await using remote = await open()
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    await remote.write('/base/b.csv', chunks(content))
    expect(content.equals(server.files.get('/base/b.csv') as Buffer)).toBe(true)
  })

  test('whose last bytes the server only refuses when it closes the file is not done', async () => {
    server.behaviour = { onRequest: ({ operation }) => (operation === 'close' ? 4 : undefined) }
    await using remote = await open()
    await expect(remote.write('/base/b.csv', chunks(Buffer.from('x')))).rejects.toMatchObject({ code: 'remote.no_space' })
  })
})

describe('an answer that says less than the truth', () => {
  test.each([4, 11])('rename: status %d because the target came to be in between is exists', async (status) => {
    server.behaviour = {
      onRequest: ({ operation }) => {
        if (operation !== 'rename') return undefined
        server.files.set('/base/a.csv', Buffer.from('other'))
        return status
      },
    }
    await using remote = await open()
    await expect(remote.move('/base/in/a.csv', '/base/a.csv')).rejects.toMatchObject({ kind: 'conflict', code: 'remote.exists' })
  })

  test('rename: failure with nothing in the way is a denial', async () => {
    server.behaviour = { onRequest: ({ operation }) => (operation === 'rename' ? 4 : undefined) }
    await using remote = await open()
    await expect(remote.move('/base/in/a.csv', '/base/a.csv')).rejects.toMatchObject({ kind: 'denied', code: 'remote.operation_failed' })
  })

  test.each([3, 4, 11])('mkdir: status %d for a directory that is there is success', async (status) => {
    server.behaviour = { onRequest: ({ operation }) => (operation === 'mkdir' ? status : undefined) }
    await using remote = await open()
    await remote.makeDirectory('/base/in')
    await expect(remote.makeDirectory('/base/out')).rejects.toMatchObject({ kind: expect.stringMatching(/denied|conflict/) })
  })

  test.each(['remove', 'rmdir'])('%s: failure where nothing is, is success', async (request) => {
    server.behaviour = { onRequest: ({ operation }) => (operation === request ? 4 : undefined) }
    await using remote = await open()
    await (request === 'remove' ? remote.remove('/base/nothing') : remote.removeDirectory('/base/nothing'))
  })

  test('stat: a failure is not taken for an absence', async () => {
    server.behaviour = { onRequest: ({ operation }) => (operation === 'stat' || operation === 'lstat' ? 4 : undefined) }
    await using remote = await open()
    await expect(remote.stat('/base/nothing')).rejects.toMatchObject({ code: 'remote.operation_failed' })
  })
})

test('a connection that died in silence is noticed though the operation has time left', async () => {
  await using proxy = await startProxy({ port: server.endpoint.port })
  await using remote = await open({ commandMs: 120, listMs: 20_000 }, { port: proxy.port })
  server.behaviour = { onRequest: () => 'stall' }
  const listing = remote.list('/base/in')
  proxy.toxic.stall = true
  await expect(listing).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.connection_lost' })
})

test('a server that does not say good-bye does not keep us', async () => {
  await using proxy = await startProxy({ port: server.endpoint.port })
  const remote = await open({ closeMs: 50 }, { port: proxy.port })
  proxy.toxic.stall = true
  await remote[Symbol.asyncDispose]()
  await expect(remote.stat('/base')).rejects.toMatchObject({ code: 'remote.connection_lost' })
})
