import { closeAttention } from '@drayage/db/queries/attentions'
import { countTestFor, endedWithin, findConnectionTest } from '@drayage/db/queries/connection-tests'
import { updateFtpClient } from '@drayage/db/queries/ftp-clients'
import { digestsOf } from '@drayage/db/queries/sealed-secrets'
import type { ConnectionTestRow } from '@drayage/db/schema/connection-tests'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import { z } from 'zod'
import { nameOf } from '../access/user-actor.ts'
import { audit, difference } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { id } from '../wire.ts'
import { configDigest, connectionOf } from './configuration.ts'
import { testNotFound } from './connection-test.ts'
import { connectionFields } from './fields.ts'
import { lockedClient, shownClient } from './found.ts'
import { protocolFacts } from './protocols.ts'
import { ftpClient } from './schema.ts'
import { setToWork } from './work.ts'

/** How long a passing test counts. */
const testCountsForMs = 30 * 60_000

/**
 * Sets a client to work, from whatever state, on the strength of a passing test of this very configuration. A host key
 * that is not trusted yet is accepted by naming the fingerprint that the test saw, and pinned. Ends its attention.
 * Conflicts: `connection_test.not_passed`, `.other_configuration`, `.too_old`, `ftp_client.host_key_not_accepted`.
 */
export const activateFtpClient = operation({
  name: 'activateFtpClient',
  permission: 'ftp_client:activate',
  input: z.strictObject({ id, connectionTestId: id, acceptHostKey: connectionFields.trustedHostKeys.element.optional() }),
  output: ftpClient,
  run: async ({ ctx, transaction, scope, input }) => {
    const before = await lockedClient(transaction, { id: input.id, scope })
    const { workspaceId, product } = before
    const test = await findConnectionTest(transaction, { id: input.connectionTestId, scope })
    if (test === undefined) throw testNotFound()
    if (test.status !== 'passed')
      throw conflict('connection_test.not_passed', 'This connection test did not pass. Mend what it names, and run a new one.')
    if (test.configDigest !== before.configDigest || test.workspaceId !== workspaceId) {
      throw conflict('connection_test.other_configuration', 'This connection test was of another configuration. Test this one.')
    }
    if (!(await endedWithin(transaction, test, { withinMs: testCountsForMs }))) {
      throw conflict('connection_test.too_old', 'This connection test is more than 30 minutes old. Run a new one.')
    }

    const trustedHostKeys = acceptedHostKeys(before, test, input.acceptHostKey)
    const secrets = await digestsOf(transaction, { workspaceId, ownerId: before.id })
    const digest = configDigest(ctx, { workspaceId, product, connection: connectionOf({ ...before, trustedHostKeys }), secrets })
    const after = await updateFtpClient(transaction, before, {
      status: 'active',
      trustedHostKeys,
      configDigest: digest,
      activatedAt: before.activatedAt ?? ctx.now(),
    })
    await countTestFor(transaction, test, { configDigest: digest })

    const client = { workspaceId, ftpClientId: before.id }
    await closeAttention(transaction, client)
    await setToWork(ctx, transaction, after)
    await queueLetter(ctx, transaction, { kind: 'ftp_client.activated', ...client, payload: { by: nameOf(ctx.actor) } })
    const state = (row: FtpClientRow) => ({ status: row.status, trustedHostKeys: row.trustedHostKeys })
    const change = difference({ before: state(before), after: state(after) })
    await audit(ctx, transaction, {
      workspaceId,
      action: 'ftp_client.activated',
      subject: 'ftp_client',
      subjectId: before.id,
      product,
      ...change,
    })
    return shownClient(transaction, { id: before.id, scope })
  },
})

function acceptedHostKeys(client: FtpClientRow, test: ConnectionTestRow, accepted: string | undefined): string[] {
  if (protocolFacts[client.protocol].trusts !== 'hostKey') return client.trustedHostKeys
  const seen = test.observedHostKey?.fingerprint
  if (seen === undefined) throw new Error(`connection test ${test.id} passed without a host key`)
  if (accepted === undefined ? client.trustedHostKeys.includes(seen) : accepted === seen) {
    return client.trustedHostKeys.includes(seen) ? client.trustedHostKeys : [...client.trustedHostKeys, seen]
  }
  const message = 'Accept the host key that the test saw: compare its fingerprint with your IT team and send it as acceptHostKey.'
  throw new Fault('conflict', 'ftp_client.host_key_not_accepted', message, { details: { observedHostKey: test.observedHostKey } })
}

function conflict(code: string, message: string): Fault {
  return new Fault('conflict', code, message)
}
