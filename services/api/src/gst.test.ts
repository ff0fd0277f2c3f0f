import { createHash } from 'node:crypto'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import { setLicence } from '@drayage/core/workspaces/licences'
import { afterFailure } from '@drayage/worker/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask } from './graphql/graphql.fixture.ts'
import { type TestApi, testApi } from './testing.ts'

let api: TestApi
let home: TestWorkspace
let token: string
beforeAll(async () => {
  api = await testApi()
  home = await testWorkspace(api.ctx)
  token = await api.logIn(home.admin)
  await setLicence.run(home.operator, { workspaceId: home.workspaceId, product: 'gst', validUntil: '2999-01-01T00:00:00Z' })
})
afterAll(() => api[Symbol.asyncDispose]())

const send = async (action: string, fileName: string, body: string): Promise<string> => {
  const line = `POST /v1/imports?workspaceId=${home.workspaceId}&product=gst&action=${action}&fileName=${fileName}`
  const { id } = (await api.call(line, { token, body, headers: { 'content-type': 'text/csv' } })).json()
  const options = { worker: 'a worker', signal: new AbortController().signal, afterFailure }
  await runTransfer(api.ctx, { workspaceId: home.workspaceId, transferId: id }, options)
  return id
}
const get = (path: string) => api.call(`GET ${path}`, { token })

test('a return is given as its transfer’s result file has it, and what it holds, over both transports', async () => {
  const { workspaceId } = home
  const gstin = '27AAPFU0939F1ZV'
  const at = `/v1/gst/returns/${gstin}/062025`
  const none = await get(`${at}/gstr1.json?workspaceId=${workspaceId}`)
  expect(none.json()).toMatchObject({ status: 404, code: 'gst_return.not_found' })

  await send('upload_gstr1_section', `${gstin}_GOVT_GSTR1_B2CS_062025_x.csv`, 'Type,Place Of Supply,Rate,Taxable Value\nOE,29,18,100.5\n')
  const transferId = await send('generate_gstr1', 'june.csv', `GSTIN,Return Period\n${gstin},062025\n`)
  const output = await get(`/v1/transfers/${transferId}/outputs/success`)
  const file = await get(`${at}/gstr1.json?workspaceId=${workspaceId}`)
  expect(file.body).toBe(output.body)
  expect(file.body).toContain('"b2cs":[{"sply_ty":"INTER","rt":18,"typ":"OE","pos":"29","txval":100.5,"iamt":18.09,"csamt":0}]')
  expect(file.headers).toMatchObject({
    'content-type': 'application/json',
    'repr-digest': `sha-256=:${createHash('sha256').update(file.body).digest('base64')}:`,
  })
  expect(file.headers['content-disposition']).toContain(`${gstin}_062025_GSTR1.json`)

  const section = { section: 'B2CS', table: '7', source: 'section_files', entries: 1, taxableValue: '100.50', igst: '18.09', cgst: '0.00' }
  const summary = await get(`${at}?workspaceId=${workspaceId}`)
  expect(summary.json()).toMatchObject({ workspaceId, gstin, period: '062025', transferId, sections: [section] })
  const query = `query ($w: ID!) { gstReturn(workspaceId: $w, gstin: "${gstin}", period: "062025") { transferId sections { section taxableValue } } }`
  const answer = await ask(api, query, { token, variables: { w: workspaceId } })
  expect(answer.data).toMatchObject({ gstReturn: { transferId, sections: [{ section: 'B2CS', taxableValue: '100.50' }] } })
})

test('documents are found by GSTIN, period, number and state, with their lines and where they came from', async () => {
  const { workspaceId } = home
  await send('upload_sales', 'one.csv', salesRegister([{ number: 'A1', lines: 2 }, { number: 'A2' }]))
  const transferId = await send('upload_sales', 'two.csv', salesRegister([{ number: 'A1', amount: 300 }]))
  const numbers = async (narrowed: string) =>
    (await get(`/v1/gst/documents?workspaceId=${workspaceId}${narrowed}`))
      .json()
      .items.map((each: Record<string, string>) => [each.number, each.state])
  expect(await numbers('')).toEqual([
    ['A1', 'current'],
    ['A2', 'current'],
    ['A1', 'replaced'],
  ])
  expect(await numbers('&state=current&number=a1')).toEqual([['A1', 'current']])
  expect(await numbers('&gstin=29AAACA1234A1Z5&period=062026&state=replaced')).toEqual([['A1', 'replaced']])
  expect(await numbers('&gstin=27AAPFU0939F1ZV')).toEqual([])
  expect(await numbers('&period=072026')).toEqual([])

  const pages = await get(`/v1/gst/documents?workspaceId=${workspaceId}&limit=1`)
  expect(pages.json()).toMatchObject({ items: [{ transferId, taxableValue: '300.00', igst: '54.00' }] })
  const next = await get(`/v1/gst/documents?workspaceId=${workspaceId}&limit=1&cursor=${pages.json().nextCursor}`)
  expect(next.json().items).toMatchObject([{ number: 'A2' }])

  const { id } = (await get(`/v1/gst/documents?workspaceId=${workspaceId}&state=replaced`)).json().items[0]
  expect((await get(`/v1/gst/documents/${id}`)).json()).toMatchObject({ number: 'A1', period: '062026' })
  const first = (await get(`/v1/gst/documents/${id}/lines?limit=1`)).json()
  expect(first.items).toMatchObject([{ row: 1, taxableValue: '100.00', rate: '18', hsn: '0902' }])
  const second = (await get(`/v1/gst/documents/${id}/lines?limit=1&cursor=${first.nextCursor}`)).json()
  expect(second).toEqual({ items: [expect.objectContaining({ row: 2 })] })
})

test('lines of each of many documents are found on pages, also those after the first thousands', async () => {
  const { workspaceId } = home
  const transferId = await send(
    'upload_sales',
    'long.csv',
    salesRegister([
      { number: 'B1', lines: 3 },
      { number: 'B2', lines: 5002 },
    ]),
  )
  const query = `query ($w: ID!, $after: String) { gstDocuments(first: 2, workspaceId: $w) { edges { node { number transferId
    lines(first: 2, after: $after) { edges { cursor node { row } } pageInfo { hasNextPage } } } } } }`
  type Lines = { edges: { cursor: string; node: { row: number } }[]; pageInfo: { hasNextPage: boolean } }
  const shown = async (after?: string) => {
    const { data, errors } = await ask(api, query, { token, variables: { w: workspaceId, after } })
    expect(errors).toBeUndefined()
    const { gstDocuments } = data as { gstDocuments: { edges: { node: { number: string; lines: Lines } }[] } }
    return gstDocuments.edges.map(({ node }) => [
      node.number,
      ...node.lines.edges.map((each) => each.node.row),
      node.lines.pageInfo.hasNextPage,
    ])
  }
  expect(await shown()).toEqual([
    ['B2', 4, 5, true],
    ['B1', 1, 2, true],
  ])

  const [long] = (await get(`/v1/gst/documents?workspaceId=${workspaceId}&number=B2`)).json().items
  expect(long).toMatchObject({ transferId })
  let [count, last, cursor] = [0, 0, '']
  do {
    const page = (await get(`/v1/gst/documents/${long.id}/lines?limit=100${cursor && `&cursor=${cursor}`}`)).json()
    count += page.items.length
    last = page.items.at(-1).row
    cursor = page.nextCursor ?? ''
  } while (cursor !== '')
  expect([count, last]).toEqual([5002, 5005])
})

test('purchases are found as sales are, and by their supplier, with what is claimed of them', async () => {
  const { workspaceId } = home
  const columns =
    'Document Type,Document Number,Document Date,Supplier GSTIN,Supplier Name,Customer GSTIN,Place of Supply,Item Taxable Amount,GST Rate,IGST Amount,ITC Claim Type,ITC Claim IGST Amount'
  const bought = (number: string, supplier: string, amounts: string) =>
    `INVOICE,${number},01-06-2026,${supplier},Sharma Traders,27AAPFU0939F1ZV,27,${amounts}`
  const claimed = '100,18,18,INPUTS,18'
  await send(
    'upload_purchase',
    'bought-1.csv',
    [columns, bought('P1', '29AAGCB7383J1Z4', claimed), bought('P1', '29AAGCB7383J1Z4', claimed)].join('\n'),
  )
  const transferId = await send(
    'upload_purchase',
    'bought-2.csv',
    [columns, bought('P1', '29AAGCB7383J1Z4', claimed), bought('Größe 2', '', '5,0,,,')].join('\n'),
  )
  const numbers = async (narrowed: string) =>
    (await get(`/v1/gst/purchases?workspaceId=${workspaceId}${narrowed}`))
      .json()
      .items.map((each: Record<string, string>) => [each.number, each.state])
  expect(await numbers('')).toEqual([
    ['Größe 2', 'current'],
    ['P1', 'current'],
    ['P1', 'replaced'],
  ])
  expect(await numbers('&state=current&number=p1')).toEqual([['P1', 'current']])
  expect(await numbers('&supplierGstin=29AAGCB7383J1Z4&period=062026&gstin=27AAPFU0939F1ZV&state=replaced')).toEqual([['P1', 'replaced']])
  expect(await numbers('&gstin=29AAGCB7383J1Z4')).toEqual([])

  const [latest, earlier] = (await get(`/v1/gst/purchases?workspaceId=${workspaceId}&number=P1`)).json().items
  expect(latest).toMatchObject({ transferId, period: '062026', supplierGstin: '29AAGCB7383J1Z4', igst: '18.00', itcClaimed: '18.00' })
  const items = [{ row: 1, taxableValue: '100.00', rate: '18', itcType: 'INPUTS', itcClaimed: '18.00' }, { row: 2 }]
  expect((await get(`/v1/gst/purchases/${earlier.id}`)).json()).toMatchObject({ number: 'P1', itcClaimed: '36.00' })
  expect((await get(`/v1/gst/purchases/${earlier.id}/lines`)).json()).toMatchObject({ items })
  expect((await get(`/v1/gst/documents/${earlier.id}`)).json()).toMatchObject({ status: 404, code: 'gst_document.not_found' })
  const query = `query ($w: ID!) { gstPurchases(first: 1, workspaceId: $w) { edges { node { number supplierName itcClaimed } } } }`
  const answer = await ask(api, query, { token, variables: { w: workspaceId } })
  expect(answer.data).toMatchObject({
    gstPurchases: { edges: [{ node: { number: 'Größe 2', supplierName: 'Sharma Traders', itcClaimed: '0.00' } }] },
  })
})
