import { describe, expect, test } from 'vitest'
import type { FtpCall } from '../../../../test/servers/rogue-ftp.ts'
import { read, rogueFtp, says, short } from './rogue-ftp.fixture.ts'

const { server, open, on, encrypted, inside, nobodyConnected, sent } = rogueFtp()

describe('a greeting', () => {
  test.each([
    ['that never comes', '', 'remote.timed_out'],
    ['that never ends', '220-welcome\r\n220-to\r\n', 'remote.timed_out'],
    ['without a line end', '220 welcome', 'remote.timed_out'],
    ['longer than any', `220-${'welcome '.repeat(100_000)}`, 'remote.protocol_error'],
    ['of an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n', 'remote.protocol_error'],
    ['that says there is no room', '421 too many users\r\n', 'remote.too_many_sessions'],
  ])('%s is not waited for beyond the time of a log-in', async (_, banner, code) => {
    server().behaviour = { banner }
    await expect(open({}, short)).rejects.toMatchObject({ kind: 'unreachable', code })
    await nobodyConnected()
    expect(sent('PASS')).toEqual([])
  })

  test('that comes a byte at a time is not waited for beyond the time of a log-in', async () => {
    server().behaviour = { banner: `220 ${'w'.repeat(1000)}\r\n`, bannerMsPerByte: 20 }
    await expect(open({}, short)).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.timed_out' })
    await nobodyConnected()
    expect(sent('PASS')).toEqual([])
  })

  test('of lines without end is broken off', async () => {
    server().behaviour = { banner: '220-welcome\r\n'.repeat(100_000) }
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
    [
      'wrong password for the last time',
      { PASS: says('530 Login incorrect; maximum number of attempts exceeded') },
      'remote.login_refused',
    ],
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
    expect(server().commands.filter((command) => /^(USER|PASS)/.test(command))).toEqual([])
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
    ['that was accepted and is out of date by now', 'expired', 'expired'],
  ] as const)('with a certificate %s shows it and stops before the log-in', async (_, certificate, accepted) => {
    server().behaviour = { certificate }
    const trustedCertificate = accepted && server().certificates[accepted]
    await expect(open({ protocol: 'ftps', trustedCertificate })).rejects.toMatchObject({
      code: 'remote.certificate_untrusted',
      details: { observedCertificate: { trusted: false } },
    })
    expect(sent('USER')).toEqual([])
    await nobodyConnected()
  })

  test.each(['good', 'wrong name'] as const)('with the accepted certificate, %s, goes on', async (certificate) => {
    server().behaviour = { certificate }
    expect(await inside(read, encrypted(certificate))).toBe('a;b;c')
  })

  test('of data that is never answered is given up', async () => {
    on({ RETR: says('150 here it comes') })
    const { remote } = await open(encrypted(), short)
    await expect(read(remote)).rejects.toMatchObject({ code: 'remote.timed_out' })
    await expect(remote.stat('/base')).rejects.toMatchObject({ code: 'remote.timed_out' })
    await remote[Symbol.asyncDispose]()
  })

  test('of data with another certificate carries none', async () => {
    server().behaviour = { dataCertificate: 'other' }
    const { remote } = await open(encrypted())
    await expect(read(remote)).rejects.toMatchObject({ code: 'remote.certificate_untrusted' })
    // The session is over: who answers for its data is not who answered at the log-in.
    await expect(remote.stat('/base')).rejects.toMatchObject({ code: 'remote.certificate_untrusted' })
    await remote[Symbol.asyncDispose]()
    await nobodyConnected()
    expect(server().commands.at(-1)).toMatch(/^(RETR|QUIT)/)
  })
})
