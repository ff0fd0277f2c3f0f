import { salesRegister } from '@drayage/core/testing/sales-register'
import { expect, test } from 'vitest'
import { startProxy } from '../servers/proxy.ts'
import { startRogueSsh } from '../servers/rogue-ssh.ts'
import type { Customer } from './harness/customer.ts'
import { type Scene, setScene } from './harness/scene.ts'
import { until } from './harness/until.ts'

const everySecond = { pollIntervalSeconds: 1, notificationEmails: [] }
const rounds = 6

/** Seconds from drop to archive of every file: each customer drops the next one when the one before is put away. */
async function carried(scene: Scene, customers: readonly Customer[], run: string): Promise<number[]> {
  const { owner } = scene.database
  const ofCustomer = async ({ ftpClientId, drop }: Customer) => {
    const seconds: number[] = []
    for (let round = 0; round < rounds; round++) {
      const fileName = `${run}-${round}.csv`
      const dropped = Date.now()
      await drop(fileName, salesRegister([{ number: `${run}-${round}` }]))
      const archived = async () => {
        const { rows } = await owner.query<{ at: Date }>(
          "select ended_at as at from transfers where ftp_client_id = $1 and file_name = $2 and state = 'archived'",
          [ftpClientId, fileName],
        )
        if (rows[0] === undefined) return false
        seconds.push((rows[0].at.getTime() - dropped) / 1000)
        return true
      }
      await until(archived)
    }
    return seconds
  }
  return (await Promise.all(customers.map(ofCustomer))).flat()
}

const p95 = (seconds: readonly number[]) => seconds.toSorted((a, b) => a - b)[Math.ceil(seconds.length * 0.95) - 1] ?? Number.NaN

test('a server that is silent, one that trickles and one that is down delay the files of nobody else by more than a second', async () => {
  await using scene = await setScene({ leaseMs: 15_000 })
  const healthy = await Promise.all(
    Array.from({ length: 10 }, (_, at) => scene.customer({ ...everySecond, maxSessions: 10, label: `${at}` })),
  )
  await scene.worker()
  await carried(scene, healthy, 'warm-up')
  const alone = await carried(scene, healthy, 'alone')

  await using silent = await startRogueSsh({ instead: '' })
  await using trickling = await startProxy({ port: scene.server.endpoint.port })
  await using down = await startProxy({ port: 1 })
  down.refuse = true
  // Fast enough to get in and to keep a transfer going for longer than this test takes.
  trickling.toxic = { bandwidth: 4_000 }
  const sick = await Promise.all(
    [silent.endpoint.port, trickling.port, down.port].flatMap((port) =>
      Array.from({ length: 10 }, () => scene.customer({ ...everySecond, port })),
    ),
  )
  const large = salesRegister(Array.from({ length: 3000 }, (_, at) => ({ number: `L${at}` })))
  for (const customer of sick) for (const name of ['a.csv', 'b.csv']) await customer.drop(name, large)
  const { owner } = scene.database
  const isTrickling = async () =>
    (await owner.query("select from transfers where ftp_client_id = any($1) and state = 'claimed'", [sick.map((one) => one.ftpClientId)]))
      .rows.length > 0
  await until(isTrickling, { withinMs: 90_000 })

  const beside = await carried(scene, healthy, 'beside')
  expect(beside).toHaveLength(alone.length)
  expect(p95(beside), `${p95(alone)} s alone`).toBeLessThanOrEqual(p95(alone) + 1)
  // They were sick all along.
  expect(await isTrickling()).toBe(true)
  const { rows } = await owner.query<{ archived: number }>(
    "select count(*)::int as archived from transfers where ftp_client_id = any($1) and state = 'archived'",
    [sick.map((one) => one.ftpClientId)],
  )
  expect(rows).toEqual([{ archived: 0 }])
})
