import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testContext } from '../testing/context.ts'
import { readHeader } from './header.ts'
import { listProducts } from './list-products.ts'
import { products } from './products/registry.ts'
import { readCsv } from './read-csv.ts'
import { readColumnGuide, readTemplate } from './template.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const csv = { delimiter: ',', quote: '"' }
const actions = products.flatMap((product) =>
  product.actions.flatMap((action) => {
    const forms = action.forms?.all.map(({ key, columns }) => ({ form: key, columns })) ?? [{ columns: action.columns }]
    return forms.map(
      (each) => [product.key, [action.key, ...('form' in each ? [each.form] : [])].join(' '), { action: action.key, ...each }] as const,
    )
  }),
)
/** Anybody who said who they are, here somebody without a workspace. */
const somebody = () =>
  testContext({ database, actor: { kind: 'user', id: database.url, email: 'new@example.com', operator: false, memberships: [] } })

async function records(bytes: AsyncIterable<Buffer>): Promise<(readonly string[])[]> {
  const found: (readonly string[])[] = []
  for await (const batch of readCsv(bytes, { csv })) found.push(...batch.records)
  return found
}

test('every product is shown with its actions, folders and columns', async () => {
  const { items } = await listProducts.run(somebody(), {})
  expect(items.map(({ key }) => key)).toEqual(products.map(({ key }) => key))
  const [uploadSales] = items.find(({ key }) => key === 'gst')?.actions ?? []
  expect(uploadSales).toMatchObject({
    key: 'upload_sales',
    folders: {
      inboxes: [{ folder: 'CLEARTAX/UPLOAD_SALES/INPUT/INIT', mode: 'live' }],
      done: 'CLEARTAX/UPLOAD_SALES/INPUT/PROCESSED',
      outputs: expect.arrayContaining([{ kind: 'upload_error', folder: 'CLEARTAX/UPLOAD_SALES/OUTPUT/UPLOAD_ERROR' }]),
    },
    outputs: ['success', 'upload_error'],
  })
  expect(uploadSales?.columns).toHaveLength(65)
  expect(uploadSales?.columns[1]).toEqual({
    header: 'Document Number',
    aliases: ['Invoice Number', 'Invoice No', 'Document No'],
    required: true,
    help: expect.any(String),
  })
})

test.each(actions)('%s %s: the template is a header line that is read without a word', async (product, key, { columns, ...named }) => {
  const { bytes, ...facts } = await readTemplate.run(somebody(), { product, ...named })
  expect(facts).toMatchObject({ name: `${product}-${key.replace(' ', '-')}-template.csv`, contentType: 'text/csv' })
  const [header = [], ...more] = await records(bytes)
  expect(more).toEqual([])
  const { positions, notices, extras } = readHeader(header, { columns, csv })
  expect(positions).toEqual(columns.map((_, at) => at))
  expect([notices, extras]).toEqual([[], []])
})

test.each(actions)('%s %s: the guide explains every column', async (product, _, { columns, ...named }) => {
  const { bytes } = await readColumnGuide.run(somebody(), { product, ...named })
  const [, ...lines] = await records(bytes)
  expect(lines.map(([header]) => header)).toEqual(columns.map(({ header }) => header))
  expect(lines.filter(([, , , help]) => help === '')).toEqual([])
})

test('an action that there is not has no template', async () => {
  await expect(readTemplate.run(somebody(), { product: 'gst', action: 'upload_gold' })).rejects.toMatchObject({ code: 'action.unknown' })
})
