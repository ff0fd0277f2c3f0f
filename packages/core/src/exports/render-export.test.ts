import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsv } from '../imports/read-csv.ts'
import { type Broker, openBroker } from './exports.fixture.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const day = '2026-07-15T12:00:00Z'

async function exported(broker: Broker, folder: 'users' | 'enquiries'): Promise<Record<string, string>> {
  await broker.work('2026-07-16T01:00:00Z')
  const bytes = Buffer.from(broker.files()[`${folder}/2026-07-15-02-00-00.csv`] ?? '')
  const records: (readonly string[])[] = []
  const source = (async function* () {
    yield bytes
  })()
  for await (const batch of readCsv(source, { csv: { delimiter: ',', quote: '"' } })) records.push(...batch.records)
  const [header = [], record = []] = records
  expect(records).toHaveLength(2)
  return Object.fromEntries(header.map((name, at) => [name, record[at] ?? '']))
}

const contact = { email: 'asha@example.com', phoneNumber: '+44 20 7946 0000' }

test.each([
  [{ marketingEmailConsent: true, marketingSmsConsent: true }, ['asha@example.com', '+44 20 7946 0000']],
  [{ marketingEmailConsent: true }, ['asha@example.com', '']],
  [{ marketingSmsConsent: true }, ['', '+44 20 7946 0000']],
  [{}, ['', '']],
  [{ marketingEmailConsent: true, marketingSmsConsent: true, internalUser: true }, ['', '']],
])('of a sign-up with %o the contact data passed on are %o', async (consents, told) => {
  const broker = await openBroker(database)
  await broker.signUp('auth0|1', day, { ...contact, ...consents })
  const { email, phone_number, ...more } = await exported(broker, 'users')
  expect([email, phone_number]).toEqual(told)
  expect(more).toMatchObject({ user_id: 'auth0|1', terms_agreed: 'true', internal_user: String('internalUser' in consents) })
})

test.each([
  [{ contactConsent: true }, ['asha@example.com', '+44 20 7946 0000']],
  [{}, ['', '']],
])('of an enquiry with %o the contact data passed on are %o', async (consents, told) => {
  const broker = await openBroker(database)
  await broker.enquire(66953, day, { ...contact, ...consents })
  const { email, phone_number } = await exported(broker, 'enquiries')
  expect([email, phone_number]).toEqual(told)
})

test('an enquiry has all its columns, a rate’s as ratebooks name them', async () => {
  const broker = await openBroker(database)
  const asked = { ageAtEnquiry: 41, postcode: 'EC1A 1BB', residency: 'scotland', userId: 'auth0|1', employer: 'Acme Inc (153)' }
  const rate = { vehicleId: 'VW-1', capCode: 'VWGO15LIF5HPTM  4', capId: 107366, make: 'Volkswagen', model: 'Golf', derivative: '1.5 TSI' }
  const terms = { termMonths: 36, advancePayment: 3, monthlyPayments: 33, mileage: 30000, payment: 266.5, message: 'Soon, please' }
  await broker.enquire(66953, day, { ...asked, ...rate, ...terms })
  expect(await exported(broker, 'enquiries')).toEqual({
    quote_ref: '66953',
    employee: 'Asha Rao',
    age_at_enquiry: '41',
    postcode: 'EC1A 1BB',
    residency: 'scotland',
    date_enquired: '2026-07-15T12:00:00.000Z',
    user_id: 'auth0|1',
    employer: 'Acme Inc (153)',
    email: '',
    phone_number: '',
    terms_agreed: 'true',
    contact_consent: 'false',
    vehicle_id: 'VW-1',
    cap_code: 'VWGO15LIF5HPTM  4',
    cap_id: '107366',
    make: 'Volkswagen',
    model: 'Golf',
    derivative: '1.5 TSI',
    term_months: '36',
    advance_payment: '3',
    monthly_payments: '33',
    contract_mileage_total: '30000',
    monthly_payment: '266.50',
    message: 'Soon, please',
  })
})

test.each(['=1+1', '+1-1', '-2+3', '@SUM(A1)', '＝1+1', '+44 cmd|calc'])('%s is no formula in a file of ours', async (text) => {
  const broker = await openBroker(database)
  await broker.enquire(1, day, { employee: text, message: `${text}\nand more`, contactConsent: true, phoneNumber: text })
  const { employee, message, phone_number } = await exported(broker, 'enquiries')
  expect([employee, message, phone_number]).toEqual([`'${text}`, `'${text}\nand more`, `'${text}`])
})

test('a cell may hold what separates cells and lines, and any script', async () => {
  const broker = await openBroker(database)
  const odd = { employee: 'Zoë "Zed" O’Brien, Łódź', message: 'one,\r\n"two"\n三' }
  await broker.enquire(1, day, odd)
  expect(await exported(broker, 'enquiries')).toMatchObject(odd)
  expect(Object.values(broker.files())[0]?.startsWith('quote_ref,')).toBe(true)
})

test('a file of several thousand records has each of them, in their order', async () => {
  const broker = await openBroker(database)
  const { workspaceId } = broker.client
  await database.owner.query(
    `insert into sign_ups (workspace_id, id, user_id, given_name, family_name, email, terms_agreed, marketing_email_consent,
       marketing_sms_consent, internal_user, registered_at, created_at)
     select $1, lpad(to_hex(n), 32, '0')::uuid, n::text, 'A', 'B', 'a@example.com', true, false, false, false, $2, $2 from generate_series(1, 2500) n`,
    [workspaceId, day],
  )
  await broker.work('2026-07-16T01:00:00Z')
  const [text = ''] = Object.values(broker.files())
  const lines = text.trimEnd().split('\r\n').slice(1)
  expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(Array.from({ length: 2500 }, (_, at) => at + 1))
})
