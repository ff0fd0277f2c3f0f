import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { notedDatabase } from '../testing/noted-database.ts'
import { listGstDocuments } from './documents.ts'
import { listGstPurchases } from './purchases.ts'

/** Many documents, of which one here and there is another one's, of another month, or taken back. */
const many = 20_000
const own = '27AAPFU0939F1ZV'
const other = '29AAGCB7383J1Z4'

let database: TestDatabase
let ctx: TestContext
const [workspaceId, quiet] = [newId(), newId()]
beforeAll(async () => {
  database = await testDatabase()
  const memberships = [workspaceId, quiet].map((id) => ({ workspaceId: id, role: 'workspace_admin' as const }))
  ctx = testContext({ database, actor: { kind: 'user', id: workspaceId, email: 'asha@example.com', operator: false, memberships } })
  await database.owner.query("insert into workspaces (id, name) values ($1, 'Loud'), ($2, 'Quiet')", [workspaceId, quiet])
  await fill({ documents: 'gst_documents', current: 'gst_current_documents', key: 'supplier_gstin' })
  await fill({ documents: 'gst_purchases', current: 'gst_current_purchases', key: 'supplier_key' })
})
afterAll(() => database[Symbol.asyncDispose]())

/** The nth document is deleted, cancelled or replaced where n ends in 3000, 5000 or 7000, and another's, early, where it does in 9000. */
async function fill(tables: { documents: string; current: string; key: string }): Promise<void> {
  const rare = "case when n % 10000 = 9000 then date '2024-04-02' else date '2026-06-01' + (n % 30) end"
  await database.owner.query(
    `insert into ${tables.documents} (workspace_id, id, transfer_id, financial_year, document_type, document_number, document_date, place_of_supply,
       supplier_gstin, customer_gstin, is_this_document_deleted, is_this_document_cancelled)
     select $1, (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid, $1, 2026, 'INVOICE', 'inv-' || n, ${rare}, '27',
       case when n % 10000 = 9000 then $3 else $2 end, case when n % 10000 = 9000 then $3 else $2 end, n % 10000 = 3000, n % 10000 = 5000
     from generate_series(1, ${many}) n`,
    [workspaceId, own, other],
  )
  await database.owner.query(
    `insert into ${tables.current} (workspace_id, number_key, ${tables.key}, financial_year, document_type, document_id)
     select workspace_id, upper(document_number), supplier_gstin, 2026, 'INVOICE', id from ${tables.documents}
     where document_number !~ '7000$'`,
  )
  await database.owner.query(`analyze ${tables.documents}, ${tables.current}`)
}

const lists = [
  { name: 'sales', documents: 'gst_documents', list: listGstDocuments },
  { name: 'purchases', documents: 'gst_purchases', list: listGstPurchases },
]

describe.each(lists)('of $documents', ({ documents, list }) => {
  test.each<[Record<string, unknown>, number]>([
    [{}, 50],
    [{ workspaceId }, 50],
    [{ gstin: own }, 50],
    [{ gstin: other }, 2],
    [{ gstin: own, period: '062026' }, 50],
    [{ gstin: other, period: '062026' }, 0],
    [{ period: '042024' }, 2],
    [{ number: 'INV-17' }, 1],
    [{ state: 'current' }, 50],
    [{ state: 'deleted' }, 2],
    [{ state: 'cancelled' }, 2],
    [{ state: 'deleted', gstin: own }, 2],
    [{ state: 'replaced', number: 'inv-7000' }, 1],
  ])('those of %o are found without looking at all the others', async (query, expected) => {
    const noted = notedDatabase(ctx.db)
    const { items } = await list.run({ ...ctx, db: noted.db }, query)
    expect(items).toHaveLength(expected)
    const plan = (await noted.plans([workspaceId, quiet])).join('\n')
    expect(plan).not.toContain(`Seq Scan on ${documents}`)
    const read = [...plan.matchAll(/(?:rows=|Rows Removed by (?:Filter|Join Filter): )(\d+)/g)].map(([, rows]) => Number(rows))
    expect(Math.max(...read)).toBeLessThan(1000)
  })
})

test('purchases are found by their supplier without looking at all the others', async () => {
  const noted = notedDatabase(ctx.db)
  expect((await listGstPurchases.run({ ...ctx, db: noted.db }, { supplierGstin: other })).items).toHaveLength(2)
  expect((await noted.plans(workspaceId)).join()).toContain('gst_purchases_supplier')
})
