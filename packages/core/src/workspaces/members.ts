import type { Transaction } from '@drayage/db/connect'
import { violates } from '@drayage/db/constraint'
import {
  deleteMember,
  findMember,
  insertMember,
  listMembers as listRows,
  lockAdmins,
  type MemberWithEmail,
  updateMember as updateRow,
} from '@drayage/db/queries/members'
import { userWithEmail } from '@drayage/db/queries/users'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import { roles } from '@drayage/db/vocabulary'
import { z } from 'zod'
import { workspaceNotFound } from '../access/permit.ts'
import { nameOf } from '../access/user-actor.ts'
import { audit, difference } from '../audit/append.ts'
import { Fault } from '../faults.ts'
import { newId } from '../id.ts'
import { invalidInput } from '../input-faults.ts'
import { mailAddress } from '../notifications/mail-address.ts'
import { queueLetter } from '../notifications/queue-letter.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { checkVersion, versionField } from '../version.ts'
import { id, instant, productKey } from '../wire.ts'

const role = z.enum(roles).meta({ id: 'Role' })

export const member = z
  .object({ id, workspaceId: id, userId: id, email: z.string(), role, products: z.array(productKey), createdAt: instant, version: z.int() })
  .meta({ id: 'Member' })

const show = (row: MemberWithEmail) => ({ ...row, createdAt: row.createdAt.toISOString() })

/** Makes somebody a member; who cannot log in yet is invited by mail. Nobody is made more than the one who does it is. */
export const addMember = operation({
  name: 'addMember',
  permission: 'member:create',
  input: z.strictObject({ workspaceId: id, email: mailAddress, role, products: z.array(productKey).default([]) }),
  output: member,
  run: async ({ ctx, transaction, input }) => {
    const { workspaceId, email } = input
    checkProducts(input)
    if ((await findWorkspace(transaction, workspaceId)) === undefined) throw workspaceNotFound()
    const user = await userWithEmail(transaction, { id: newId(), email })
    const memberId = newId()
    try {
      await insertMember(transaction, { workspaceId, id: memberId, userId: user.id, role: input.role, products: input.products })
    } catch (error) {
      if (!violates(error, 'members_workspace_id_user_id_key')) throw error
      throw new Fault('conflict', 'member.exists', 'This person is a member already. Change the member instead.', { cause: error })
    }
    const after = { email, role: input.role, products: input.products }
    await audit(ctx, transaction, { workspaceId, action: 'member.added', subject: 'member', subjectId: memberId, after })
    const invitation = { kind: 'user.invited', workspaceId, payload: { email, by: nameOf(ctx.actor) } } as const
    if (user.passwordHash === null) await queueLetter(ctx, transaction, invitation)
    return show(await memberThere(transaction, { workspaceId, id: memberId }))
  },
})

export const listMembers = operation({
  name: 'members',
  permission: 'member:read',
  input: z.strictObject({ workspaceId: id, ...pageFields }),
  output: z.object({ items: z.array(member), nextCursor: z.string().optional() }).meta({ id: 'MemberList' }),
  run: async ({ transaction, input }) => {
    const { workspaceId } = input
    return pageOf(await listRows(transaction, { workspaceId, ...pageQuery(input) }), input, show)
  },
})

/** What is left out stays; products belong to a role, so another role begins with none. */
export const updateMember = operation({
  name: 'updateMember',
  permission: 'member:update',
  input: z.strictObject({
    workspaceId: id,
    id,
    expectedVersion: versionField,
    role: role.optional(),
    products: z.array(productKey).optional(),
  }),
  output: member,
  run: async ({ ctx, transaction, input }) => {
    const { workspaceId } = input
    const admins = await lockAdmins(transaction, { workspaceId })
    const before = await memberThere(transaction, input)
    checkVersion(before, input.expectedVersion)
    const wanted = changedMember(before, input)
    checkProducts(wanted)
    if (wanted.role !== 'workspace_admin') keepAnAdmin(admins, before)
    await updateRow(transaction, before, wanted)
    const after = await memberThere(transaction, input)
    const change = difference({
      before: { role: before.role, products: before.products },
      after: { role: after.role, products: after.products },
    })
    await audit(ctx, transaction, { workspaceId, action: 'member.updated', subject: 'member', subjectId: before.id, ...change })
    return show(after)
  },
})

export const removeMember = operation({
  name: 'removeMember',
  permission: 'member:delete',
  input: z.strictObject({ workspaceId: id, id, expectedVersion: versionField }),
  output: member,
  run: async ({ ctx, transaction, input }) => {
    const { workspaceId } = input
    const admins = await lockAdmins(transaction, { workspaceId })
    const gone = await memberThere(transaction, input)
    checkVersion(gone, input.expectedVersion)
    keepAnAdmin(admins, gone)
    await deleteMember(transaction, gone)
    const before = { email: gone.email, role: gone.role, products: gone.products }
    await audit(ctx, transaction, { workspaceId, action: 'member.removed', subject: 'member', subjectId: gone.id, before })
    return show(gone)
  },
})

async function memberThere(transaction: Transaction, key: { workspaceId: string; id: string }): Promise<MemberWithEmail> {
  const found = await findMember(transaction, key)
  if (found === undefined) throw new Fault('not_found', 'member.not_found', 'There is no such member in this workspace.')
  return found
}

type Powers = Pick<MemberWithEmail, 'role' | 'products'>

function changedMember(before: Powers, given: Partial<Powers>): Powers {
  const { role = before.role } = given
  return { role, products: given.products ?? (role === before.role ? before.products : []) }
}

/** A workspace admin has all products, a product admin names theirs. */
function checkProducts(input: { role: (typeof roles)[number]; products: readonly string[] }): void {
  if ((input.role === 'product_admin') === input.products.length > 0) return
  const message = input.role === 'product_admin' ? 'Name at least one product.' : 'A workspace admin has all products; name none.'
  throw invalidInput([{ pointer: '/products', code: 'products_do_not_fit_role', message }])
}

function keepAnAdmin(admins: readonly string[], leaving: { id: string }): void {
  if (admins.some((admin) => admin !== leaving.id) || !admins.includes(leaving.id)) return
  throw new Fault('conflict', 'member.last_admin', 'This is the last workspace admin. Make another member one first.')
}
