import { readFile } from 'node:fs/promises'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { expect, test } from 'vitest'
import { startOpenSsh } from '../servers/openssh.ts'
import { atRest } from './harness/at-rest.ts'
import { countConnections } from './harness/connection-count.ts'
import { newCustomer } from './harness/customer.ts'
import { readEagerly } from './harness/eager-reader.ts'
import { outcomeOf } from './harness/outcome.ts'
import { setScene } from './harness/scene.ts'

const life = ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']
const results = ['UPLOAD_SALES/OUTPUT/SUCCESS', 'UPLOAD_SALES/OUTPUT/UPLOAD_ERROR']

test('four workers, forty clients on ten servers, four hundred files: each once, each result whole, and no server has more sessions than it may', async () => {
  await using scene = await setScene({ leaseMs: 15_000 })
  await using stack = new AsyncDisposableStack()
  const sites = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const connections = countConnections()
      const server = stack.use(await startOpenSsh({ settings: ['LogLevel VERBOSE'], onLine: connections.onLine }))
      return { server, connections }
    }),
  )
  // All four of a server are the same user there, and so share its sessions.
  const customers = await Promise.all(
    sites.flatMap(({ server }) => Array.from({ length: 4 }, () => newCustomer(scene.ctx, server, { notificationEmails: [] }))),
  )
  const names = Array.from({ length: 10 }, (_, at) => `F${at}`)
  const register = (name: string) =>
    salesRegister([
      { number: `${name}-1`, lines: 2 },
      { number: `${name}-2`, bad: true },
    ])
  for (const customer of customers) for (const name of names) await customer.drop(`${name}.csv`, register(name))

  const reader = readEagerly(customers.flatMap(({ layout }) => results.map((folder) => layout.path(folder))))
  await Promise.all([scene.worker(), scene.worker(), scene.worker(), scene.worker()])
  await atRest(scene, { withinMs: 300_000 })
  const seen = await reader.stop()

  for (const { connections } of sites) {
    expect(connections.most()).toBe(2)
    expect(connections.now()).toBeLessThanOrEqual(2)
  }
  for (const customer of customers) {
    expect(await outcomeOf(scene, customer)).toMatchObject({
      ledgers: names.map(() => life),
      attempts: names.map(() => 0),
      documents: 10,
      lines: 20,
      stored: 30,
    })
  }
  expect(seen.size).toBe(800)
  for (const [path, content] of seen) expect(content, path).toBe(await readFile(path, 'utf8'))
  const { rows } = await scene.database.owner.query(
    "select count(distinct worker)::int as workers from transfer_ledger where state = 'claimed'",
  )
  expect(rows[0].workers).toBe(4)
})
