import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { holdDataFolder } from './data-folder.ts'
import { keptFile } from './kept-file.ts'
import { startService } from './service-process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drayage-service-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function start(name: string, source: string) {
  const main = join(folder, `${name}.mjs`)
  const logFile = join(folder, `${name}.log`)
  await writeFile(main, source)
  const crashes: string[] = []
  const service = await startService({
    name,
    main: pathToFileURL(main),
    env: { ...process.env, GREETING: 'hello' },
    compiledDir: join(folder, 'compiled'),
    logFile,
    onCrash: (message) => crashes.push(message),
  })
  onTestFinished(() => service[Symbol.asyncDispose]())
  return { service, crashes, log: () => readFile(logFile, 'utf8') }
}

const untilAsked = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => {}, 1000);`

test('what Node made of its modules is kept', async () => {
  const { service } = await start('compiler', `${untilAsked} process.send('ready')`)
  await service[Symbol.asyncDispose]()
  expect(await readdir(join(folder, 'compiled'))).not.toEqual([])
})

test('it is ready when it says so, writes to its log, and ends when asked', async () => {
  const { service, log } = await start('worker', `${untilAsked} console.log(process.env.GREETING); process.send('ready')`)
  await vi.waitFor(async () => expect(await log()).toBe('hello\n'))
  await service[Symbol.asyncDispose]()
  expect(await log()).toBe('hello\nbye\n')
})

test('one that crashes is told about and started again', async () => {
  const { service, crashes } = await start('crasher', `${untilAsked} process.send('ready')`)
  const first = service.pid()
  process.kill(first ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(crashes).toMatchObject([expect.stringContaining('The crasher ended unexpectedly (SIGKILL)')]))
  await vi.waitFor(() => expect(service.pid()).not.toBe(first), { timeout: 5000 })
})

test('one that cannot start says why', async () => {
  await expect(start('broken', `console.error('PORT is not a whole number'); process.exit(1)`)).rejects.toThrow(
    'The broken did not start:\nPORT is not a whole number',
  )
})

test('a data folder that a dead process held is free', async () => {
  const path = join(folder, 'data')
  await using _ = await holdDataFolder(path)
  await writeFile(join(path, 'standalone.pid'), '999999999')
  await using _again = await holdDataFolder(path)
})

test('a kept file is made once and private', async () => {
  const path = join(folder, 'keys', 'password')
  expect(await keptFile(path, () => 'first')).toBe('first')
  expect(await keptFile(path, () => 'second')).toBe('first')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})
