import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CertificateName, type FtpBehaviour, type FtpCall, type RogueFtp, startRogueFtp } from '../../../../test/servers/rogue-ftp.ts'
import { createEgress } from './egress.ts'
import { chunks, collect } from './fixture.conformance.ts'
import { openRemote } from './open-remote.ts'
import { type Endpoint, type Remote, type RemoteLimits, remoteLimits } from './remote.ts'

/** FTP and FTPS with a server that does what no honest one does. */

let server: RogueFtp
beforeAll(async () => {
  server = await startRogueFtp()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.behaviour = {}
  server.dropConnections()
  server.commands.length = 0
  server.files.clear()
  server.files.set('/base/order.csv', Buffer.from('a;b;c'))
})

const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
const active = { address: '127.0.0.1', ports: { from: 43_000, to: 43_999 } }
const short: Partial<RemoteLimits> = { loginMs: 300, commandMs: 300, listMs: 300, connectMs: 300, closeMs: 100 }
const open = (endpoint: Partial<Endpoint> = {}, limits: Partial<RemoteLimits> = {}) =>
  openRemote({ endpoint: { ...server.endpoint, ...endpoint }, egress, limits: { ...remoteLimits, ...limits }, active })
const on = (behaviour: NonNullable<FtpBehaviour['on']>, more: FtpBehaviour = {}) => {
  server.behaviour = { ...more, on: behaviour }
}
const says = (line: string) => (call: FtpCall) => call.say(line)
const encrypted = (name: CertificateName = 'good'): Partial<Endpoint> => ({
  protocol: 'ftps',
  trustedCertificate: server.certificates[name],
})
async function inside<T>(work: (remote: Remote) => Promise<T>, endpoint?: Partial<Endpoint>, limits?: Partial<RemoteLimits>): Promise<T> {
  const { remote } = await open(endpoint, limits)
  try {
    return await work(remote)
  } finally {
    await remote[Symbol.asyncDispose]()
  }
}
const read = (remote: Remote) => collect(remote.read('/base/order.csv')).then(String)
const nobodyConnected = () => vi.waitUntil(() => server.openConnections() === 0, { interval: 5 })
const sent = (verb: string) => server.commands.filter((command) => command.startsWith(verb))

describe('a greeting', () => {
  test.each([
    ['that never comes', '', 'remote.timed_out'],
    ['that never ends', '220-welcome\r\n220-to\r\n', 'remote.timed_out'],
    ['without a line end', '220 welcome', 'remote.timed_out'],
    ['longer than any', `220-${'welcome '.repeat(100_000)}`, 'remote.protocol_error'],
    ['of an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n', 'remote.protocol_error'],
    ['that says there is no room', '421 too many users\r\n', 'remote.too_many_sessions'],
  ])('%s is not waited for beyond the time of a log-in', async (_, banner, code) => {
    server.behaviour = { banner }
    await expect(open({}, short)).rejects.toMatchObject({ kind: 'unreachable', code })
    await nobodyConnected()
    expect(sent('PASS')).toEqual([])
  })

  test('of lines without end is broken off', async () => {
    server.behaviour = { banner: '220-welcome\r\n'.repeat(100_000) }
    const from = performance.now()
    await expect(open()).rejects.toMatchObject({ kind: 'unreachable' })
    expect(performance.now() - from).toBeLessThan(5_000)
    await nobodyConnected()
  })
})

describe('a log-in', () => {
  test('that needs no password says none', async () => {
    on({ USER: says('230 come in') })
    await inside(read)
    expect(sent('PASS')).toEqual([])
  })

  test.each([
    ['account asked for at USER', { USER: says('332 account?') }, 'remote.login_refused'],
    ['account asked for at PASS', { PASS: says('332 account?') }, 'remote.login_refused'],
    ['wrong password', { PASS: says('530 Login incorrect.') }, 'remote.login_refused'],
    ['530 for too many connections', { PASS: says('530 Sorry, too many connections') }, 'remote.too_many_sessions'],
    ['421 at PASS', { PASS: says('421 come back later') }, 'remote.too_many_sessions'],
  ])('%s is tried once', async (_, behaviour, code) => {
    on(behaviour)
    await expect(open()).rejects.toMatchObject({ code })
    expect(sent('USER')).toHaveLength(1)
    expect(sent('PASS').length).toBeLessThan(2)
    await nobodyConnected()
  })

  test.each([
    ['user name', { username: 'me\r\nDELE /base/order.csv' }],
    ['password', { password: 'secret\r\nDELE /base/order.csv' }],
  ])('with a line end in the %s sends no second command', async (_, endpoint) => {
    await expect(open(endpoint)).rejects.toMatchObject({ code: 'remote.name_refused' })
    expect(sent('DELE')).toEqual([])
    await nobodyConnected()
  })
})

describe('encryption', () => {
  test.each([
    ['refused', says('502 not implemented'), 'remote.tls_refused'],
    ['followed by silence', says('234 go ahead'), 'remote.timed_out'],
    ['answered in plain text', (call: FtpCall) => call.raw('234 go ahead\r\n230 you are in\r\n'), 'remote.timed_out'],
  ])('%s leaves the password unsaid', async (_, AUTH, code) => {
    on({ AUTH })
    await expect(open(encrypted(), short)).rejects.toMatchObject({ code })
    expect(server.commands.filter((command) => /^(USER|PASS)/.test(command))).toEqual([])
    await nobodyConnected()
  })

  test('takes nothing for an answer that was said in plain text before it', async () => {
    on({
      AUTH: (call) => {
        call.raw('234 go ahead\r\n230-you are in\r\n230 USER needs no password\r\n')
        call.encrypt()
      },
    })
    expect(await inside(read, encrypted())).toBe('a;b;c')
    expect(sent('PASS')).toHaveLength(1)
  })

  test('of a kind that data is not to have ends the log-in', async () => {
    on({ PROT: says('534 no') })
    await expect(open(encrypted())).rejects.toMatchObject({ code: 'remote.tls_refused' })
    await nobodyConnected()
  })

  test.each([
    ['signed by nobody', 'good', undefined],
    ['for another name', 'wrong name', undefined],
    ['out of date', 'expired', undefined],
    ['another than the accepted one', 'other', 'good'],
  ] as const)('with a certificate %s shows it and stops before the log-in', async (_, certificate, accepted) => {
    server.behaviour = { certificate }
    const trustedCertificate = accepted && server.certificates[accepted]
    await expect(open({ protocol: 'ftps', trustedCertificate })).rejects.toMatchObject({
      code: 'remote.certificate_untrusted',
      details: { observedCertificate: { trusted: false } },
    })
    expect(sent('USER')).toEqual([])
    await nobodyConnected()
  })

  test.each(['good', 'wrong name'] as const)('with the accepted certificate, %s, goes on', async (certificate) => {
    server.behaviour = { certificate }
    expect(await inside(read, encrypted(certificate))).toBe('a;b;c')
  })

  test('of data with another certificate carries none', async () => {
    server.behaviour = { dataCertificate: 'other' }
    await expect(inside(read, encrypted())).rejects.toMatchObject({ code: 'remote.certificate_untrusted' })
    expect(server.commands.at(-1)).toMatch(/^(RETR|QUIT)/)
  })
})

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
    server.behaviour = { lines, ...(features && { features }) }
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

  test('that never ends is given up', async () => {
    on({ MLSD: async (call) => call.data().then(() => call.say('150 wait')) })
    await expect(inside((remote) => remote.list('/base'), {}, short)).rejects.toMatchObject({ code: 'remote.timed_out' })
    await nobodyConnected()
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
})

describe('a move', () => {
  test.each([
    ['before RNFR is answered', 'RNFR', false],
    ['before RNTO is answered', 'RNTO', false],
    ['after RNTO was carried out', 'RNTO', true],
  ] as const)('whose connection is lost %s leaves open whether it took place', async (_, verb, carriedOut) => {
    on({
      [verb]: (call: FtpCall) => {
        if (carriedOut) server.files.set('/base/moved.csv', Buffer.alloc(0))
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
  expect(server.commands.filter((command) => /x|DELE/.test(command.replace(/MLST|OPTS.*/, '')))).toEqual([])
})
