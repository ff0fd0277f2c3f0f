import { listSealedSecrets } from '@drayage/db/queries/sealed-secrets'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { verifyChain } from '../audit/chain.ts'
import { generateKeyring, parseKeyring, publicHalf } from '../keyring.ts'
import { makeSecrets } from '../secrets.ts'
import { type TestContext, testContext } from '../testing/context.ts'
import { newClient } from '../testing/new-client.ts'
import { type TestWorkspace, testWorkspace } from '../testing/people.ts'
import { startConnectionTest } from './connection-test.ts'
import { createFtpClient } from './create.ts'
import { deleteFtpClient } from './delete.ts'
import { getFtpClient, listFtpClients } from './read.ts'
import { updateFtpClient } from './update.ts'

let database: TestDatabase
let ctx: TestContext
let home: TestWorkspace
let admin: TestContext
beforeAll(async () => {
  database = await testDatabase()
  ctx = testContext({ database })
})
afterAll(() => database[Symbol.asyncDispose]())
beforeEach(async () => {
  home = await testWorkspace(ctx)
  admin = home.admin
})

const fault = (code: string) => expect.objectContaining({ code })
const create = (fields: Record<string, unknown> = {}, as = admin) => createFtpClient.run(as, newClient(home.workspaceId, fields))
const errorsOf = async (work: Promise<unknown>) => {
  const thrown = (await work.catch((error: unknown) => error)) as { details: { errors: { pointer: string; code: string }[] } }
  return thrown.details.errors.map(({ pointer, code }) => [pointer, code])
}
const emailOf = (context: TestContext) => (context.actor.kind === 'user' ? context.actor.email : '')

test('a new client is a draft without secrets in the reply, and mails go to whoever made it', async () => {
  const made = await create()
  expect(made).toMatchObject({ status: 'draft', hasPassword: true, hasPrivateKey: false, rootFolder: 'CLEARTAX', version: 1 })
  expect(made.notificationEmails).toEqual([emailOf(admin)])
  expect(JSON.stringify(made)).not.toContain('right')
  expect(Object.keys(made)).not.toContain('configDigest')
  expect(await getFtpClient.run(admin, { id: made.id })).toEqual(made)
})

test('no licence is needed to make a client', async () => {
  expect((await create()).status).toBe('draft')
})

test('workspace and product admins make clients, nobody else does', async () => {
  const gst = await home.productAdmin(['gst'])
  const other = await home.productAdmin(['max_itc'])
  const stranger = (await testWorkspace(ctx)).admin
  expect((await create({ baseDirectory: '/gst' }, gst)).product).toBe('gst')
  await expect(create({}, other)).rejects.toEqual(fault('access.not_permitted'))
  await expect(create({}, stranger)).rejects.toEqual(fault('workspace.not_found'))
  await expect(create({}, ctx)).rejects.toEqual(fault('access.not_permitted'))
})

test('a product admin sees the clients of their products, a workspace admin all of the workspace, others none', async () => {
  const { id } = await create()
  const gst = await home.productAdmin(['gst'])
  const other = await home.productAdmin(['max_itc', 'ratebooks'])
  const stranger = (await testWorkspace(ctx)).admin
  const seenBy = async (context: TestContext) => (await listFtpClients.run(context, {})).items.map((item) => item.id)
  expect(await seenBy(admin)).toEqual([id])
  expect(await seenBy(gst)).toEqual([id])
  expect(await seenBy(other)).toEqual([])
  expect(await seenBy(stranger)).toEqual([])
  for (const context of [other, stranger]) {
    await expect(getFtpClient.run(context, { id })).rejects.toEqual(fault('ftp_client.not_found'))
    await expect(updateFtpClient.run(context, { id, expectedVersion: 1, label: 'Mine' })).rejects.toEqual(fault('ftp_client.not_found'))
    await expect(deleteFtpClient.run(context, { id, expectedVersion: 1 })).rejects.toEqual(fault('ftp_client.not_found'))
  }
  await expect(listFtpClients.run(stranger, { workspaceId: home.workspaceId })).rejects.toEqual(fault('workspace.not_found'))
})

test('several clients may serve one product on one server, each in a directory of its own', async () => {
  await create({ baseDirectory: '/tally' })
  await create({ baseDirectory: '/sap' })
  await expect(create({ baseDirectory: '/tally/', host: 'SFTP.example.com' })).rejects.toEqual(fault('ftp_client.folder_taken'))
  const moved = await create({ baseDirectory: '/busy' })
  const move = updateFtpClient.run(admin, { id: moved.id, expectedVersion: 1, baseDirectory: '/sap' })
  await expect(move).rejects.toEqual(fault('ftp_client.folder_taken'))
})

test('a list is newest first, page by page, and by status', async () => {
  const made = [await create({ baseDirectory: '/1' }), await create({ baseDirectory: '/2' }), await create({ baseDirectory: '/3' })]
  const first = await listFtpClients.run(admin, { limit: 2 })
  const second = await listFtpClients.run(admin, { limit: 2, cursor: first.nextCursor })
  expect([...first.items, ...second.items].map((item) => item.id)).toEqual(made.map((item) => item.id).reverse())
  expect(second.nextCursor).toBeUndefined()
  expect((await listFtpClients.run(admin, { status: 'active' })).items).toEqual([])
  expect((await listFtpClients.run(admin, { status: 'draft', product: 'gst' })).items).toHaveLength(3)
  await expect(listFtpClients.run(admin, { cursor: 'nonsense' })).rejects.toEqual(fault('input.invalid'))
})

test('plain FTP is taken only knowingly, and draws a warning', async () => {
  const plain = { protocol: 'ftp', port: 21 }
  expect(await errorsOf(create(plain))).toEqual([['/acknowledgeInsecure', 'insecure_not_acknowledged']])
  const made = await create({ ...plain, acknowledgeInsecure: true })
  expect(made.warnings?.map((warning) => warning.code)).toEqual(['ftp_client.insecure_protocol'])
})

test('a base directory called like the root folder draws a warning', async () => {
  const made = await create({ baseDirectory: '/data/ClearTax' })
  expect(made.warnings?.map((warning) => warning.code)).toEqual(['ftp_client.base_directory_named_like_root'])
  expect((await create()).warnings).toBeUndefined()
})

test('fields that contradict one another are named together', async () => {
  expect(await errorsOf(create({ password: undefined }))).toEqual([['/password', 'required']])
  expect(await errorsOf(create({ passphrase: 'x' }))).toEqual([['/passphrase', 'passphrase_without_key']])
  expect(await errorsOf(create({ protocol: 'ftps', privateKey: 'key', trustedHostKeys: [`SHA256:${'a'.repeat(43)}`] }))).toEqual([
    ['/trustedHostKeys', 'not_for_protocol'],
    ['/privateKey', 'not_for_protocol'],
  ])
})

test('workspace and product never change', async () => {
  const { id } = await create()
  const change = updateFtpClient.run(admin, { id, expectedVersion: 1, workspaceId: home.workspaceId, product: 'max_itc' })
  expect(await errorsOf(change)).toEqual([
    ['/workspaceId', 'unknown_field'],
    ['/product', 'unknown_field'],
  ])
})

test('a change names the version it was made from', async () => {
  const { id } = await create()
  await expect(updateFtpClient.run(admin, { id, label: 'SAP' })).rejects.toEqual(fault('version.required'))
  expect(await updateFtpClient.run(admin, { id, expectedVersion: 1, label: 'SAP' })).toMatchObject({ label: 'SAP', version: 2 })
  await expect(updateFtpClient.run(admin, { id, expectedVersion: 1, label: 'Busy' })).rejects.toEqual(fault('version.stale'))
  await expect(deleteFtpClient.run(admin, { id })).rejects.toEqual(fault('version.required'))
})

test('a change that changes nothing is not one', async () => {
  const { id } = await create()
  ctx.queue.length = 0
  expect(
    await updateFtpClient.run(admin, { id, expectedVersion: 1, label: 'Tally', csv: {}, settings: {}, password: 'right' }),
  ).toMatchObject({ version: 1 })
  expect(ctx.queue).toEqual([])
})

test.each<[string, Record<string, unknown>]>([
  ['host', { host: 'evil.example.com' }],
  ['port', { port: 2222 }],
  ['protocol', { protocol: 'ftps' }],
  ['username', { username: 'root' }],
  ['tlsMode', { tlsMode: 'implicit' }],
  ['trustedHostKeys', { trustedHostKeys: [`SHA256:${'b'.repeat(43)}`] }],
  ['algorithms', { algorithms: 'legacy' }],
])('with another %s the secret must be typed again', async (_, change) => {
  const { id } = await create()
  const kept = updateFtpClient.run(admin, { id, expectedVersion: 1, ...change })
  await expect(kept).rejects.toEqual(expect.objectContaining({ kind: 'unprocessable', code: 'ftp_client.secret_required' }))
  expect(await updateFtpClient.run(admin, { id, expectedVersion: 1, ...change, password: 'right' })).toMatchObject(change)
})

test('every secret that is kept must be typed again, or be taken away', async () => {
  const { id } = await create({ privateKey: 'key', passphrase: 'opens it' })
  const move = (secrets: Record<string, unknown>) =>
    updateFtpClient.run(admin, { id, expectedVersion: 1, host: 'new.example.com', ...secrets })
  await expect(move({ password: 'right' })).rejects.toEqual(fault('ftp_client.secret_required'))
  await expect(move({ password: 'right', passphrase: 'opens it' })).rejects.toEqual(fault('ftp_client.secret_required'))
  expect(await move({ password: null, privateKey: 'key' })).toMatchObject({ hasPassword: false, hasPrivateKey: true })
  const left = await ctx.db.inWorkspace(home.workspaceId, (transaction) =>
    listSealedSecrets(transaction, { workspaceId: home.workspaceId, ownerId: id }),
  )
  expect(left.map((row) => row.field)).toEqual(['privateKey'])
})

test('the last secret cannot be taken away', async () => {
  const { id } = await create()
  expect(await errorsOf(updateFtpClient.run(admin, { id, expectedVersion: 1, password: null }))).toEqual([['/password', 'required']])
})

test('deleting wipes the secrets, hides the client and frees its folder', async () => {
  const { id } = await create()
  await deleteFtpClient.run(admin, { id, expectedVersion: 1 })
  await expect(getFtpClient.run(admin, { id })).rejects.toEqual(fault('ftp_client.not_found'))
  await expect(deleteFtpClient.run(admin, { id, expectedVersion: 2 })).rejects.toEqual(fault('ftp_client.not_found'))
  expect((await listFtpClients.run(admin, {})).items).toEqual([])
  const { rows } = await database.owner.query('select count(*)::int as secrets from sealed_secrets where owner_id = $1', [id])
  expect(rows).toEqual([{ secrets: 0 }])
  expect((await create()).status).toBe('draft')
})

test('every change leaves an event, with secrets masked, in an unbroken chain', async () => {
  const { id } = await create()
  await updateFtpClient.run(admin, { id, expectedVersion: 1, label: 'SAP', password: 'canary-secret' })
  await deleteFtpClient.run(admin, { id, expectedVersion: 2 })
  const { rows } = await database.owner.query('select * from audit_events where subject_id = $1 order by ordinal', [id])
  expect(rows.map((row) => row.action)).toEqual(['ftp_client.created', 'ftp_client.updated', 'ftp_client.deleted'])
  expect(rows[1]).toMatchObject({
    actor: { email: emailOf(admin) },
    product: 'gst',
    before: { label: 'Tally' },
    after: { label: 'SAP', password: '***' },
  })
  expect(JSON.stringify(rows)).not.toContain('canary-secret')
  const verdict = await ctx.db.inWorkspace(home.workspaceId, (transaction) => verifyChain(transaction, { workspaceId: home.workspaceId }))
  expect(verdict.broken).toBeUndefined()
})

test('no secret stands anywhere in the database in the clear', async () => {
  await create({ password: 'canary-password', privateKey: 'canary-key', passphrase: 'canary-passphrase' })
  const { rows: tables } = await database.owner.query("select tablename from pg_tables where schemaname = 'public'")
  for (const { tablename } of tables) {
    const { rows } = await database.owner.query(
      `select t::text as row from ${tablename} t where t::text ~ 'canary-|${Buffer.from('canary-').toString('hex')}'`,
    )
    expect(rows, tablename).toEqual([])
  }
})

test('the role and the keys of the API are enough for all that people do', async () => {
  const secrets = makeSecrets(publicHalf(parseKeyring(generateKeyring())))
  const api = { ...admin, db: database.as('drayage_api'), secrets, enqueue: async () => {} }
  const { id } = await createFtpClient.run(api, newClient(home.workspaceId))
  await startConnectionTest.run(api, { ftpClientId: id })
  await startConnectionTest.run(api, newClient(home.workspaceId))
  await updateFtpClient.run(api, { id, expectedVersion: 1, label: 'SAP', notificationEmails: ['new@example.com'] })
  expect((await listFtpClients.run(api, {})).items).toHaveLength(1)
  expect(await deleteFtpClient.run(api, { id, expectedVersion: 2 })).toEqual({ id, filesLeft: [] })
})
