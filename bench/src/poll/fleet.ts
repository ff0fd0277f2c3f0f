import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { generateKeyring, parseKeyring } from '@drayage/core/keyring'
import { makeSecrets } from '@drayage/core/secrets'
import { activeClient } from '@drayage/core/testing/active-client'
import { type TestContext, testContext, testSettings } from '@drayage/core/testing/context'
import { connect } from '@drayage/db/connect'
import { freePort, startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { type ServiceProcess, startService } from '@drayage/standalone/service-process'
import { type Look, type ManySsh, startManySsh } from '@drayage/test/servers/many-ssh'
import { workerFlags } from '@drayage/worker/node-flags'
import { prepareQueue } from '@drayage/worker/queue'
import pg from 'pg'
import type { Setting } from '../bench.ts'
import { profileFlags } from '../run-program.ts'

/** An installation whose clients are all idle, on servers that are well, dead, or accept connections and say nothing. */
export type Fleet = AsyncDisposable & {
  /** Makes clients, each a user of its own, in turn on each of the servers. @returns ids of those whose server is well */
  addClients(options: { count: number; intervalSeconds: number }): Promise<Set<string>>
  /** Nobody is looked at any more. */
  removeClients(): Promise<void>
  startWorker(
    name: string,
    options?: { settings?: Readonly<Record<string, string>>; nodeFlags?: readonly string[] },
  ): Promise<ServiceProcess>
  /** Looks that servers have seen since they were last asked; the user is the client. */
  looks(): Promise<Look[]>
  /** When each look was due that a worker took since it was last asked, by the machine's clock. */
  dues(): Promise<{ ftpClientId: string; due: number }[]>
}

const main = new URL(import.meta.resolve('@drayage/worker/main'))
const perProcess = 50

export async function openFleet(
  setting: Setting,
  { servers, dead, silent }: { servers: number; dead: number; silent: number },
): Promise<Fleet> {
  await using parts = new AsyncDisposableStack()
  const postgres = parts.use(await startEmbeddedPostgres({ dataDir: join(setting.workDir, 'postgres') }))
  await migrate({ url: postgres.url, after: prepareQueue })
  const owner = new pg.Pool({ connectionString: postgres.url, max: 2 })
  parts.defer(() => owner.end())
  await owner.query(`
    create table taken_looks (ftp_client_id uuid, due_at timestamptz);
    create function note_look() returns trigger language plpgsql security definer as $$
    begin
      insert into taken_looks values (old.ftp_client_id, old.due_at);
      return null;
    end $$;
    create trigger note_look after update of due_at on poll_schedule for each row when (old.due_at <= clock_timestamp()) execute function note_look();`)

  const well = servers - dead - silent
  const processes: ManySsh[] = []
  for (let left = well; left > 0; left -= perProcess) processes.push(parts.use(await startManySsh({ servers: Math.min(left, perProcess) })))
  const endpoints = processes.flatMap((process) => process.endpoints)
  const [pattern] = endpoints
  if (pattern === undefined) throw new Error('a fleet needs a server that is well')
  const silentPorts = await Promise.all(Array.from({ length: silent }, () => listenInSilence(parts)))
  const deadPorts = await Promise.all(Array.from({ length: dead }, () => freePort(0)))
  const places = [
    ...endpoints.map(({ port }) => ({ port, well: true })),
    ...[...silentPorts, ...deadPorts].map((port) => ({ port, well: false })),
  ]

  const keyring = generateKeyring()
  const db = parts.use(connect({ url: postgres.url, role: 'drayage_worker', connections: 4 }))
  const database = { as: () => db } as unknown as Parameters<typeof testContext>[0]['database']
  const ctx: TestContext = testContext({ database, secrets: makeSecrets(parseKeyring(keyring)) })
  const logs = join(setting.workDir, 'logs')
  await mkdir(logs)
  const running = parts.move()
  return {
    addClients: async ({ count, intervalSeconds }) => {
      const ids = new Set<string>()
      const rest = Array.from({ length: count }, (_, at) => at).values()
      const { host, password, trustedHostKeys } = pattern
      const lane = async () => {
        for (const at of rest) {
          const place = places[at % places.length]
          if (place === undefined) return
          const client = await activeClient(ctx, {
            ...{ host, port: place.port, username: `user ${at}`, password, trustedHostKeys: [...trustedHostKeys] },
            ...{ pollIntervalSeconds: intervalSeconds, notificationEmails: [] },
          })
          await owner.query('update ftp_clients set username = id::text where id = $1', [client.ftpClientId])
          if (place.well) ids.add(client.ftpClientId)
        }
      }
      await Promise.all([lane(), lane(), lane(), lane()])
      // As clients that were activated at some time or other.
      await owner.query("update poll_schedule set due_at = clock_timestamp() + random() * interval_seconds * interval '1 s'")
      await owner.query('analyze')
      return ids
    },
    removeClients: async () => {
      await owner.query('delete from poll_schedule')
    },
    startWorker: (name, { settings = {}, nodeFlags: more = [] } = {}) => {
      const logFile = join(logs, `${name}.log`)
      const env = {
        ...process.env,
        DATABASE_URL: postgres.url,
        SECRETS_KEYRING: keyring,
        SMTP_URL: 'smtp://127.0.0.1:9',
        MAIL_FROM: testSettings.mailFrom,
        ENVIRONMENT: testSettings.environment,
        EGRESS_ALLOW_CIDRS: '127.0.0.0/8',
        LOG_LEVEL: 'warn',
        ...settings,
      }
      const nodeFlags = [...workerFlags, ...more, ...profileFlags(setting.profileDir, name)]
      const onCrash = (message: string) => setting.tell(`${message}\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
      return startService({ name: 'worker', main, env, nodeFlags, compiledDir: join(setting.workDir, 'compiled'), logFile, onCrash })
    },
    looks: async () => (await Promise.all(processes.map((process) => process.looks()))).flat(),
    dues: async () => {
      const { rows } = await owner.query<{ id: string; due: Date }>('delete from taken_looks returning ftp_client_id as id, due_at as due')
      return rows.map(({ id, due }) => ({ ftpClientId: id, due: due.getTime() }))
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function listenInSilence(parts: AsyncDisposableStack): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  parts.defer(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as { port: number }).port
}
