import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { FtpCall } from '../../../../test/servers/rogue-ftp.ts'
import { chunks, collect } from './fixture.conformance.ts'
import { read, rogueFtp, says, short } from './rogue-ftp.fixture.ts'

const { server, on, inside, nobodyConnected, sent } = rogueFtp()

describe('a data connection', () => {
  test.each(['10,0,0,1', '127,0,0,2', '8,8,8,8'])('offered at %s is looked for where the server is', async (address) => {
    on({ EPSV: says('500 what?') }, { passiveAddress: address })
    expect(await inside(read)).toBe('a;b;c')
  })

  test('offered at port 0, or at a port of the system, is not looked for', async () => {
    for (const port of ['0,0', '0,22', '999,1']) {
      on({ EPSV: says('229 (|||0|)'), PASV: says(`227 (127,0,0,1,${port})`) })
      await expect(inside(read)).rejects.toMatchObject({ code: 'remote.protocol_error' })
    }
    await nobodyConnected()
  })

  test('is asked for with PASV once EPSV was refused', async () => {
    on({ EPSV: says('522 no') })
    await inside(async (remote) => [await read(remote), await read(remote)])
    expect([sent('EPSV').length, sent('PASV').length]).toEqual([1, 2])
  })

  test('offered where nobody listens is said to have failed', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    on({ EPSV: says(`229 (|||${port}|)`) })
    await expect(inside(read)).rejects.toMatchObject({ code: 'remote.data_connection_failed' })
  })

  test('in active mode is the server’s, whoever else calls first', async () => {
    on({
      PORT: async (call) => {
        const [high = 0, low = 0] = call.argument.split(',').slice(4).map(Number)
        const stranger = connect({ host: '127.0.0.1', localAddress: '127.0.0.2', port: high * 256 + low })
        stranger.on('error', () => {}).resume()
        await once(stranger, 'close')
        call.behave()
      },
    })
    expect(await inside(read, { transferMode: 'active' })).toBe('a;b;c')
  })
})

describe('a listing', () => {
  const list = (lines: string[], features?: string[]) => {
    server().behaviour = { lines, ...(features && { features }) }
    return inside((remote) => remote.list('/base'))
  }

  test('has no entries for itself, its parent and what points elsewhere', async () => {
    const lines = ['type=cdir; /base', 'type=pdir; ..', 'type=OS.unix=symlink; a', 'type=OS.unix=slink:/x; b', 'type=file;size=2; c']
    expect((await list(lines)).entries).toEqual([{ name: 'c', type: 'file', size: 2, modified: '' }])
  })

  test('reports lines that cannot be read and names that cannot be carried', async () => {
    const lines = ['nonsense', 'size=5; a', 'type=file; ..', 'type=file; ../x', 'type=file; a\0b', 'type=file; a\\b', 'type=file; good']
    const { entries, refused } = await list(lines)
    expect(entries.map(({ name }) => name)).toEqual(['good'])
    expect(refused).toHaveLength(5)
  })

  test('of a server without FEAT is read as people read it', async () => {
    const lines = [
      'total 2',
      '-rw-r--r-- 1 u g 5 Nov 26 10:11 a b',
      '11-26-26  10:11AM  <DIR>  old',
      '-rw-r--r-- 1 u g 7 26 nov. 2025 c',
      '?',
    ]
    const { entries, refused } = await list(lines, [])
    expect(entries.map(({ name, type, size }) => [name, type, size])).toEqual([
      ['a b', 'file', 5],
      ['old', 'directory', 0],
      ['c', 'file', 7],
    ])
    expect(refused).toHaveLength(1)
  })

  test.each(['-5', 'many', '99999999999999999999'])('with the size %s has a size that is a number', async (size) => {
    const [entry] = (await list([`type=file;size=${size}; a`])).entries
    expect(Number.isSafeInteger(entry?.size)).toBe(true)
    expect(entry?.size).toBeGreaterThanOrEqual(0)
  })

  test('that breaks off for a reason of the moment says nothing of permissions', async () => {
    on({
      MLSD: async (call) => {
        call.say('150 here it comes')
        ;(await call.data()).end('type=file; a\r\n')
        call.say('451 local error')
      },
    })
    await expect(inside((remote) => remote.list('/base'))).rejects.toMatchObject({ code: 'remote.operation_failed' })
  })

  test('that never ends is given up', async () => {
    on({ MLSD: async (call) => call.data().then(() => call.say('150 wait')) })
    await expect(inside((remote) => remote.list('/base'), {}, short)).rejects.toMatchObject({ code: 'remote.timed_out' })
    await nobodyConnected()
  })
})

describe('what a link leads to', () => {
  const link = (call: FtpCall) => call.raw('250-facts\r\n type=OS.unix=slink:/x; /base/link\r\n250 end\r\n')

  test.each([
    ['-5', '20261126101112'],
    ['many', 'yesterday'],
    ['9'.repeat(400), '9'.repeat(400)],
    ['5 5', ''],
  ])('with the size %j and the time %j has a size that is a number, and is a file', async (size, time) => {
    on({ MLST: link, SIZE: says(`213 ${size}`), MDTM: says(`213 ${time}`) })
    const entry = await inside((remote) => remote.stat('/base/link'))
    expect(entry).toMatchObject({ name: 'link', type: 'file', modified: expect.any(String) })
    expect(Number.isSafeInteger(entry?.size)).toBe(true)
    expect(entry?.size).toBeGreaterThanOrEqual(0)
  })
})

test('a directory that names itself as the listed one is a directory', async () => {
  on({ MLST: (call) => call.raw('250-facts\r\n type=cdir; /base\r\n250 end\r\n') })
  expect(await inside((remote) => remote.stat('/base'))).toMatchObject({ type: 'directory' })
})

describe('a download', () => {
  const download = (behaviour: (call: FtpCall) => unknown, limits = short) => {
    on({ RETR: behaviour })
    return inside(read, {}, limits)
  }
  const begin = async (call: FtpCall) => {
    call.say('150 here it comes')
    return call.data()
  }

  test('that ends short and is confirmed is what came', async () => {
    const got = await download(async (call) => {
      ;(await begin(call)).end('a;')
      call.say('226 done')
    })
    expect(got).toBe('a;')
  })

  test('that is confirmed before it ends is read to its end', async () => {
    const got = await download(async (call) => {
      const data = await begin(call)
      call.say('226 done')
      data.write('a;b')
      setImmediate(() => data.end(';c'))
    })
    expect(got).toBe('a;b;c')
  })

  test('that begins twice is one', async () => {
    const got = await download((call) => {
      call.say('150 soon')
      return call.behave()
    })
    expect(got).toBe('a;b;c')
  })

  test.each([
    [
      '426 midway',
      async (call: FtpCall) => void (await begin(call)).end('a', () => call.say('426 broken off')),
      'remote.data_connection_failed',
    ],
    ['451 midway', async (call: FtpCall) => void (await begin(call)).end('a', () => call.say('451 disk error')), 'remote.operation_failed'],
    ['no word at the end', async (call: FtpCall) => void (await begin(call)).end('a;b;c'), 'remote.timed_out'],
    ['the control connection lost', async (call: FtpCall) => void (await begin(call)).end('a', () => call.cut()), 'remote.connection_lost'],
    [
      'the data connection reset',
      async (call: FtpCall) => {
        ;(await begin(call)).resetAndDestroy()
        call.say('426 reset')
      },
      'remote.data_connection_failed',
    ],
  ])('with %s fails', async (_, behaviour, code) => {
    await expect(download(behaviour)).rejects.toMatchObject({ code })
    await nobodyConnected()
  })

  test('that stalls is given up', async () => {
    const stall = async (call: FtpCall) => void (await begin(call)).write('a')
    await expect(download(stall, { ...short, floorWindowMs: 200 })).rejects.toMatchObject({ code: 'remote.too_slow' })
    await nobodyConnected()
  })
})

describe('an upload', () => {
  test.each(['452 disk full', '552 over quota'])('that is answered %s midway has no space', async (line) => {
    on({
      STOR: async (call) => {
        call.say('150 send it')
        const data = await call.data()
        await once(data, 'data')
        call.say(line)
        data.resetAndDestroy()
      },
    })
    const many = chunks(...Array.from({ length: 200 }, () => Buffer.alloc(64 * 1024)))
    await expect(inside((remote) => remote.write('/base/new.csv', many))).rejects.toMatchObject({ code: 'remote.no_space' })
    await nobodyConnected()
  })

  test('that nobody takes is given up', async () => {
    on({
      STOR: async (call) => {
        call.say('150 send it')
        ;(await call.data()).pause()
      },
    })
    const endless = (async function* () {
      for (const bytes = Buffer.alloc(64 * 1024); ; ) yield bytes
    })()
    const write = inside((remote) => remote.write('/base/new.csv', endless), {}, { ...short, floorWindowMs: 200 })
    await expect(write).rejects.toMatchObject({ code: 'remote.too_slow' })
  })
})

describe('a move', () => {
  test.each([
    ['before RNFR is answered', 'RNFR', 'unheard'],
    ['once RNFR is answered', 'RNFR', 'answered'],
    ['before RNTO is answered', 'RNTO', 'unheard'],
    ['after RNTO was carried out', 'RNTO', 'carried out'],
  ] as const)('whose connection is lost %s leaves open whether it took place', async (_, verb, how) => {
    on({
      [verb]: (call: FtpCall) => {
        if (how === 'carried out') server().files.set('/base/moved.csv', Buffer.alloc(0))
        if (how === 'answered') call.say('350 to?')
        call.cut()
      },
    })
    const move = inside((remote) => remote.move('/base/order.csv', '/base/moved.csv'))
    await expect(move).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.connection_lost' })
    await nobodyConnected()
  })
})

test.each(['\r\n', '\n', '\r', '\0'])('a path with %j never reaches the server', async (end) => {
  const path = `/base/x${end}DELE /base/order.csv`
  await inside(async (remote) => {
    const refused = { code: 'remote.name_refused' }
    await expect(remote.stat(path)).rejects.toMatchObject(refused)
    await expect(remote.list(path)).rejects.toMatchObject(refused)
    await expect(collect(remote.read(path))).rejects.toMatchObject(refused)
    await expect(remote.write(path, chunks())).rejects.toMatchObject(refused)
    await expect(remote.move('/base/order.csv', path)).rejects.toMatchObject(refused)
    await expect(remote.remove(path)).rejects.toMatchObject(refused)
    expect(await read(remote)).toBe('a;b;c')
  })
  expect(server().commands.filter((command) => /x|DELE/.test(command.replace(/MLST|OPTS.*/, '')))).toEqual([])
})
