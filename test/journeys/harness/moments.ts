import type { Context } from '@drayage/core/context'
import type { Remote } from '@drayage/core/remotes/remote'
import { remoteFault } from '@drayage/core/remotes/remote-faults'
import type { Transaction } from '@drayage/db/connect'
import { commitWatcher } from './commits.ts'

/**
 * Told each moment of a worker's life, as it is reached: `before move to PROCESSED 1`, `after commit of claimed`. What it
 * does, it does right there: nothing of the worker goes on meanwhile.
 */
export type Reached = (moment: string) => void

/**
 * A context that does what the given one does, and tells. Moments lie on both sides of every commit that changed
 * something, of every operation on a server and of every mail, and between two pieces of what is copied, read or written.
 */
export function watchContext(ctx: Context, reached: Reached, options: { lost?: string } = {}): Context {
  const counted = new Map<string, number>()
  const numbered = (what: string) => {
    const nth = (counted.get(what) ?? 0) + 1
    counted.set(what, nth)
    return `${what} ${nth}`
  }
  const around = async <T>(what: string, work: (name: string) => Promise<T>): Promise<T> => {
    const name = numbered(what)
    reached(`before ${name}`)
    const result = await work(name)
    reached(`after ${name}`)
    return result
  }
  const commits = commitWatcher({ reached, numbered })
  const watched = async <T>(
    run: (work: (transaction: Transaction) => Promise<T>) => Promise<T>,
    work: (transaction: Transaction) => Promise<T>,
  ) => {
    let change: string | undefined
    const result = await run(async (transaction) => {
      const value = await commits.watchCopies(transaction, work)
      change = await commits.nameOf(transaction)
      if (change !== undefined) reached(`before commit of ${change}`)
      return value
    })
    if (change !== undefined) reached(`after commit of ${change}`)
    return result
  }
  return {
    ...ctx,
    db: { ...ctx.db, inWorkspace: (ids, work) => watched((told) => ctx.db.inWorkspace(ids, told), work) },
    mail: (message) => around('mail', () => ctx.mail(message)),
    openRemote: (endpoint) =>
      around('log-in', async () => {
        const opened = await ctx.openRemote(endpoint)
        return { ...opened, remote: watchRemote(opened.remote, { around, numbered, reached, lost: options.lost }) }
      }),
  }
}

type Watch = {
  around<T>(what: string, work: (name: string) => Promise<T>): Promise<T>
  numbered(what: string): string
  reached: Reached
  /** The moment at which the connection goes, with what was to be said over it. */
  lost?: string
}

function watchRemote(remote: Remote, { around: watched, numbered, reached, lost }: Watch): Remote {
  const unlessLost = async (moment: string) => {
    if (moment !== lost) return
    await remote[Symbol.asyncDispose]()
    throw remoteFault('remote.connection_lost')
  }
  const around: Watch['around'] = async (what, work) => {
    let moment = ''
    const result = await watched(what, (name) => {
      moment = `after ${name}`
      return work(name)
    })
    await unlessLost(moment)
    return result
  }
  return {
    ...remote,
    list: (path, share) => around(`list of ${path.split('/').at(-1)}`, () => remote.list(path, share)),
    stat: (path) => around(`stat in ${folderOf(path)}`, () => remote.stat(path)),
    read: async function* (path) {
      const name = numbered(`read in ${folderOf(path)}`)
      reached(`before ${name}`)
      yield* telling(remote.read(path), () => reached(`midway ${name}`))
      reached(`after ${name}`)
      await unlessLost(`after ${name}`)
    },
    write: (path, source) =>
      around(`write in ${folderOf(path)}`, (name) =>
        remote.write(
          path,
          telling(source, () => reached(`midway ${name}`)),
        ),
      ),
    move: (from, to) => around(`move to ${folderOf(to)}`, () => remote.move(from, to)),
    remove: (path) => around(`remove in ${folderOf(path)}`, () => remote.remove(path)),
  }
}

async function* telling(source: AsyncIterable<Buffer>, midway: () => void): AsyncGenerator<Buffer> {
  let told = false
  for await (const bytes of source) {
    yield bytes
    if (!told) midway()
    told = true
  }
}

function folderOf(path: string): string {
  return path.split('/').at(-2) ?? ''
}
