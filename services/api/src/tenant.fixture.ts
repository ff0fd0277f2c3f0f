import { newClient } from '@drayage/core/testing/new-client'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import { setLicence } from '@drayage/core/workspaces/licences'
import { afterFailure } from '@drayage/worker/errors'
import { z } from 'zod'
import { csvFile as file } from './rest/rest.fixture.ts'
import type { Route } from './rest/route.ts'
import type { TestApi, TestRequest } from './testing.ts'

/** A ratebook of one rate. */
const ratebookFile = `vehicle_id,make,model,derivative,fuel_type,co2_comb,p11d_value,term_months,advance_payment,monthly_payments,contract_mileage_total,periodic_finance_payment
VW-1,Volkswagen,Golf,1.5 TSI,Petrol,121,27035,36,3,33,30000,245.10
`

/** A purchase register of one document. */
const purchaseFile = `Document Type,Document Number,Document Date,Supplier GSTIN,Customer GSTIN,Item Taxable Amount,GST Rate,IGST Amount
INVOICE,P-1,01-06-2026,29AAGCB7383J1Z4,27AAPFU0939F1ZV,100,18,18
`

/** A workspace that has one of everything, of GST where a thing is of a product. */
export type Tenant = {
  home: TestWorkspace
  /** Of its admin. */
  token: string
  /** What it has, by where it stands in REST. */
  ids: Record<string, string>
}

export async function openTenant(api: TestApi): Promise<Tenant> {
  const home = await testWorkspace(api.ctx)
  const { workspaceId } = home
  for (const product of ['gst', 'ratebooks'])
    await setLicence.run(home.operator, { workspaceId, product, validUntil: '2999-01-01T00:00:00Z' })
  const token = await api.logIn(home.admin)
  const make = async (line: string, request: TestRequest) => {
    const reply = await api.call(line, { token, ...request })
    if (reply.statusCode > 299) throw new Error(reply.body)
    return reply.json()
  }
  const email = `clerk-${workspaceId}@example.com`
  const member = await make(`POST /v1/workspaces/${workspaceId}/members`, { body: { email, role: 'product_admin', products: ['gst'] } })
  const scopes = ['transfer:read', 'import:create']
  const apiClient = await make('POST /v1/api-clients', { body: { workspaceId, label: 'Tally', product: 'gst', scopes } })
  const ftpClient = await make('POST /v1/ftp-clients', { body: newClient(workspaceId) })
  const connectionTest = await make('POST /v1/connection-tests', { body: { ftpClientId: ftpClient.id } })
  const transfer = await make(`POST /v1/imports?workspaceId=${workspaceId}&product=gst&action=upload_sales&fileName=june.csv`, file)
  const asking = await make(`POST /v1/imports?workspaceId=${workspaceId}&product=gst&action=generate_gstr1&fileName=returns.csv`, {
    ...file,
    body: `GSTIN,Return Period\n${ownReturn.gstin},${ownReturn.period}\n`,
  })
  const options = { worker: 'a worker', signal: new AbortController().signal, afterFailure }
  const imported = `POST /v1/imports?workspaceId=${workspaceId}&product=ratebooks&action=publish_rates&fileName=july.csv`
  const ratebook = await make(imported, { body: ratebookFile, headers: { 'content-type': 'text/csv' } })
  await runTransfer(api.ctx, { workspaceId, transferId: ratebook.id }, options)
  for (const { id } of [transfer, asking]) await runTransfer(api.ctx, { workspaceId, transferId: id }, options)
  const purchase = await make(`POST /v1/imports?workspaceId=${workspaceId}&product=gst&action=upload_purchase&fileName=bought.csv`, {
    ...file,
    body: purchaseFile,
  })
  await runTransfer(api.ctx, { workspaceId, transferId: purchase.id }, options)
  const purchases = await make(`GET /v1/gst/purchases?workspaceId=${workspaceId}`, {})
  const documents = await make(`GET /v1/gst/documents?workspaceId=${workspaceId}`, {})
  const signUp = await make('POST /v1/sign-ups', { body: { workspaceId, ...newSignUp } })
  const enquiry = await make('POST /v1/enquiries', { body: { workspaceId, ...newEnquiry } })
  const ids = {
    workspaces: workspaceId,
    members: member.id,
    'api-clients': apiClient.id,
    secrets: apiClient.secrets[0].id,
    'ftp-clients': ftpClient.id,
    'connection-tests': connectionTest.id,
    transfers: transfer.id,
    ratebooks: ratebook.id,
    documents: documents.items[0].id,
    purchases: purchases.items[0].id,
    'sign-ups': signUp.id,
    enquiries: enquiry.id,
  }
  return { home, token, ids }
}

const newSignUp = { userId: 'auth0|1', givenName: 'Asha', familyName: 'Rao', email: 'asha@example.com', termsAgreed: true }
const newEnquiry = { quoteRef: 66953, employee: 'Asha Rao', termsAgreed: true }

/** A return that every tenant has. */
const ownReturn = { gstin: '27AAPFU0939F1ZV', period: '062026' }

const placeOf: Record<string, string> = {
  workspaceId: 'workspaces',
  ftpClientId: 'ftp-clients',
  connectionTestId: 'connection-tests',
  secretId: 'secrets',
  subjectId: 'ftp-clients',
  against: 'ratebooks',
}

/** The fields in which an operation is told whose thing it is about. */
export function idFields(its: Route): string[] {
  return Object.keys(its.fields).filter((name) => {
    const field = its.fields[name]
    return (field instanceof z.ZodOptional ? field.unwrap() : field) instanceof z.ZodUUID
  })
}

/** By what a list can be narrowed, besides the workspace: what it cannot do without is looked up. */
export function filters(its: Route): string[] {
  return its.method === 'GET' ? idFields(its).filter((name) => name !== 'workspaceId' && its.fields[name] instanceof z.ZodOptional) : []
}

/** What a tenant's own admin sends it, each way there is: every id it takes, and what else it asks for. */
export function ownInputs(its: Route, { ids }: Tenant): Record<string, unknown>[] {
  const named = idFields(its).map((name) => {
    const place = name === 'id' ? /([\w-]+)\/\{id\}/.exec(its.path)?.[1] : placeOf[name]
    const id = ids[place ?? '']
    if (id === undefined) throw new Error(`the tenants have nothing for ${name} of ${its.path}`)
    return [name, id] as const
  })
  const own = Object.fromEntries(named)
  if (its.operation.name === 'startConnectionTest') return [{ ftpClientId: own.ftpClientId }, newClient(ids.workspaces ?? '')]
  const whole = { ...more(its.operation.name), ...own }
  const narrowing = filters(its)
  if (narrowing.length === 0) return [whole]
  return [whole, Object.fromEntries(Object.entries(whole).filter(([name]) => !narrowing.includes(name)))]
}

function more(operation: string): Record<string, unknown> {
  const role = { role: 'product_admin', products: ['gst'] }
  const fields: Record<string, Record<string, unknown>> = {
    createWorkspace: { name: 'Another' },
    updateWorkspace: { name: 'Renamed' },
    addMember: { email: 'intruder@example.com', ...role },
    updateMember: role,
    setLicence: { product: 'gst', validUntil: '2000-01-01T00:00:00Z' },
    createApiClient: { label: 'SAP', product: 'gst', scopes: ['transfer:read'] },
    createFtpClient: newClient('', { baseDirectory: '/more' }),
    updateFtpClient: { label: 'Renamed' },
    transferOutput: { kind: 'success' },
    actionTemplate: { product: 'gst', action: 'upload_sales' },
    actionColumnGuide: { product: 'gst', action: 'upload_sales' },
    receiveFile: { product: 'gst', action: 'upload_sales', fileName: 'july.csv' },
    createSignUp: newSignUp,
    createEnquiry: newEnquiry,
    gstReturn: ownReturn,
    gstReturnFile: ownReturn,
  }
  return fields[operation] ?? {}
}

/** Every row, of whatever table, in which an id of the tenant stands. */
export async function rowsOf(api: TestApi, { ids }: Tenant): Promise<Record<string, string[]>> {
  const { owner } = api.database
  const { rows: tables } = await owner.query(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where relkind = 'r' and nspname !~ '^(pg_|information_schema)' order by 1`,
  )
  const like = Object.values(ids).map((id) => `%${id}%`)
  const all: Record<string, string[]> = {}
  for (const { name } of tables) {
    const { rows } = await owner.query(`select t::text as row from ${name} t where t::text like any($1) order by 1`, [like])
    if (rows.length > 0) all[name] = rows.map(({ row }) => row)
  }
  return all
}
