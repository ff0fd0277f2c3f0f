import type { Transaction } from '@drayage/db/connect'
import { isDatabaseAway } from '@drayage/db/database-away'
import { holdFtpClient } from '@drayage/db/queries/ftp-clients'
import { lookedWell, lookFailed, type PolledClient, putOffLook, recordLook, type Sighting } from '@drayage/db/queries/looks'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import { asFault } from '../faults.ts'
import { clearAttention, raiseAttention } from '../ftp-clients/attention.ts'
import { lookOver } from '../ftp-clients/session.ts'
import { newId } from '../id.ts'
import type { Inbox, Product } from '../imports/importer.ts'
import { type Layout, layoutOf } from '../imports/layout.ts'
import { productOf } from '../imports/products/registry.ts'
import { backOffSeconds } from '../remotes/back-off.ts'
import { type ListingRoom, openListingRoom } from '../remotes/listing-room.ts'
import { joinPath } from '../remotes/path.ts'
import type { Remote } from '../remotes/remote.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
import { silentFailures } from './failure.ts'
import { findPolledClient } from './polled-client.ts'
import type { WorkerOptions } from './run.ts'

/** Names that writers use while a file is not finished, and hidden ones. */
const unfinished = /^[.~]|\.(part|partial|tmp|temp|filepart|writing|swp|crdownload)$/i

/** Files and folders that one look sees at most, in all inboxes together. */
const mostEntries = 50_000

type ClientKey = { workspaceId: string; ftpClientId: string }

/**
 * One look into the inbound folders of a client: what is there becomes a transfer, what has been quiet long enough
 * becomes due, and a look at what is still changing is planned for the moment it can be quiet.
 */
export async function pollClient(ctx: Context, key: ClientKey, options: WorkerOptions): Promise<void> {
  const polled = await findPolledClient(ctx, key)
  if (polled === undefined) return
  const { client } = polled
  const from = performance.now()
  const measure = (well: boolean) => ctx.measures?.looked({ well, seconds: (performance.now() - from) / 1000 })
  try {
    // Until what was seen is written down.
    using room = openListingRoom({ most: mostEntries })
    const look = await lookAt(ctx, polled, { ...options, room }).catch((error: unknown) => {
      measure(false)
      throw error
    })
    measure(look.complaint === undefined)
    const sawSomething = look.files.length > 0
    if (!sawSomething && look.complaint === undefined && !polled.unsettled) return
    await ctx.db.inWorkspace(key.workspaceId, async (transaction) => {
      if (!(await isUnchanged(transaction, client))) return
      const { ready, lookAgainInSeconds } = await recordLook(transaction, {
        ...key,
        ...look,
        quietSeconds: client.quietSeconds,
        worker: options.worker,
      })
      for (const transferId of ready) await ctx.enqueue(transaction, 'transfer.run', { workspaceId: key.workspaceId, transferId })
      await lookedWell(transaction, key, { inSeconds: lookAgainInSeconds, sawSomething })
      if (look.complaint === undefined) await clearAttention(ctx, transaction, key, { raisedBy: 'look' })
      else await raiseAttention(ctx, transaction, { ...key, fault: look.complaint, stops: false, raisedBy: 'look' })
    })
  } catch (error) {
    await settleFailedLook(ctx, key, error, options)
  }
}

/** Whether what was seen is still of interest: the client was not deleted, stopped or given another server meanwhile. */
async function isUnchanged(transaction: Transaction, client: FtpClientRow): Promise<boolean> {
  const now = await holdFtpClient(transaction, client)
  return now?.status === 'active' && now.configDigest === client.configDigest
}

async function lookAt(ctx: Context, { client, startedAt }: PolledClient, { signal, room }: WorkerOptions & { room: ListingRoom }) {
  const product = productOf(client.product)
  const layout = layoutOf(product, client)
  const seen = await lookOver(ctx, client, { signal, look: (remote) => lookInto(remote, { product, layout, room }) })
  return { product: product.key, startedAt, ...seen }
}

/** Folders that customers made, in all inboxes together: each is listed at every look. */
export const mostSubfolders = 200
const foldersAtOnce = 8

async function lookInto(remote: Remote, { product, layout, room }: { product: Product; layout: Layout; room: ListingRoom }) {
  const files: Sighting[] = []
  const folders: string[] = []
  const actionOf: Record<string, string> = {}
  let complaint: ReturnType<typeof remoteFault> | undefined
  const inboxes = inboxesOf(product)
  const declared = new Set(inboxes.map(({ folder }) => folder))
  // Grows while it is gone through, by the folders that customers made.
  for await (const { inbox, directory, listing } of listEach(remote, inboxes, { layout, room })) {
    const { folder, mode, action, subfolders } = inbox
    if ('complaint' in listing) {
      complaint = listing.complaint
      continue
    }
    folders.push(folder)
    actionOf[folder] = action
    for (const entry of listing.entries) {
      const below = `${folder}/${entry.name}`
      if (subfolders && entry.type === 'directory' && !unfinished.test(entry.name) && !declared.has(below)) {
        if (inboxes.length < declared.size + mostSubfolders) inboxes.push({ folder: below, mode, action })
        else complaint = remoteFault('remote.too_many_folders', { directory, most: mostSubfolders })
      }
      if (entry.type !== 'file' || unfinished.test(entry.name)) continue
      const { name: fileName, size, modified } = entry
      files.push({ id: newId(), inbox: folder, mode, fileName, path: joinPath(directory, fileName), size, modified })
    }
    const [refused] = listing.refused
    if (refused !== undefined) complaint = remoteFault('remote.name_refused', { directory, name: refused.shown, reason: refused.reason })
  }
  return { folders, files, actionOf, complaint }
}

/** Lists some folders at a time, which takes no longer than one where the protocol allows it, and passes them on in order. */
async function* listEach<T extends Inbox>(remote: Remote, inboxes: readonly T[], { layout, room }: { layout: Layout; room: ListingRoom }) {
  for (let at = 0; at < inboxes.length; ) {
    const some = inboxes.slice(at, at + foldersAtOnce).map((inbox) => ({ inbox, directory: layout.path(inbox.folder) }))
    const listings = await Promise.all(some.map(async (one) => ({ ...one, listing: await listOrComplain(remote, { ...one, room }) })))
    at += listings.length
    yield* listings
  }
}

/** One folder that is missing or closed to us must not hide the others. */
async function listOrComplain(remote: Remote, { directory, room }: { directory: string; room: ListingRoom }) {
  const share = room.share()
  try {
    return await remote.list(directory, share)
  } catch (error) {
    share.forget()
    const fault = asFault(error)
    if (fault?.kind !== 'not_found' && fault?.kind !== 'denied') throw error
    return { complaint: fault }
  }
}

function inboxesOf(product: Product): (Inbox & { action: string })[] {
  return product.actions.flatMap(({ key, folders }) => folders.inboxes.map((inbox) => ({ ...inbox, action: key })))
}

async function settleFailedLook(ctx: Context, key: ClientKey, error: unknown, options: WorkerOptions): Promise<void> {
  // The schedule already holds the time of the next look.
  if (isDatabaseAway(error) || options.signal.aborted) return
  const fault = asFault(error)
  if (fault === undefined) throw error
  if (fault.kind === 'fenced') return
  const after = options.afterFailure[fault.kind]
  const { retryInSeconds } = fault.details as { retryInSeconds?: number }
  await ctx.db.inWorkspace(key.workspaceId, async (transaction) => {
    // It is we who are busy: nobody is to blame, and nobody to be told.
    if (fault.kind === 'unavailable' && retryInSeconds !== undefined) return putOffLook(transaction, key, { inSeconds: retryInSeconds })
    const failures = await lookFailed(transaction, key)
    await putOffLook(transaction, key, { inSeconds: retryInSeconds ?? backOffSeconds(failures) })
    const stops = after === 'pause_client'
    if (stops || fault.kind !== 'unreachable' || failures >= silentFailures)
      await raiseAttention(ctx, transaction, { ...key, fault, stops, raisedBy: 'look' })
  })
}
