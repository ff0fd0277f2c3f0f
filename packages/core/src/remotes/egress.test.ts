import { getEventListeners, once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEgress, type EgressOptions } from './egress.ts'
import { isFileServerPort, isPublic, isWithin, parseNetworks } from './egress-addresses.ts'

const notAllowed = { kind: 'refused', code: 'remote.address_not_allowed' }
const quick = (options: EgressOptions = {}) => createEgress({ failureMs: 0, resolveMs: 100, resolve: async () => [], ...options })

const notPublic = {
  'loopback, and what resolvers take for it': `127.0.0.1 127.1.2.3 127.1 127.0.1 0177.0.0.1 0x7f.0.0.1 0x7f.1 0x7f000001 2130706433 017700000001
    127.0.0.1. ①②⑦.0.0.1 127。0。0。1 １２７.0.0.1 ::1 0:0:0:0:0:0:0:1 [::1] ::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 ::7f00:1`,
  'this host, private, shared or link-local': `0 0.0.0.0 0.1.2.3 :: 10.0.0.1 010.0.0.1 10.1 172.16.0.1 172.31.255.255 192.168.1.1 192.168.257 100.64.0.1
    169.254.1.1 fc00::1 fd12:3456::1 fe80::1 fe80::1%eth0 fec0::1 ::ffff:10.0.0.1`,
  'a metadata service': `169.254.169.254 0xa9fea9fe 2852039166 ::ffff:169.254.169.254 fd00:ec2::254 100.100.100.200 192.0.0.192 168.63.129.16
    ::ffff:168.63.129.16`,
  'a tunnel that leads back inside': `64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a9fe:a9fe::1 2001:0:a00:1::1
    ::ffff:0:127.0.0.1`,
  'documentation, benchmark, multicast or reserved': `192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 192.88.99.1 224.0.0.1 240.0.0.1 255.255.255.255
    ff02::1 2001:db8::1 3fff::1 100::1 100:0:0:1::1 5f00::1 4000::1`,
  'no host at all': `. a..b -a.example.com user@example.com example.com/x example.com:22 example.0x7f ${'a.'.repeat(127)}com`,
}

describe.each(Object.entries(notPublic))('%s is refused', (_, spellings) => {
  test.each(spellings.split(/\s+/))('written %s', async (host) => {
    await expect(quick().approve({ host, port: 22 })).rejects.toMatchObject(notAllowed)
  })
})

test.each(['', ' ', 'a b.example.com', 'a\r\nb.example.com', ' 8.8.8.8', 'a\0.example.com'])('the host %j is refused', async (host) => {
  await expect(quick().approve({ host, port: 22 })).rejects.toMatchObject(notAllowed)
})

const publicAddresses = `8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 2606:4700:4700::1111 2a00:1450::1 64:ff9b::808:808
  2002:808:808::1 ::ffff:8.8.8.8`
test.each(publicAddresses.split(/\s+/))('the public address %s is allowed', async (host) => {
  expect(await quick().approve({ host, port: 22 })).toEqual([host])
})

const privateNetworks = [
  '10.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '0.0.0.0/8',
  '224.0.0.0/3',
]
const privateIPv4 = fc.tuple(fc.constantFrom(...privateNetworks), fc.integer({ min: 0, max: 2 ** 32 - 1 })).map(([cidr, random]) => {
  const [base = '', bits = 0] = [cidr.split('/')[0], Number(cidr.split('/')[1])]
  const network = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return network + (random % 2 ** (32 - bits))
})

test('any address of a private network is refused in any notation', async () => {
  const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  const words = (value: number) => `${hex(value).slice(0, 4)}:${hex(value).slice(4)}`
  const notation = fc.constantFrom(
    dotted,
    (value: number) => String(value),
    (value: number) => `0x${hex(value)}`,
    (value: number) => `0${value.toString(8)}`,
    (value: number) =>
      dotted(value)
        .split('.')
        .map((part) => `0x${Number(part).toString(16)}`)
        .join('.'),
    (value: number) =>
      dotted(value)
        .split('.')
        .map((part) => `0${Number(part).toString(8)}`)
        .join('.'),
    (value: number) => `::ffff:${dotted(value)}`,
    (value: number) => `::${dotted(value)}`,
    (value: number) => `64:ff9b::${words(value)}`,
    (value: number) => `2002:${words(value)}::1`,
  )
  await fc.assert(
    fc.asyncProperty(privateIPv4, notation, async (value, write) => {
      await expect(quick().approve({ host: write(value), port: 22 })).rejects.toMatchObject(notAllowed)
      await expect(quick({ resolve: async () => [dotted(value)] }).approve({ host: 'ftp.example.com', port: 22 })).rejects.toMatchObject(
        notAllowed,
      )
    }),
  )
})

test('no IPv6 address outside global unicast is public', () => {
  const word = fc.integer({ min: 0, max: 0xffff })
  fc.assert(
    fc.property(fc.tuple(word, word, word, word, word, word, word, word), (words) => {
      const address = words.map((part) => part.toString(16)).join(':')
      if (isPublic(address)) expect(isWithin(address, parseNetworks(['2000::/3', '64:ff9b::/96', '::ffff:0:0/96']))).toBe(true)
    }),
  )
})

describe('a name', () => {
  test('is allowed when all its addresses are public', async () => {
    const resolve = async () => ['8.8.8.8', '2606:4700:4700::1111']
    expect(await quick({ resolve }).approve({ host: 'ftp.example.com', port: 22 })).toEqual(['8.8.8.8', '2606:4700:4700::1111'])
  })

  test('with one good and one private address is refused', async () => {
    const resolve = async () => ['8.8.8.8', '10.0.0.1']
    await expect(quick({ resolve }).approve({ host: 'ftp.example.com', port: 22 })).rejects.toMatchObject(notAllowed)
  })

  test('is resolved as ASCII, whatever script it was typed in', async () => {
    const asked: string[] = []
    const resolve = async (name: string) => {
      asked.push(name)
      return ['8.8.8.8']
    }
    await quick({ resolve }).approve({ host: 'Übung.Example', port: 22 })
    expect(asked).toEqual(['xn--bung-zra.example'])
  })

  test('that does not resolve, or not in time, says so', async () => {
    const unknown = { kind: 'unreachable', code: 'remote.name_not_resolved' }
    const failing = async (): Promise<string[]> => {
      throw new Error('ENOTFOUND')
    }
    for (const resolve of [failing, async () => [], () => new Promise<string[]>(() => {})])
      await expect(quick({ resolve, resolveMs: 20 }).approve({ host: 'ftp.example.com', port: 22 })).rejects.toMatchObject(unknown)
  })

  test.each([
    'localhost',
    'fileserver',
    'a.localhost',
    'nas.local',
    'metadata.google.internal',
    'x.default.svc',
    'x.svc.cluster.local',
    'nas.lan',
  ])('of private networks, like %s, is refused even with a public address, and allowed with an allowed one', async (host) => {
    await expect(quick({ resolve: async () => ['8.8.8.8'] }).approve({ host, port: 22 })).rejects.toMatchObject(notAllowed)
    const own = quick({ resolve: async () => ['10.1.2.3'], allowCidrs: ['10.1.0.0/16'] })
    expect(await own.approve({ host, port: 22 })).toEqual(['10.1.2.3'])
  })

  test('that changes its address between check and connection is connected where it was checked, resolved once', async () => {
    await using server = await listener()
    const answers = [['127.0.0.2'], ['127.0.0.1']]
    let asked = 0
    const egress = quick({ allowCidrs: ['127.0.0.2/32'], resolve: async () => answers[asked++] ?? [] })
    const socket = await egress.connect({ host: 'ftp.example.com', port: server.port, ms: 1_000 })
    expect(socket.remoteAddress).toBe('127.0.0.2')
    expect(asked).toBe(1)
    socket.destroy()
    await expect(egress.connect({ host: 'ftp.example.com', port: server.port, ms: 1_000 })).rejects.toMatchObject(notAllowed)
  })
})

describe('a port', () => {
  test.each([21, 22, 990, 1024, 2121, 2222, 8022, 49_152, 65_535])('%d can be a file server', (port) => {
    expect(isFileServerPort(port)).toBe(true)
  })

  test.each([-1, 0, 1, 23, 25, 80, 443, 445, 993, 1433, 3306, 5432, 6379, 11_211, 27_017, 65_536, 22.5, Number.NaN])(
    '%d cannot',
    async (port) => {
      expect(isFileServerPort(port)).toBe(false)
      await expect(quick().approve({ host: '8.8.8.8', port })).rejects.toMatchObject(notAllowed)
    },
  )

  test('in an allowed network may be any', async () => {
    expect(await quick({ allowCidrs: ['10.0.0.0/8'] }).approve({ host: '10.0.0.1', port: 80 })).toEqual(['10.0.0.1'])
  })
})

describe('a connection', () => {
  test('goes to the next address when one refuses', async () => {
    await using server = await listener('127.0.0.2')
    const egress = quick({ allowCidrs: ['127.0.0.0/8'], resolve: async () => ['127.0.0.3', '127.0.0.2'] })
    const socket = await egress.connect({ host: 'ftp.example.com', port: server.port, ms: 1_000 })
    expect(socket.remoteAddress).toBe('127.0.0.2')
    socket.destroy()
  })

  test('that is refused says no more than one that never comes, and not sooner than allowed', async () => {
    const port = await freePort()
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 80 })
    const from = performance.now()
    const fault = await egress.connect({ host: '127.0.0.1', port, ms: 1_000 }).catch((error) => error)
    expect(performance.now() - from).toBeGreaterThanOrEqual(70)
    expect(fault).toMatchObject({ kind: 'unreachable', code: 'remote.connect_failed', details: { host: '127.0.0.1', port } })
  })

  test('that has closed is forgotten by its signal', async () => {
    await using server = await listener()
    const { signal } = new AbortController()
    const socket = await quick({ allowCidrs: ['127.0.0.0/8'] }).connect({ host: '127.0.0.1', port: server.port, ms: 1_000, signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    socket.destroy()
    await once(socket, 'close')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('ends when its signal is aborted', async () => {
    await using server = await listener()
    const stop = new AbortController()
    const socket = await quick({ allowCidrs: ['127.0.0.0/8'] }).connect({
      host: '127.0.0.1',
      port: server.port,
      ms: 1_000,
      signal: stop.signal,
    })
    stop.abort()
    await new Promise((resolve) => socket.once('close', resolve))
  })
})

test('a network that cannot be read stops the start', () => {
  expect(() => createEgress({ allowCidrs: ['10.0.0.0/33'] })).toThrow()
})

async function listener(host = '0.0.0.0'): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

async function freePort(): Promise<number> {
  await using server = await listener()
  return server.port
}
