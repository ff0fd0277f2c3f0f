import { createHash, randomBytes } from 'node:crypto'
import { appendFile, chmod, open as openFile, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { missingOpenSsh, startOpenSsh } from '../../../../test/servers/openssh.ts'
import { startProxy } from '../../../../test/servers/proxy.ts'
import { createEgress } from './egress.ts'
import { chunks, collect } from './fixture.conformance.ts'
import { openRemote } from './open-remote.ts'
import { describeRemote } from './remote.conformance.ts'
import { type Endpoint, type Remote, remoteLimits } from './remote.ts'
import { openSshSession } from './ssh-session.ts'

const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
const open = async (endpoint: Endpoint, limits = remoteLimits): Promise<Remote> => (await openRemote({ endpoint, egress, limits })).remote
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

describeRemote({
  name: 'OpenSSH',
  skip: missingOpenSsh(),
  start: async () => {
    const server = await startOpenSsh()
    return {
      directory: server.directory,
      open: (limits) => open(server.endpoint, { ...remoteLimits, ...limits }),
      behind: {
        link: symlink,
        nameOfBytes: (directory, name) => writeFile(Buffer.concat([Buffer.from(`${directory}/`), name]), ''),
        append: appendFile,
        truncate,
        forbid: (directory) => chmod(directory, 0),
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
})

describe.skipIf(missingOpenSsh() !== undefined)('OpenSSH', () => {
  test('changes its keys every megabyte, and no byte is lost in either direction', async () => {
    await using server = await startOpenSsh({ settings: ['RekeyLimit 1M'] })
    await using remote = await open(server.endpoint)
    const content = randomBytes(24_000_000)
    await remote.write(`${server.directory}/file`, chunks(content))
    expect(sha256(await readFile(`${server.directory}/file`))).toBe(sha256(content))
    expect(sha256(await collect(remote.read(`${server.directory}/file`)))).toBe(sha256(content))
  })

  test.each([
    ['aes128-gcm@openssh.com', 'hmac-sha2-256'],
    ['aes256-gcm@openssh.com', 'hmac-sha2-256'],
    ['aes128-ctr', 'hmac-sha2-256-etm@openssh.com'],
    ['aes256-ctr', 'hmac-sha2-512'],
  ])('carries every byte in both directions under %s with %s, several files at once', async (cipher, mac) => {
    await using server = await startOpenSsh({ settings: [`Ciphers ${cipher}`, `MACs ${mac}`] })
    await using remote = await open(server.endpoint)
    const contents = Array.from({ length: 3 }, () => randomBytes(5_000_000))
    const carried = contents.map(async (content, index) => {
      const path = `${server.directory}/${index}`
      await remote.write(path, chunks(content.subarray(0, 70_000), content.subarray(70_000)))
      return [sha256(await readFile(path)), sha256(await collect(remote.read(path)))]
    })
    expect(await Promise.all(carried)).toEqual(contents.map((content) => [sha256(content), sha256(content)]))
  })

  test.each([
    ['seven bytes at a time', 7, 100],
    ['in small slices', 1_447, 1_500_000],
  ])('is understood over a line that carries %s', async (_, slice, size) => {
    await using server = await startOpenSsh()
    await using proxy = await startProxy({ port: server.endpoint.port })
    proxy.toxic.slice = slice
    await using remote = await open({ ...server.endpoint, port: proxy.port })
    const content = randomBytes(size)
    await writeFile(`${server.directory}/file`, content)
    expect(sha256(await collect(remote.read(`${server.directory}/file`)))).toBe(sha256(content))
  })

  test('answers what lies beyond 4 GiB', async () => {
    await using server = await startOpenSsh()
    const path = `${server.directory}/sparse`
    await using file = await openFile(path, 'w')
    await file.write(Buffer.from('the end'), 0, 7, 5 * 2 ** 30)
    const session = await openSshSession({ endpoint: server.endpoint, egress, limits: remoteLimits })
    expect(await session.stat(path)).toMatchObject({ size: 5 * 2 ** 30 + 7 })
    const handle = await session.open(path, 'r')
    expect((await session.read(handle, 5 * 2 ** 30, 100)).toString()).toBe('the end')
    expect(await session.read(handle, 5 * 2 ** 30 + 7, 100)).toHaveLength(0)
    await session.dispose()
  })

  test.runIf(userInfo().uid === 0)('lets a system user in by password, whatever it is made of, and not by a wrong one', async () => {
    await using server = await startOpenSsh({ password: true })
    const byPassword = { ...server.endpoint, privateKey: undefined }
    await using remote = await open(byPassword)
    expect(await remote.list(server.directory)).toEqual({ entries: [], refused: [] })
    await expect(open({ ...byPassword, password: 'wrong' })).rejects.toMatchObject({ code: 'remote.login_refused' })
  })

  test('that asks for the key and the password gets both', async (context) => {
    if (userInfo().uid !== 0) return context.skip('only root can make a user with a password')
    await using server = await startOpenSsh({ password: true, settings: ['AuthenticationMethods publickey,password'] })
    await using remote = await open(server.endpoint)
    expect(await remote.stat(server.directory)).toMatchObject({ type: 'directory' })
  })

  test('that offers no SFTP says so', async () => {
    await using server = await startOpenSsh({ settings: ['ForceCommand echo this account has no shell'] })
    await expect(open(server.endpoint)).rejects.toMatchObject({ kind: 'refused', code: 'remote.sftp_refused' })
  })
})
