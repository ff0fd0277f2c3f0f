import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startProxy } from '../../../../test/servers/proxy.ts'
import { type RogueSsh, startRogueSsh } from '../../../../test/servers/rogue-ssh.ts'
import { createEgress } from './egress.ts'
import { openRemote } from './open-remote.ts'
import { type Endpoint, type RemoteLimits, remoteLimits } from './remote.ts'

/** Getting in, with a server that makes it hard. */

let server: RogueSsh
beforeAll(async () => {
  server = await startRogueSsh()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.behaviour = {}
  server.logIns.length = 0
})

const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
const open = (endpoint: Partial<Endpoint> = {}, limits: Partial<RemoteLimits> = {}, signal?: AbortSignal) =>
  openRemote({ endpoint: { ...server.endpoint, ...endpoint }, egress, limits: { ...remoteLimits, ...limits }, signal })
/** Gets in, has a look and leaves. */
const visit = async (endpoint: Partial<Endpoint> = {}) => {
  const { remote, hostKey } = await open(endpoint)
  expect(await remote.stat('/base')).toMatchObject({ type: 'directory' })
  await remote[Symbol.asyncDispose]()
  return hostKey
}
const nobodyConnected = () => vi.waitUntil(() => server.openConnections() === 0, { interval: 5 })

describe('the host key', () => {
  test('that is trusted is reported, with its type', async () => {
    expect(await visit()).toEqual({ type: 'ssh-ed25519', fingerprint: server.fingerprints[0], trusted: true })
  })

  test.each([
    ['not accepted yet', [], 'remote.host_key_unknown'],
    ['another than the accepted one', ['SHA256:another'], 'remote.host_key_changed'],
  ])('that is %s is shown and stops before the log-in', async (_, trustedHostKeys, code) => {
    const observedHostKey = { type: 'ssh-ed25519', fingerprint: server.fingerprints[0], trusted: false }
    await expect(open({ trustedHostKeys })).rejects.toMatchObject({ kind: 'refused', code, details: { observedHostKey } })
    await nobodyConnected()
    expect(server.logIns).toEqual([])
  })

  test('may be any of the accepted ones, as behind a load balancer', async () => {
    server.behaviour = { hostKey: (connection) => connection % 2 }
    const trustedHostKeys = server.fingerprints.slice(0, 2).map((fingerprint) => `${fingerprint}=`)
    const seen = [await visit({ trustedHostKeys }), await visit({ trustedHostKeys })]
    expect(new Set(seen.map((key) => key?.fingerprint))).toEqual(new Set(server.fingerprints.slice(0, 2)))
  })
})

describe('the log-in', () => {
  test('takes a password with spaces, signs and letters beyond ASCII', async () => {
    await visit()
    expect(server.logIns).toEqual([{ method: 'password', password: server.endpoint.password }])
  })

  test.each(['password', 'keyboard-interactive'] as const)(
    'tries a wrong password once, where the server wants it by %s',
    async (logIn) => {
      server.behaviour = { logIn }
      await expect(open({ password: 'wrong' })).rejects.toMatchObject({ kind: 'refused', code: 'remote.login_refused' })
      expect(server.logIns).toHaveLength(1)
      await nobodyConnected()
    },
  )

  test('answers keyboard-interactive with the password', async () => {
    server.behaviour = { logIn: 'keyboard-interactive' }
    await visit()
  })

  test.each([
    [
      'more than one question',
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Code: ', echo: false },
      ],
    ],
    ['a question whose answer is shown', [{ prompt: 'Favourite colour? ', echo: true }]],
  ])('does not answer %s', async (_, prompts) => {
    server.behaviour = { logIn: 'keyboard-interactive', prompts }
    const reason = 'the server asks for more than a password'
    await expect(open()).rejects.toMatchObject({ code: 'remote.login_refused', details: { reason } })
  })

  test('takes the key and leaves the password unsaid where the key is enough', async () => {
    server.behaviour = { logIn: 'publickey' }
    await visit({ privateKey: server.userKey })
    expect(new Set(server.logIns.map((attempt) => attempt.method))).toEqual(new Set(['publickey']))
  })

  test('takes the key and then the password where both are asked for', async () => {
    server.behaviour = { logIn: 'publickey then password' }
    await visit({ privateKey: server.userKey })
    expect(server.logIns.at(-1)).toEqual({ method: 'password', password: server.endpoint.password })
  })

  test('says what the server offers where that is nothing we have', async () => {
    server.behaviour = { logIn: 'publickey' }
    await expect(open()).rejects.toMatchObject({ code: 'remote.login_refused', details: { offered: ['publickey'] } })
    expect(server.logIns).toEqual([])
  })

  test('is refused where the password has to be changed first', async () => {
    server.behaviour = { logIn: 'password change' }
    await expect(open()).rejects.toMatchObject({ code: 'remote.login_refused', details: { reason: expect.stringContaining('changed') } })
  })

  test('is given up when the server never answers it', async () => {
    server.behaviour = { logIn: 'stall' }
    await expect(open({}, { loginMs: 300 })).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.timed_out' })
    await nobodyConnected()
  })

  test('does not begin with a key that cannot be read', async () => {
    await expect(open({ privateKey: 'ssh-rsa AAAA' })).rejects.toMatchObject({ kind: 'refused', code: 'remote.key_unreadable' })
    expect(server.openConnections()).toBe(0)
  })
})

describe('a server that', () => {
  test.each([
    ['never says a word', '', 'remote.timed_out'],
    ['begins to say who it is and stops', 'SSH-2.', 'remote.timed_out'],
    ['speaks FTP', '220 ProFTPD Server ready.\r\n', 'remote.protocol_error'],
    ['speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'remote.protocol_error'],
    ['says that it is full', 'Exceeded MaxStartups\r\n', 'remote.too_many_sessions'],
    ['talks without end', 'x'.repeat(200_000), 'remote.protocol_error'],
  ])('%s is told apart', async (_, instead, code) => {
    server.behaviour = { instead }
    await expect(open({}, { loginMs: 300 })).rejects.toMatchObject({ kind: 'unreachable', code })
    await nobodyConnected()
  })

  test('greets before it says who it is gets its session', async () => {
    server.behaviour = { greeting: 'Welcome to our file server\r\nPlease behave' }
    await visit()
  })

  test('trickles its first bytes is given up', async () => {
    await using proxy = await startProxy({ port: server.endpoint.port })
    proxy.toxic.bandwidth = 20
    await expect(open({ port: proxy.port }, { loginMs: 300 })).rejects.toMatchObject({ code: 'remote.timed_out' })
  })

  test.each([
    ['key exchange', { kex: ['diffie-hellman-group1-sha1'] }],
    ['cipher', { cipher: ['aes128-cbc'] }],
    ['integrity check', { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] }],
    ['host key', { serverHostKey: ['ssh-rsa'] }],
  ] as const)('has no %s in common with us says so', async (_, { ...algorithms }) => {
    server.behaviour = { hostKey: () => 2, algorithms: algorithms as never }
    await expect(open()).rejects.toMatchObject({ kind: 'refused', code: 'remote.no_common_algorithm' })
  })

  test('knows nothing newer than 2005 is entered by whoever chose the legacy algorithms', async () => {
    server.behaviour = {
      hostKey: () => 2,
      algorithms: { kex: ['diffie-hellman-group1-sha1'], cipher: ['aes128-cbc'], hmac: ['hmac-sha1'], serverHostKey: ['ssh-rsa'] },
    }
    const hostKey = await visit({ algorithms: 'legacy', trustedHostKeys: server.fingerprints.slice(2) })
    expect(hostKey?.type).toBe('ssh-rsa')
  })

  test.each([0, 1, 1023])('takes no packets of more than %d bytes is refused, rather than sent nothing for ever', async (packetBytes) => {
    server.behaviour = { packetBytes }
    await expect(open()).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.protocol_error' })
    await nobodyConnected()
  })

  test.each(['subsystem', 'session'] as const)('refuses SFTP (its %s) says so, and no connection stays open', async (refuseSftp) => {
    server.behaviour = { refuseSftp }
    await expect(open()).rejects.toMatchObject({ kind: 'refused', code: 'remote.sftp_refused' })
    await nobodyConnected()
  })
})

test('an aborted signal ends the opening and the open session', async () => {
  const [before, during, after] = [AbortSignal.abort(), new AbortController(), new AbortController()]
  await expect(open({}, {}, before)).rejects.toMatchObject({ kind: 'unreachable' })
  server.behaviour = { logIn: 'stall' }
  const opening = open({}, {}, during.signal)
  await vi.waitUntil(() => server.openConnections() > 0, { interval: 5 })
  during.abort()
  await expect(opening).rejects.toMatchObject({ kind: 'unreachable' })
  server.behaviour = {}
  const { remote } = await open({}, {}, after.signal)
  after.abort()
  await expect(remote.stat('/base')).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.connection_lost' })
  await nobodyConnected()
})
