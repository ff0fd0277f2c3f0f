import { salesRegister } from '@drayage/core/testing/sales-register'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atRest } from './harness/at-rest.ts'
import type { Customer } from './harness/customer.ts'
import { type Scene, setScene } from './harness/scene.ts'

/** Two registers with the same documents, dropped together for two workers, by several customers. */

const numbers = Array.from({ length: 40 }, (_, at) => `INV-${at + 1}`)
const one = salesRegister(numbers.map((number) => ({ number, lines: 3, amount: 100, item: 'One' })))
const other = salesRegister(numbers.toReversed().map((number) => ({ number, lines: 2, amount: 200, item: 'Other' })))
const linesOf: Readonly<Record<string, number>> = { One: 3, Other: 2 }

let scene: Scene
let customers: Customer[]
beforeAll(async () => {
  scene = await setScene({ leaseMs: 5000 })
  customers = await Promise.all(Array.from({ length: 6 }, () => scene.customer({ mailPolicy: 'always' })))
  for (const customer of customers) await Promise.all([customer.drop('one.csv', one), customer.drop('other.csv', other)])
  await Promise.all([scene.worker(), scene.worker()])
  await atRest(scene, { withinMs: 120_000 })
}, 170_000)
afterAll(() => scene[Symbol.asyncDispose]())

test('the later transfer holds every document, whole', async () => {
  for (const { workspaceId } of customers) {
    const transfers = await rows<{ id: string; item: string }>(
      workspaceId,
      `select id, initcap(split_part(file_name, '.', 1)) as item from transfers where workspace_id = $1 order by id`,
    )
    const later = transfers.at(-1)
    const documents = await rows(
      workspaceId,
      `select d.transfer_id, array_agg(distinct l.item_description) as items, count(*)::int as lines
       from gst_current_documents c
       join gst_documents d on d.workspace_id = c.workspace_id and d.id = c.document_id
       join gst_document_lines l on l.workspace_id = d.workspace_id and l.document_id = d.id
       where c.workspace_id = $1 group by d.id, d.transfer_id`,
    )
    const whole = { transfer_id: later?.id, items: [later?.item], lines: linesOf[later?.item ?? ''] }
    expect(documents).toEqual(numbers.map(() => whole))
  }
})

test('both files are answered in full, without a try that failed', async () => {
  for (const { workspaceId } of customers) {
    const transfers = await rows(
      workspaceId,
      `select state, attempts, failures, last_fault, (outcome ->> 'accepted')::int as accepted from transfers where workspace_id = $1 order by file_name`,
    )
    const done = { state: 'archived', attempts: 0, failures: 0, last_fault: null }
    expect(transfers).toEqual([
      { ...done, accepted: 120 },
      { ...done, accepted: 80 },
    ])
  }
  expect(scene.relay.taken.map(({ subject }) => subject).filter((subject) => subject.includes('attention'))).toEqual([])
})

async function rows<Row>(workspaceId: string, text: string): Promise<Row[]> {
  return (await scene.database.owner.query(text, [workspaceId])).rows as Row[]
}
