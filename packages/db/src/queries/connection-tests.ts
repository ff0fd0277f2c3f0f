import type { Transaction } from '../connect.ts'
import { and, eq, inArray, sql } from '../drizzle.ts'
import { type ConnectionTestRow, connectionTests } from '../schema/connection-tests.ts'
import { inScope, type Scope } from './scope.ts'

type TestKey = { workspaceId: string; id: string }
const is = (key: TestKey) => and(eq(connectionTests.workspaceId, key.workspaceId), eq(connectionTests.id, key.id))

export async function insertConnectionTest({ tx }: Transaction, test: typeof connectionTests.$inferInsert): Promise<ConnectionTestRow> {
  const [made] = await tx.insert(connectionTests).values(test).returning()
  return made as ConnectionTestRow
}

export async function findConnectionTest({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<ConnectionTestRow | undefined> {
  const [found] = await tx
    .select()
    .from(connectionTests)
    .where(and(eq(connectionTests.id, key.id), inScope(connectionTests, key.scope)))
  return found
}

/** Whether the test ended at most `withinMs` ago. */
export async function endedWithin({ tx }: Transaction, key: TestKey, options: { withinMs: number }): Promise<boolean> {
  const recent = sql`${connectionTests.finishedAt} > clock_timestamp() - make_interval(secs => ${options.withinMs / 1000})`
  const found = await tx
    .select({ id: connectionTests.id })
    .from(connectionTests)
    .where(and(is(key), recent))
  return found.length > 0
}

/** Takes a waiting test to work on it; undefined when it is not waiting. */
export async function beginConnectionTest({ tx }: Transaction, key: TestKey): Promise<ConnectionTestRow | undefined> {
  const [begun] = await tx
    .update(connectionTests)
    .set({ status: 'running', startedAt: sql`clock_timestamp()` })
    .where(and(is(key), eq(connectionTests.status, 'queued')))
    .returning()
  return begun
}

/** Lets somebody else begin the test that was begun. False when it has ended. */
export async function putBackConnectionTest({ tx }: Transaction, key: TestKey): Promise<boolean> {
  const back = await tx
    .update(connectionTests)
    .set({ status: 'queued', startedAt: null })
    .where(and(is(key), eq(connectionTests.status, 'running')))
    .returning({ id: connectionTests.id })
  return back.length > 0
}

/** Takes a test whose worker has been silent for so long that it must be gone. */
export async function takeSilentConnectionTest(
  { tx }: Transaction,
  key: TestKey,
  options: { silentMs: number },
): Promise<ConnectionTestRow | undefined> {
  const silent = sql`${connectionTests.startedAt} < clock_timestamp() - make_interval(secs => ${options.silentMs / 1000})`
  const [taken] = await tx
    .select()
    .from(connectionTests)
    .where(and(is(key), eq(connectionTests.status, 'running'), silent))
    .for('update')
  return taken
}

/** False when the test has ended before. */
export async function endConnectionTest(
  { tx }: Transaction,
  key: TestKey,
  result: Pick<ConnectionTestRow, 'checks' | 'observedHostKey' | 'observedCertificate'> & { status: 'passed' | 'failed' },
): Promise<boolean> {
  const ended = await tx
    .update(connectionTests)
    .set({ ...result, finishedAt: sql`clock_timestamp()` })
    .where(and(is(key), inArray(connectionTests.status, ['queued', 'running'])))
    .returning({ id: connectionTests.id })
  return ended.length > 0
}

/** The test counts for this configuration: the one it ran against with the host key that a person accepted. */
export async function countTestFor({ tx }: Transaction, key: TestKey, configuration: { configDigest: string }): Promise<void> {
  await tx.update(connectionTests).set(configuration).where(is(key))
}
