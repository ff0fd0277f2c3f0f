import type { TestDatabase } from '@drayage/db/testing'
import { afterFailure } from '../../../../services/worker/src/errors.ts'
import type { Actor } from '../access/actor.ts'
import { newId } from '../id.ts'
import { createEnquiry } from '../ratebooks/enquiries.ts'
import { createSignUp } from '../ratebooks/sign-ups.ts'
import { type ActiveClient, type ActiveClientFields, activeClient } from '../testing/active-client.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { poolOf } from '../transfers/haul.fixture.ts'
import type { WorkerOptions } from '../transfers/run.ts'
import { runExports } from './run-exports.ts'

/** A broker with a server in memory, whose site records sign-ups and enquiries. */
export type Broker = {
  /** Of the worker; its clock is the broker's. */
  ctx: TestContext
  admin: TestContext
  client: ActiveClient
  /** Records somebody at this time, as by an API client. */
  signUp(userId: string, at: string, fields?: object): Promise<void>
  enquire(quoteRef: number, at: string, fields?: object): Promise<void>
  /** What a worker does for the client at this time. */
  work(at: string, as?: { ctx?: TestContext; worker?: Partial<WorkerOptions> }): Promise<void>
  /** Files in `exports/`, by their path below it. */
  files(): Record<string, string>
}

/** In London, with nights at 02:00; that of 15 July was seen to already. */
export async function openBroker(database: TestDatabase, fields: ActiveClientFields = {}): Promise<Broker> {
  // No lease is renewed while a test lasts: it says itself when one runs out.
  const settings = { leaseMs: 300_000 }
  const ctx = testContext({
    settings,
    database: { ...database, as: (role) => poolOf(database, role) },
    now: new Date('2026-07-15T09:00:00Z'),
  })
  ctx.log.error = (told, message) => console.error(message, told)
  const client = await activeClient(ctx, { product: 'ratebooks', timeZone: 'Europe/London', ...fields })
  const { workspaceId, ftpClientId, row } = client
  const root = ctx.server.open()
  for (const folder of ['/data', ...client.layout.folders]) await root.makeDirectory(folder)
  const actor: Actor = {
    kind: 'user',
    id: newId(),
    email: 'admin@example.com',
    operator: false,
    memberships: [{ workspaceId, role: 'workspace_admin' }],
  }
  const admin = ctx.as(actor)
  const cameAt = async (table: string, id: string, at: string) => {
    await database.owner.query(`update ${table} set created_at = $2 where id = $1`, [id, at])
  }
  const below = `${row.baseDirectory}/exports/`
  const broker: Broker = {
    ctx,
    admin,
    client,
    signUp: async (userId, at, more = {}) => {
      const person = { userId, givenName: 'Asha', familyName: 'Rao', email: 'asha@example.com', termsAgreed: true, registeredAt: at }
      const { id } = await createSignUp.run(admin, { workspaceId, ...person, ...more })
      await cameAt('sign_ups', id, at)
    },
    enquire: async (quoteRef, at, more = {}) => {
      const asked = { quoteRef, employee: 'Asha Rao', termsAgreed: true, enquiredAt: at }
      const { id } = await createEnquiry.run(admin, { workspaceId, ...asked, ...more })
      await cameAt('enquiries', id, at)
    },
    work: async (at, as = {}) => {
      const { ctx: its = ctx, worker = {} } = as
      ctx.clock.now = new Date(at)
      await runExports(its, { workspaceId, ftpClientId }, { ...someWorker(), ...worker })
    },
    files: () => {
      const paths = ctx.server.paths().filter((path) => path.startsWith(below))
      return Object.fromEntries(paths.map((path) => [path.slice(below.length), String(ctx.server.get(path))]))
    },
  }
  await broker.work('2026-07-15T09:00:00Z')
  return broker
}

/** The first cell of each record of these files: its user or quote. */
export function recordsIn(files: Record<string, string>): string[] {
  return Object.values(files).flatMap((text) => {
    const [, ...lines] = text.split('\r\n')
    return lines.filter((line) => line !== '').map((line) => line.split(',', 1)[0] ?? '')
  })
}

let workers = 0

function someWorker(): WorkerOptions {
  return { worker: `exporter-${++workers}`, signal: new AbortController().signal, afterFailure }
}
