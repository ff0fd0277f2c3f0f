import { findConnectionTest, insertConnectionTest } from '@drayage/db/queries/connection-tests'
import { digestsOf } from '@drayage/db/queries/sealed-secrets'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import type { ConnectionTestRow } from '@drayage/db/schema/connection-tests'
import { connectionTestStatuses } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { workspaceNotFound } from '../access/permit.ts'
import { audit } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { productOf } from '../imports/products/registry.ts'
import { invalidInput, parseInput } from '../input-faults.ts'
import { type Call, operation } from '../operation.ts'
import { id, instant, listOf } from '../wire.ts'
import { keepSecrets } from './client-secrets.ts'
import { configDigest, connectionOf } from './configuration.ts'
import { lockedClient } from './found.ts'
import { contradictions } from './rules.ts'
import { newConnectionTest, newFtpClient } from './schema.ts'

const stepStatus = z.enum(['passed', 'failed', 'skipped']).meta({ id: 'CheckStatus' })
const check = z
  .object({
    status: stepStatus,
    steps: listOf(
      z
        .object({
          name: z.string(),
          status: stepStatus,
          code: z.string().optional(),
          message: z.string().optional(),
          hint: z.string().optional(),
        })
        .meta({ id: 'CheckStep' }),
      { most: 10 },
    ),
  })
  .meta({ id: 'Check' })

export const connectionTest = z
  .object({
    id,
    workspaceId: id,
    ftpClientId: id.optional(),
    status: z.enum(connectionTestStatuses).meta({ id: 'ConnectionTestStatus' }),
    checks: z
      .object({ connection: check.optional(), permissions: check.optional(), directories: check.optional() })
      .meta({ id: 'Checks', description: 'there when the test has ended' }),
    observedHostKey: z
      .object({ type: z.string(), fingerprint: z.string(), trusted: z.boolean() })
      .meta({ id: 'ObservedHostKey' })
      .optional(),
    observedCertificate: z
      .object({ pem: z.string(), fingerprint: z.string(), trusted: z.boolean() })
      .meta({ id: 'ObservedCertificate' })
      .optional(),
    createdAt: instant,
    finishedAt: instant.optional(),
  })
  .meta({ id: 'ConnectionTest' })

const show = (row: ConnectionTestRow): z.input<typeof connectionTest> => ({
  ...row,
  ftpClientId: row.ftpClientId ?? undefined,
  observedHostKey: row.observedHostKey ?? undefined,
  observedCertificate: row.observedCertificate ?? undefined,
  createdAt: row.createdAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString(),
})

/** Has a worker test a saved client, or one that is still being filled in: only workers open secrets. */
export const startConnectionTest = operation({
  name: 'startConnectionTest',
  permission: 'connection_test:create',
  input: newConnectionTest,
  output: connectionTest,
  run: async (call) => {
    const { ctx, transaction, input } = call
    const { ftpClientId, ...client } = input
    const row = ftpClientId === undefined ? await testOfUnsaved(call, client) : await testOfSaved(call, { ftpClientId, rest: client })
    const { workspaceId, product, connection } = row
    await ctx.enqueue(transaction, 'connection_test.run', { workspaceId, connectionTestId: row.id })
    const after = { ftpClientId: row.ftpClientId, ...connection }
    await audit(ctx, transaction, {
      workspaceId,
      action: 'connection_test.started',
      subject: 'connection_test',
      subjectId: row.id,
      product,
      after,
    })
    return show(row)
  },
})

export const getConnectionTest = operation({
  name: 'connectionTest',
  permission: 'connection_test:read',
  input: z.strictObject({ id }),
  output: connectionTest,
  run: async ({ transaction, scope, input }) => {
    const found = await findConnectionTest(transaction, { id: input.id, scope })
    if (found === undefined) throw testNotFound()
    return show(found)
  },
})

export function testNotFound(): Fault {
  return new Fault('not_found', 'connection_test.not_found', 'There is no such connection test, or it is not yours.')
}

async function testOfSaved(
  { ctx, transaction, scope }: Call<unknown>,
  wanted: { ftpClientId: string; rest: Record<string, unknown> },
): Promise<ConnectionTestRow> {
  const more = Object.keys(wanted.rest).filter((key) => wanted.rest[key] !== undefined)
  if (more.length > 0) {
    const message = 'Test a saved client as it is, or give all fields without ftpClientId.'
    throw invalidInput(more.map((key) => ({ pointer: `/${key}`, code: 'not_with_ftp_client_id', message })))
  }
  const client = await lockedClient(transaction, { id: wanted.ftpClientId, scope })
  const { workspaceId, product, configDigest } = client
  const createdBy = ctx.actor.kind === 'user' ? ctx.actor.id : null
  const connection = connectionOf(client)
  return insertConnectionTest(transaction, {
    workspaceId,
    id: newId(),
    ftpClientId: client.id,
    product,
    connection,
    configDigest,
    createdBy,
  })
}

async function testOfUnsaved({ ctx, transaction }: Call<unknown>, given: Record<string, unknown>): Promise<ConnectionTestRow> {
  const { workspaceId, product, password, privateKey, passphrase, ...fields } = parseInput(newFtpClient, given)
  const { rootFolder } = ctx.settings
  productOf(product)
  const held = { password: password !== undefined, privateKey: privateKey !== undefined, passphrase: passphrase !== undefined }
  const wrong = contradictions({ ...fields, product, rootFolder }, held)
  if (wrong.length > 0) throw invalidInput(wrong)
  if ((await findWorkspace(transaction, workspaceId)) === undefined) throw workspaceNotFound()

  const testId = newId()
  const owner = { workspaceId, ownerId: testId }
  await keepSecrets(ctx, transaction, owner, { password, privateKey, passphrase })
  const connection = connectionOf({ ...fields, rootFolder })
  const digest = configDigest(ctx, { workspaceId, product, connection, secrets: await digestsOf(transaction, owner) })
  const createdBy = ctx.actor.kind === 'user' ? ctx.actor.id : null
  return insertConnectionTest(transaction, { workspaceId, id: testId, product, connection, configDigest: digest, createdBy })
}
