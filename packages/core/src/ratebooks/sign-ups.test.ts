import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listAuditEvents } from '../audit/read.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { testWorkspace } from '../testing/people.ts'
import { createEnquiry, listEnquiries } from './enquiries.ts'
import { createSignUp, listSignUps } from './sign-ups.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

let workspaceId: string
let admin: TestContext
let clerk: TestContext
beforeEach(async () => {
  const home = await testWorkspace(testContext({ database }))
  ;({ workspaceId, admin } = home)
  clerk = await home.productAdmin(['gst'])
})

const asha = { userId: 'auth0|1', givenName: 'Asha', familyName: 'Rao', email: 'Asha@Example.com', termsAgreed: true }
const quote = { quoteRef: 66953, employee: 'Asha Rao', termsAgreed: true }
const signUp = (fields: object = {}, ctx = admin) => createSignUp.run(ctx, { workspaceId, ...asha, ...fields })
const enquire = (fields: object = {}, ctx = admin) => createEnquiry.run(ctx, { workspaceId, ...quote, ...fields })

test('a sign-up is kept as it was sent; who says nothing of consent has given none', async () => {
  const made = await signUp({ phoneNumber: '+44 20 7946 0000', registeredAt: '2026-07-14T21:05:06.789Z' })
  expect(made).toMatchObject({
    ...asha,
    email: 'asha@example.com',
    phoneNumber: '+44 20 7946 0000',
    marketingEmailConsent: false,
    marketingSmsConsent: false,
    internalUser: false,
    registeredAt: '2026-07-14T21:05:06.789Z',
  })
  expect((await listSignUps.run(admin, { workspaceId })).items).toEqual([made])
  expect((await signUp({ userId: 'auth0|2' })).registeredAt).toBe('2026-07-15T06:30:00.000Z')
})

test('an enquiry is kept with the rate it asks for', async () => {
  const rate = { capId: 107366, capCode: 'VWGO15LIF5HPTM  4', termMonths: 36, mileage: 30000, payment: 266.5 }
  const made = await enquire({ ...rate, residency: 'northern_ireland', message: 'Two lines,\nof text' })
  expect(made).toMatchObject({ ...quote, ...rate, residency: 'northern_ireland', message: 'Two lines,\nof text', contactConsent: false })
  expect((await listEnquiries.run(admin, { workspaceId })).items).toEqual([made])
})

test('the same user and the same quote are recorded once, unless the terms were not agreed to before', async () => {
  await signUp({ termsAgreed: false })
  await signUp({ termsAgreed: false })
  await signUp()
  await expect(signUp()).rejects.toMatchObject({ code: 'sign_up.user_known' })
  await enquire({ termsAgreed: false })
  await enquire()
  await expect(enquire()).rejects.toMatchObject({ code: 'enquiry.quote_known' })
})

test('the audit trail says who recorded what, and nothing of the person', async () => {
  await signUp()
  await enquire({ email: 'asha@example.com', postcode: 'EC1A 1BB' })
  const { items } = await listAuditEvents.run(admin, { workspaceId })
  const [enquired, signedUp] = items
  expect(signedUp).toMatchObject({ action: 'sign_up.created', product: 'ratebooks', after: { userId: 'auth0|1' } })
  expect(enquired).toMatchObject({ action: 'enquiry.created', product: 'ratebooks', after: { quoteRef: 66953 } })
  expect(JSON.stringify([signedUp?.after, enquired?.after])).not.toMatch(/asha|Rao|EC1A/)
})

test('an admin of another product records nothing and sees nothing', async () => {
  await signUp()
  await enquire()
  await expect(signUp({ userId: 'auth0|2' }, clerk)).rejects.toMatchObject({ code: 'access.not_permitted' })
  await expect(enquire({ quoteRef: 1 }, clerk)).rejects.toMatchObject({ code: 'access.not_permitted' })
  expect((await listSignUps.run(clerk, { workspaceId })).items).toEqual([])
  expect((await listEnquiries.run(clerk, { workspaceId })).items).toEqual([])
})

test('lists are newest first, a page at a time', async () => {
  for (const userId of ['1', '2', '3']) await signUp({ userId })
  const first = await listSignUps.run(admin, { workspaceId, limit: 2 })
  const { nextCursor: cursor } = first
  const second = await listSignUps.run(admin, { workspaceId, limit: 2, cursor })
  expect([...first.items, ...second.items].map(({ userId }) => userId)).toEqual(['3', '2', '1'])
  expect(second.nextCursor).toBeUndefined()
})

test('what was recorded cannot be changed or removed by any service', async () => {
  await signUp()
  for (const statement of ["update sign_ups set email = 'x'", 'delete from sign_ups', 'delete from enquiries']) {
    const asWorker = database.as('drayage_worker').inWorkspace(workspaceId, ({ client }) => client.query(statement))
    await expect(asWorker, statement).rejects.toThrow(/permission denied/)
  }
})

test.each([
  [{ termsAgreed: undefined }, '/termsAgreed'],
  [{ email: 'not an address' }, '/email'],
  [{ givenName: 'two\nlines' }, '/givenName'],
  [{ registeredAt: '1970-01-01T00:00:00Z' }, '/registeredAt'],
  [{ passport: '1' }, '/passport'],
])('a sign-up with %o is refused, and the field is named', async (fields, pointer) => {
  await expect(signUp(fields)).rejects.toMatchObject({ code: 'input.invalid', details: { errors: [{ pointer }] } })
})
