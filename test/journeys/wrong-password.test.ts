import { expect, test } from 'vitest'
import { startRogueSsh } from '../servers/rogue-ssh.ts'
import { setScene } from './harness/scene.ts'
import { timePasses } from './harness/time-passes.ts'
import { until } from './harness/until.ts'

test('a wrong password is tried once by however many workers, and its people get one mail that says what to do', async () => {
  await using scene = await setScene({ leaseMs: 15_000 })
  await using server = await startRogueSsh()
  const { port, username, trustedHostKeys } = server.endpoint
  const customer = await scene.customer({
    ...{ port, username, password: 'changed since', privateKey: undefined, trustedHostKeys: [...trustedHostKeys] },
    pollIntervalSeconds: 1,
  })
  const { owner } = scene.database
  await Promise.all([scene.worker(), scene.worker(), scene.worker()])
  await until(
    async () => (await owner.query("select from ftp_client_attentions where stops and code = 'remote.login_refused'")).rows.length === 1,
  )
  const isTold = () => scene.relay.taken.some(({ to }) => to.includes(customer.row.notificationEmails[0] ?? ''))
  await until(isTold, { meanwhile: () => timePasses(scene.database) })
  expect(server.logIns.filter(({ method }) => method === 'password')).toEqual([{ method: 'password', password: 'changed since' }])
  expect((await owner.query('select from poll_schedule')).rows).toEqual([])
  expect(scene.relay.taken).toHaveLength(1)
  expect(scene.relay.taken[0]?.subject).toContain('attention')
})
