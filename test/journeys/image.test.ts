import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { freePort } from '@drayage/db/embedded'
import { onServer, testServerVariable } from '@drayage/db/testing'
import { logInAsCustomer } from '@drayage/standalone/customer'
import { startPracticeServer } from '@drayage/standalone/practice-server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildImages, type Image } from '../image/build-image.ts'
import { type ComposeService, readCompose } from '../image/compose.ts'
import { startRelay, type TestRelay } from '../servers/smtp.ts'
import { register } from './harness/register.ts'

/** The images and the compose file, as far as they can be tried without an engine. */

const compose = readCompose()
const operator = { email: 'operator@example.com', password: 'correct horse battery staple' }
const soon = { timeout: 30_000, interval: 100 }
const isRoot = userInfo().uid === 0

let folder: string
let images: Map<string, Image>
let given: Record<string, string>
let url: string
let relay: TestRelay
const parts = new AsyncDisposableStack()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drayage-image-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  // The services run as somebody else.
  await chmod(folder, 0o755)
  await copyFile(process.execPath, join(folder, 'node'))
  images = await buildImages({ folder, targets: ['api', 'worker'] })

  const server = process.env[testServerVariable] ?? ''
  const database = `image_${randomBytes(8).toString('hex')}`
  await onServer(server, `create database ${database}`)
  parts.defer(() => onServer(server, `drop database ${database} with (force)`))
  relay = parts.use(await startRelay())
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  given = {
    ...{ HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: url, SMTP_URL: relay.url, EGRESS_ALLOW_CIDRS: '127.0.0.0/8' },
    BOOTSTRAP_PASSWORD: operator.password,
  }
  await keysFor(Object.assign(new URL(server), { pathname: `/${database}` }).href)
}, 180_000)
afterAll(() => parts.disposeAsync())

/** Runs the compose file's `keys`, and puts what it made where an engine would mount it. */
async function keysFor(databaseUrl: string): Promise<void> {
  const secrets = join(folder, 'secrets')
  await ended(start('keys', { argument: (text) => (text === '/secrets' ? secrets : text), asRoot: true }))
  await ended(start('keys', { argument: (text) => (text === '/secrets' ? secrets : text), asRoot: true }))
  expect((await stat(secrets)).mode & 0o777).toBe(0o700)
  expect((await readdir(secrets)).sort()).toEqual(Object.keys(compose.secrets).sort())
  for (const image of images.values()) {
    const mounted = join(image.root, 'run/secrets')
    await mkdir(mounted, { recursive: true })
    for (const name of await readdir(secrets)) await copyFile(join(secrets, name), join(mounted, name))
    await rm(join(mounted, 'database-url'))
    await writeFile(join(mounted, 'database-url'), databaseUrl, { mode: 0o444 })
  }
}

type Started = AsyncDisposable & { output(): string; exit: Promise<number | null>; stop(): Promise<number | null> }

/** A service of the compose file as a process: its command or its image's, its environment, its user. */
function start(name: string, how: { argument?: (text: string) => string; asRoot?: true } = {}): Started {
  const service = compose.services[name] as ComposeService
  const image = images.get(service.build?.target ?? '') as Image
  const [, ...args] = (service.command ?? image.command).map(how.argument ?? ((text) => text))
  const mounted = Object.entries(service.environment ?? {}).map(([setting, value]) => [
    setting,
    String(value).replace('/run/secrets', join(image.root, 'run/secrets')),
  ])
  const child = spawn(join(folder, 'node'), args, {
    cwd: join(image.root, image.workdir),
    env: { ...image.env, ...Object.fromEntries(mounted), ...given },
    ...(isRoot && how.asRoot === undefined && image.user),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes
    })
  }
  const exit = once(child, 'close').then(([code]) => code as number | null)
  const stop = () => {
    child.kill('SIGTERM')
    return exit
  }
  return { output: () => output, exit, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

async function ended(service: Started): Promise<void> {
  expect(await service.exit, service.output()).toBe(0)
}

/** What the API answers; nothing while it does not listen. */
async function status(path: string): Promise<number | undefined> {
  return fetch(url + path).then(
    (reply) => reply.status,
    () => undefined,
  )
}

type Json = { id: string } & Record<string, unknown>

async function call(line: string, { token, body }: { token?: string; body?: object } = {}): Promise<Json> {
  const [method, path] = line.split(' ') as [string, string]
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) }
  const reply = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${line}: ${text}`)
  return JSON.parse(text)
}

test('an API and two workers from their images, under a user who can write nothing of them, carry a file to its end', async () => {
  await ended(start('migrate'))
  await using api = start('api')
  await using first = start('worker')
  await using second = start('worker')
  await vi.waitFor(async () => expect(await status('/readyz'), api.output()).toBe(200), soon)
  for (const worker of [first, second]) {
    await vi.waitFor(() => expect(worker.output()).toContain('"sshCrypto":"native","msg":"worker: ready"'), soon)
  }

  const login = { username: 'erp', password: 'at the gate' }
  const root = join(folder, 'customer')
  await mkdir(join(root, 'erp'), { recursive: true })
  await using server = await startPracticeServer({ root, hostKeyFile: join(folder, 'host-key'), ...login, port: 0 })
  const practice = { host: '127.0.0.1', port: server.port, ...login }
  const token = String((await call('POST /v1/sessions', { body: operator })).accessToken)
  const { id: workspaceId } = await call('POST /v1/workspaces', { token, body: { name: 'Lotus Mills' } })
  await call(`PUT /v1/workspaces/${workspaceId}/licences/gst`, { token, body: { validUntil: '2099-01-01T00:00:00Z' } })
  const { id: ftpClientId } = await call('POST /v1/ftp-clients', {
    token,
    body: {
      ...{ workspaceId, product: 'gst', label: 'Tally', protocol: 'sftp', ...practice, baseDirectory: '/erp' },
      ...{ pollIntervalSeconds: 1, quietSeconds: 0 },
    },
  })
  const { id: connectionTestId } = await call('POST /v1/connection-tests', { token, body: { ftpClientId } })
  await vi.waitFor(
    async () => expect(await call(`GET /v1/connection-tests/${connectionTestId}`, { token })).toMatchObject({ status: 'passed' }),
    soon,
  )
  await call(`POST /v1/ftp-clients/${ftpClientId}/activate`, { token, body: { connectionTestId, acceptHostKey: server.fingerprint } })

  using customer = await logInAsCustomer(practice)
  await customer.drop('/erp/CLEARTAX/UPLOAD_SALES/INPUT/INIT/june.csv', Readable.from([register]))
  const results = '/erp/CLEARTAX/UPLOAD_SALES/OUTPUT/SUCCESS'
  await vi.waitFor(async () => expect(await customer.list(results)).toEqual(['june.csv']), soon)
  expect(String(await customer.get(`${results}/june.csv`))).toContain('INV-1')
  await vi.waitFor(() => expect(relay.taken.some(({ subject }) => subject.includes('june.csv'))).toBe(true), soon)
  expect([await first.stop(), await second.stop(), await api.stop()]).toEqual([0, 0, 0])
})

test('every service of ours has a read-only root, no capabilities and no way to more of them', () => {
  const ours = Object.entries(compose.services).filter(([, service]) => service.build !== undefined && service.profiles === undefined)
  expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker'])
  for (const [name, service] of ours) {
    expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    expect(images.get(service.build?.target ?? '')?.user, name).toEqual({ uid: 1000, gid: 1000 })
  }
})

test('nobody who runs a service holds the keys of another', () => {
  const held = Object.fromEntries(Object.entries(compose.services).map(([name, { secrets }]) => [name, secrets]))
  expect(held).toMatchObject({
    migrate: ['database-url'],
    api: ['database-url', 'secrets-keyring-public', 'api-keyring'],
    worker: ['database-url', 'secrets-keyring'],
  })
})
