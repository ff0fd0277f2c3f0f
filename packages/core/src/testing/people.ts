import { setPasswordHash, userWithEmail } from '@drayage/db/queries/users'
import type { ProductKey } from '@drayage/db/vocabulary'
import { hashPassword } from '../access/passwords.ts'
import { userActor } from '../access/user-actor.ts'
import { newId } from '../id.ts'
import { addMember } from '../workspaces/members.ts'
import { createWorkspace } from '../workspaces/workspaces.ts'
import type { TestContext } from './context.ts'

/** The context of a person, made now if there is none with this address, with today's memberships. */
export async function testPerson(ctx: TestContext, person: { email: string; operator?: boolean }): Promise<TestContext> {
  const { db } = ctx.as({ kind: 'anonymous' })
  const user = await db.inWorkspace([], (transaction) => userWithEmail(transaction, { id: newId(), ...person }))
  return ctx.as(await userActor(db, user))
}

/** That of everybody in a test workspace, so that nobody waits for an invitation. */
export const testPassword = 'correct horse battery'
let hashed: Promise<string> | undefined

/** A person who can log in with the test password. */
async function knownPerson(ctx: TestContext, person: { email: string; operator?: boolean }): Promise<TestContext> {
  hashed ??= hashPassword(testPassword)
  const passwordHash = await hashed
  const known = await testPerson(ctx, person)
  const id = known.actor.kind === 'user' ? known.actor.id : ''
  await known.db.inWorkspace([], (transaction) => setPasswordHash(transaction, { id, passwordHash }))
  return known
}

/** A workspace and the contexts of its people. */
export type TestWorkspace = {
  workspaceId: string
  /** Its first admin, who is also an operator. */
  operator: TestContext
  admin: TestContext
  productAdmin(products: readonly ProductKey[]): Promise<TestContext>
}

let made = 0

export async function testWorkspace(ctx: TestContext): Promise<TestWorkspace> {
  const mark = `${++made}-${newId().slice(-6)}`
  const founder = await knownPerson(ctx, { email: `operator-${mark}@example.com`, operator: true })
  const { id: workspaceId } = await createWorkspace.run(founder, { name: `Workspace ${mark}` })
  const operator = await testPerson(ctx, { email: `operator-${mark}@example.com` })
  const member = async (who: { email: string; role: string; products?: readonly ProductKey[] }) => {
    await knownPerson(ctx, who)
    await addMember.run(operator, { workspaceId, ...who })
    return testPerson(ctx, { email: who.email })
  }
  return {
    workspaceId,
    operator,
    admin: await member({ email: `admin-${mark}@example.com`, role: 'workspace_admin' }),
    productAdmin: (products) => member({ email: `${products.join('.')}-${mark}@example.com`, role: 'product_admin', products }),
  }
}
