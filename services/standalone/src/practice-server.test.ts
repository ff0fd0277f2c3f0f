import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type SFTPWrapper } from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PracticeServer, startPracticeServer } from './practice-server.ts'

let folder: string
let server: PracticeServer
const client = new ssh2.Client()
let sftp: SFTPWrapper
const options = () => ({
  root: join(folder, 'root'),
  hostKeyFile: join(folder, 'host-key'),
  username: 'practice',
  password: 'secret',
  port: 0,
})
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drayage-practice-'))
  server = await startPracticeServer(options())
  await logIn('secret')
  sftp = await answer((done) => client.sftp(done))
})
afterAll(async () => {
  client.end()
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

function logIn(password: string, as = client): Promise<void> {
  return new Promise((resolve, reject) => {
    as.once('ready', resolve).once('error', reject)
    as.connect({ host: '127.0.0.1', port: server.port, username: 'practice', password })
  })
}
function answer<T>(ask: (done: (error: Error | undefined | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))))
}
const write = (path: string, text: string) => answer<void>((done) => sftp.writeFile(path, text, (error) => done(error)))
const read = async (path: string) => String(await answer<Buffer>((done) => sftp.readFile(path, done)))
const names = async (path: string) =>
  (await answer<{ filename: string }[]>((done) => sftp.readdir(path, done))).map((entry) => entry.filename)

test('what is written can be read, listed, moved and removed, and is a file in the folder', async () => {
  await answer<void>((done) => sftp.mkdir('/in', (error) => done(error)))
  const text = 'x'.repeat(700_000)
  await write('/in/a.csv', text)
  expect(await readFile(join(folder, 'root/in/a.csv'), 'utf8')).toBe(text)
  expect(await read('/in/a.csv')).toBe(text)
  await answer<void>((done) => sftp.rename('/in/a.csv', '/in/b.csv', (error) => done(error)))
  expect(await names('/in')).toEqual(['b.csv'])
  expect((await answer<{ size: number }>((done) => sftp.stat('/in/b.csv', done))).size).toBe(700_000)
  await answer<void>((done) => sftp.unlink('/in/b.csv', (error) => done(error)))
  await answer<void>((done) => sftp.rmdir('/in', (error) => done(error)))
  expect(await names('/')).toEqual([])
})

test('a rename never overwrites, neither a file nor a folder', async () => {
  await write('/a', 'a')
  await write('/b', 'b')
  await answer<void>((done) => sftp.mkdir('/c', (error) => done(error)))
  await answer<void>((done) => sftp.mkdir('/d', (error) => done(error)))
  const rename = (from: string, to: string) => answer<void>((done) => sftp.rename(from, to, (error) => done(error)))
  await expect(rename('/a', '/b')).rejects.toMatchObject({ code: 4 })
  await expect(rename('/c', '/d')).rejects.toMatchObject({ code: 4 })
  await expect(rename('/nothing', '/e')).rejects.toMatchObject({ code: 2 })
  expect([await read('/a'), await read('/b')]).toEqual(['a', 'b'])
})

test('nothing outside the folder can be reached', async () => {
  await writeFile(join(folder, 'outside'), 'outside')
  await expect(read('/../outside')).rejects.toMatchObject({ code: 2 })
  await expect(read('../../../../../../etc/passwd')).rejects.toMatchObject({ code: 2 })
  await expect(answer<void>((done) => sftp.symlink('/etc/passwd', '/link', (error) => done(error)))).rejects.toMatchObject({ code: 8 })
  expect(await answer<string>((done) => sftp.realpath('/x/../../..', done))).toBe('/')
})

test('a folder of many files is listed whole', async () => {
  await mkdir(join(folder, 'root/many'))
  await Promise.all(Array.from({ length: 450 }, (_, at) => writeFile(join(folder, `root/many/${at}`), '')))
  expect(new Set(await names('/many')).size).toBe(450)
})

test('a wrong password does not log in', async () => {
  const stranger = new ssh2.Client()
  await expect(logIn('wrong', stranger)).rejects.toThrow(/authentication/i)
  stranger.end()
})

test('it is the same server after a restart', async () => {
  const again = await startPracticeServer({ ...options(), port: server.port })
  expect(again.fingerprint).toBe(server.fingerprint)
  expect(again.port).not.toBe(server.port) // taken by the first
  await again[Symbol.asyncDispose]()
})
