import { salesRegister } from '@drayage/core/testing/sales-register'
import { expect, test } from 'vitest'
import { atRest } from './harness/at-rest.ts'
import { outcomeOf } from './harness/outcome.ts'
import { setScene } from './harness/scene.ts'
import { timePasses } from './harness/time-passes.ts'
import { until } from './harness/until.ts'

test('a file that ends three workers is set aside and told of, and the others go on', async () => {
  await using scene = await setScene({ leaseMs: 1000 })
  const customer = await scene.customer()
  const { owner } = scene.database
  const poison = salesRegister([{ number: 'P1' }])
  await customer.drop('poison.csv', poison)
  for (let crash = 0; crash < 3; crash++) {
    const worker = scene.victim(customer, { at: 'midway copy 1', signal: 'SIGKILL' })
    expect(await worker.ended()).toBe('SIGKILL')
    await until(async () => (await owner.query('select from transfers where lease_until < now()')).rows.length === 1)
  }

  await customer.drop('good.csv', salesRegister([{ number: 'G1' }]))
  await timePasses(scene.database)
  await scene.worker()
  await atRest(scene)
  const { files, ...outcome } = await outcomeOf(scene, customer)
  expect(outcome).toMatchObject({
    ledgers: [
      ['seen', 'claiming', 'claimed', 'fetched', 'quarantined'],
      ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived'],
    ],
    attempts: [3, 0],
    documents: 1,
    letters: ['[sandbox] poison.csv: set aside, please look at it (GST, SAP)'],
  })
  expect(Object.keys(files)).toEqual([
    'UPLOAD_SALES/INPUT/FAILED/poison.csv',
    'UPLOAD_SALES/INPUT/PROCESSED/good.csv',
    'UPLOAD_SALES/OUTPUT/SUCCESS/good.csv',
  ])
  expect(files['UPLOAD_SALES/INPUT/FAILED/poison.csv']).toBe(poison)
})
