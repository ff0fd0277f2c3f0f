import { salesRegister } from '@drayage/core/testing/sales-register'
import { expect, test } from 'vitest'
import { atRest } from './harness/at-rest.ts'
import { copiesOf, outcomeOf } from './harness/outcome.ts'
import { setScene } from './harness/scene.ts'

const life = ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']

test('three workers share thirty files: each file is worked on once', async () => {
  await using scene = await setScene({ leaseMs: 5000 })
  const customers = await Promise.all(Array.from({ length: 3 }, () => scene.customer()))
  const register = (name: string) =>
    salesRegister([{ number: `${name}-1`, lines: 2 }, { number: `${name}-2` }, { number: `${name}-3`, bad: true }])
  const names = Array.from({ length: 10 }, (_, at) => `F${at}`)
  for (const customer of customers) for (const name of names) await customer.drop(`${name}.csv`, register(name))
  await Promise.all([scene.worker(), scene.worker(), scene.worker()])
  await atRest(scene, { withinMs: 120_000 })

  for (const customer of customers) {
    const outcome = await outcomeOf(scene, customer)
    expect(outcome).toMatchObject({ ledgers: names.map(() => life), attempts: names.map(() => 0), documents: 20, lines: 30, stored: 30 })
    const folders = ['INPUT/PROCESSED', 'OUTPUT/SUCCESS', 'OUTPUT/UPLOAD_ERROR']
    const paths = folders.flatMap((folder) => names.map((name) => `UPLOAD_SALES/${folder}/${name}.csv`))
    expect(Object.keys(outcome.files)).toEqual(paths)
    expect(outcome.letters).toHaveLength(10)
    expect(copiesOf(scene, customer)).toBe(10)
  }
  const { rows } = await scene.database.owner.query(
    "select count(distinct worker)::int as workers from transfer_ledger where state = 'claimed'",
  )
  expect(rows[0].workers).toBeGreaterThan(1)
})
