import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { commandLineOf } from './command-line.ts'
import { startEmbeddedPostgres } from './embedded.ts'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'drayage-embedded-'))
})
afterAll(() => rm(dataDir, { recursive: true }))

async function ask(url: string, text: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

test('it keeps its data over a kill and a restart, on the same port', async () => {
  await using postgres = await startEmbeddedPostgres({ dataDir })
  await ask(postgres.url, 'create table kept as select 1 as one')
  await postgres.kill()
  await expect(ask(postgres.url, 'select 1')).rejects.toThrow()
  await postgres.restart()
  expect(await ask(postgres.url, 'select * from kept')).toEqual([{ one: 1 }])
})

test('one that a killed owner left behind is ended, and its data taken over', async () => {
  const owner = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `const { startEmbeddedPostgres } = await import(${JSON.stringify(new URL('./embedded.ts', import.meta.url).href)})
     await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, detached: true })
     console.log('ready')
     setInterval(() => {}, 1000)`,
  ])
  await once(owner.stdout, 'data')
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  await using postgres = await startEmbeddedPostgres({ dataDir })
  expect(await ask(postgres.url, 'select * from kept')).toEqual([{ one: 1 }])
})

// Elsewhere they cannot be told from others.
test.skipIf(!existsSync('/proc/self'))('processes that outlive a killed server are waited for', async () => {
  await using postgres = await startEmbeddedPostgres({ dataDir })
  const client = new pg.Client({ connectionString: postgres.url })
  client.on('error', () => {})
  await client.connect()
  const outliving: number = (await client.query('select pg_backend_pid() as pid')).rows[0].pid
  process.kill(outliving, 'SIGSTOP')
  await postgres.kill()
  const restarted = postgres.restart()
  const isAnother = async () => (await serversOn(dataDir)).some((pid) => pid !== outliving)
  try {
    // One that was started, and is gone again: there was no way round the other one.
    await vi.waitUntil(isAnother, { interval: 5, timeout: 9000 })
    await vi.waitUntil(async () => !(await isAnother()), { interval: 5, timeout: 9000 })
  } finally {
    process.kill(outliving, 'SIGCONT')
  }
  await restarted
  expect(await ask(postgres.url, 'select * from kept')).toEqual([{ one: 1 }])
})

async function serversOn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  return pids.filter((pid) => commandLineOf(pid)?.includes(folder) && pid !== process.pid)
}
