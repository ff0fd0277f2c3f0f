import { readdir, readFile } from 'node:fs/promises'
import { newId } from '@drayage/core/id'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Customer } from './harness/customer.ts'
import { inParallel } from './harness/in-parallel.ts'
import { type Scene, setScene } from './harness/scene.ts'
import { until } from './harness/until.ts'

/**
 * The files of a night exactly once, wherever their worker is killed: at each of these moments a real worker process dies by
 * SIGKILL, and deployed ones that know nothing of it carry on from the database, over a real server.
 */

const kinds = ['enquiries', 'users']
const effects = [
  ...['commit of lease of exports', 'commit of export 1', 'commit of export 2', 'commit of export 3', 'commit of export 4'],
  ...['commit of export 5', 'commit of export 6', 'commit of export 7'],
  ...kinds.flatMap((folder) => [`write in ${folder} 1`, `move to ${folder} 1`]),
]
const moments = [...effects.flatMap((what) => [`before ${what}`, `after ${what}`]), ...kinds.map((folder) => `midway write in ${folder} 1`)]

let scene: Scene
let reached: string[]
let whole: Record<string, string>
const killed = new Map<string, Customer>()
beforeAll(async () => {
  scene = await setScene({ leaseMs: 5000 })
  const unharmed = await broker()
  const victim = scene.victim(unharmed, undefined, { job: 'exports' })
  await victim.ended()
  reached = victim.moments
  whole = await filesOf(unharmed)
  await inParallel(moments, { atOnce: 3 }, async (moment) => {
    const customer = await broker()
    killed.set(moment, customer)
    expect(await scene.victim(customer, { at: moment, signal: 'SIGKILL' }, { job: 'exports' }).ended(), moment).toBe('SIGKILL')
  })
  await Promise.all([scene.worker(), scene.worker(), scene.worker()])
  const open = `select (select count(*)::int from export_schedule where next_night = '2026-01-02' or lease_holder is not null)
    + (select count(*)::int from export_files where delivered_at is null) as open`
  await until(async () => (await scene.database.owner.query(open)).rows[0].open === 0, { withinMs: 240_000 })
}, 600_000)
afterAll(() => scene[Symbol.asyncDispose]())

test('a night that nobody disturbs has one file of each kind', () => {
  expect(Object.keys(whole)).toEqual([
    expect.stringMatching(/^enquiries\/[\d-]{19}\.csv$/),
    expect.stringMatching(/^users\/[\d-]{19}\.csv$/),
  ])
  expect(Object.values(whole).map((text) => text.split('\r\n').length)).toEqual([3, 4])
})

test('the matrix leaves no moment out at which something had changed', () => {
  const asks = /^(before|after) (log-in|list|stat|read)/
  expect(reached.filter((moment) => !asks.test(moment)).toSorted()).toEqual(moments.toSorted())
})

test.each(moments)('a worker killed %s makes no difference in the end', async (moment) => {
  expect(await filesOf(killed.get(moment) as Customer)).toEqual(whole)
})

/** A broker with two sign-ups and an enquiry of days ago, whose night is due. */
async function broker(): Promise<Customer> {
  const customer = await scene.customer({ product: 'ratebooks', timeZone: 'Europe/London', maxSessions: 10 })
  const { workspaceId, ftpClientId } = customer
  const { owner } = scene.database
  const at = '2026-01-01T12:00:00Z'
  for (const userId of ['1', '2']) {
    await owner.query(
      `insert into sign_ups (workspace_id, id, user_id, given_name, family_name, email, terms_agreed, marketing_email_consent,
         marketing_sms_consent, internal_user, registered_at, created_at)
       values ($1, $2, $3, 'Asha', 'Rao', 'asha@example.com', true, true, true, false, $4, $4)`,
      [workspaceId, newId(), userId, at],
    )
  }
  await owner.query(
    `insert into enquiries (workspace_id, id, quote_ref, employee, terms_agreed, contact_consent, enquired_at, created_at)
     values ($1, $2, 66953, 'Asha Rao', true, false, $3, $3)`,
    [workspaceId, newId(), at],
  )
  await owner.query("update export_schedule set next_night = '2026-01-02' where ftp_client_id = $1", [ftpClientId])
  return customer
}

/** Hidden ones as well, by their paths in `exports/`. */
async function filesOf({ layout }: Customer): Promise<Record<string, string>> {
  const paths = (
    await Promise.all(kinds.map(async (kind) => (await readdir(layout.path(`exports/${kind}`))).map((name) => `${kind}/${name}`)))
  ).flat()
  const texts = await Promise.all(paths.map(async (path) => [path, await readFile(layout.path(`exports/${path}`), 'utf8')]))
  return Object.fromEntries(texts)
}
