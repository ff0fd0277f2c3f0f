import { userActor } from '@drayage/core/access/user-actor'
import type { Context, Log, Secrets, Settings } from '@drayage/core/context'
import { newId } from '@drayage/core/id'
import { connect, type Database } from '@drayage/db/connect'
import { userWithEmail } from '@drayage/db/queries/users'
import { openQueue } from '@drayage/worker/queue'

/** Where people of this installation do their work: the operations of core, in this process, as the API does them. */
export type Desk = AsyncDisposable & {
  db: Database
  /** The context of a person, made now if there is none with this address. */
  as(person: { email: string; operator?: boolean }): Promise<Context>
}

export async function openDesk(options: { databaseUrl: string; secrets: Secrets; settings: Settings; log: Log }): Promise<Desk> {
  const { databaseUrl: url, secrets, settings, log } = options
  const queue = await openQueue({ url, role: 'drayage_api', connections: 1, supervise: false, log })
  const db = connect({ url, role: 'drayage_api', connections: 3 })
  const notHere = async () => {
    throw new Error('only workers do this')
  }
  return {
    db,
    as: async (person) => {
      const user = await db.inWorkspace([], (transaction) => userWithEmail(transaction, { id: newId(), ...person }))
      const actor = await userActor(db, user)
      return { db, actor, now: () => new Date(), enqueue: queue.enqueue, openRemote: notHere, mail: notHere, secrets, log, settings }
    },
    [Symbol.asyncDispose]: async () => {
      await queue[Symbol.asyncDispose]()
      await db[Symbol.asyncDispose]()
    },
  }
}
