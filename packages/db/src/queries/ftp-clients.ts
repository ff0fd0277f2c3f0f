import type { Transaction } from '../connect.ts'
import { and, desc, eq, getTableColumns, inArray, isNotNull, isNull, lt, lte, sql } from '../drizzle.ts'
import { type AttentionRow, attentions } from '../schema/attentions.ts'
import { type FtpClientRow, ftpClients, type NewFtpClientRow } from '../schema/ftp-clients.ts'
import type { ProductKey } from '../vocabulary.ts'
import { inScope, type Scope } from './scope.ts'

type ClientKey = { workspaceId: string; id: string }
const is = (key: ClientKey) => and(eq(ftpClients.workspaceId, key.workspaceId), eq(ftpClients.id, key.id))
const itsAttention = and(eq(attentions.workspaceId, ftpClients.workspaceId), eq(attentions.ftpClientId, ftpClients.id))

/** A client as people see it: with what it needs a person for, if anything. */
export type FtpClientWithAttention = FtpClientRow & { attention: AttentionRow | null }

export async function insertFtpClient({ tx }: Transaction, client: NewFtpClientRow): Promise<FtpClientRow> {
  const [made] = await tx.insert(ftpClients).values(client).returning()
  return made as FtpClientRow
}

/** A client that was not deleted. */
export async function findFtpClient({ tx }: Transaction, key: ClientKey): Promise<FtpClientRow | undefined> {
  const [found] = await tx
    .select()
    .from(ftpClients)
    .where(and(is(key), isNull(ftpClients.deletedAt)))
  return found
}

/** A client that was not deleted, and does not change until the transaction ends. */
export async function holdFtpClient({ tx }: Transaction, key: ClientKey): Promise<FtpClientRow | undefined> {
  const [found] = await tx
    .select()
    .from(ftpClients)
    .where(and(is(key), isNull(ftpClients.deletedAt)))
    .for('share')
  return found
}

/** A client whether it was deleted or not, for letters about it. */
export async function findFtpClientEvenDeleted({ tx }: Transaction, key: ClientKey): Promise<FtpClientRow | undefined> {
  const [found] = await tx.select().from(ftpClients).where(is(key))
  return found
}

export async function readFtpClient({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<FtpClientWithAttention | undefined> {
  const [found] = await tx
    .select({ ...getTableColumns(ftpClients), attention: attentions })
    .from(ftpClients)
    .leftJoin(attentions, itsAttention)
    .where(and(eq(ftpClients.id, key.id), inScope(ftpClients, key.scope), isNull(ftpClients.deletedAt)))
  return found
}

/** Keeps the client from changing until the transaction ends. */
export async function lockFtpClient({ tx }: Transaction, key: { id: string; scope: Scope }): Promise<FtpClientRow | undefined> {
  const [found] = await tx
    .select()
    .from(ftpClients)
    .where(and(eq(ftpClients.id, key.id), inScope(ftpClients, key.scope), isNull(ftpClients.deletedAt)))
    .for('update')
  return found
}

/** Newest first. `needs_attention` is an active client with an open attention, and `active` one without. */
export async function listFtpClients(
  { tx }: Transaction,
  page: {
    scope: Scope
    product?: ProductKey
    status?: 'draft' | 'active' | 'paused' | 'needs_attention'
    before?: string
    limit: number
  },
): Promise<FtpClientWithAttention[]> {
  const ofStatus = {
    draft: eq(ftpClients.status, 'draft'),
    paused: eq(ftpClients.status, 'paused'),
    active: and(eq(ftpClients.status, 'active'), isNull(attentions.ftpClientId)),
    needs_attention: and(eq(ftpClients.status, 'active'), isNotNull(attentions.ftpClientId)),
  }
  return tx
    .select({ ...getTableColumns(ftpClients), attention: attentions })
    .from(ftpClients)
    .leftJoin(attentions, itsAttention)
    .where(
      and(
        inScope(ftpClients, page.scope),
        isNull(ftpClients.deletedAt),
        page.product === undefined ? undefined : eq(ftpClients.product, page.product),
        page.status === undefined ? undefined : ofStatus[page.status],
        page.before === undefined ? undefined : lt(ftpClients.id, page.before),
      ),
    )
    .orderBy(desc(ftpClients.id))
    .limit(page.limit)
}

/** The newest of each workspace of the scope, `limit` each. */
export async function listFtpClientsOfEach(
  { tx }: Transaction,
  page: { scope: Scope; before?: string; limit: number },
): Promise<FtpClientWithAttention[]> {
  const place = sql<number>`row_number() over (partition by ${ftpClients.workspaceId} order by ${ftpClients.id} desc)`
  const placed = tx
    .select({ workspaceId: ftpClients.workspaceId, id: ftpClients.id, place: place.as('place') })
    .from(ftpClients)
    .where(
      and(
        inScope(ftpClients, page.scope),
        isNull(ftpClients.deletedAt),
        page.before === undefined ? undefined : lt(ftpClients.id, page.before),
      ),
    )
    .as('placed')
  return tx
    .select({ ...getTableColumns(ftpClients), attention: attentions })
    .from(placed)
    .innerJoin(ftpClients, and(eq(ftpClients.workspaceId, placed.workspaceId), eq(ftpClients.id, placed.id)))
    .leftJoin(attentions, itsAttention)
    .where(lte(placed.place, page.limit))
    .orderBy(desc(ftpClients.id))
}

export async function readFtpClients(
  { tx }: Transaction,
  keys: { ids: readonly string[]; scope: Scope },
): Promise<FtpClientWithAttention[]> {
  return tx
    .select({ ...getTableColumns(ftpClients), attention: attentions })
    .from(ftpClients)
    .leftJoin(attentions, itsAttention)
    .where(and(inArray(ftpClients.id, [...keys.ids]), inScope(ftpClients, keys.scope), isNull(ftpClients.deletedAt)))
}

/** A person changed the client: its version goes up. */
export async function updateFtpClient(
  { tx }: Transaction,
  key: ClientKey,
  set: Partial<Omit<NewFtpClientRow, 'workspaceId' | 'id' | 'version'>>,
): Promise<FtpClientRow> {
  const [changed] = await tx
    .update(ftpClients)
    .set({ ...set, version: sql`${ftpClients.version} + 1`, updatedAt: sql`clock_timestamp()` })
    .where(is(key))
    .returning()
  return changed as FtpClientRow
}

/** The clients of a product that were activated once, in the order in which they were made. */
export async function listEverActivated({ tx }: Transaction, of: { workspaceId: string; product: ProductKey }): Promise<FtpClientRow[]> {
  return tx
    .select()
    .from(ftpClients)
    .where(
      and(
        eq(ftpClients.workspaceId, of.workspaceId),
        eq(ftpClients.product, of.product),
        isNotNull(ftpClients.activatedAt),
        isNull(ftpClients.deletedAt),
      ),
    )
    .orderBy(ftpClients.id)
}

/** Softly: the row stays for the files that came through it. */
export async function deleteFtpClient({ tx }: Transaction, key: ClientKey): Promise<void> {
  await tx
    .update(ftpClients)
    .set({
      deletedAt: sql`clock_timestamp()`,
      hasPassword: false,
      hasPrivateKey: false,
      version: sql`${ftpClients.version} + 1`,
      updatedAt: sql`clock_timestamp()`,
    })
    .where(is(key))
}
