import { findLicence, listLicences as listRows, setLicence as setRow } from '@drayage/db/queries/licences'
import { findWorkspace } from '@drayage/db/queries/workspaces'
import type { LicenceRow } from '@drayage/db/schema/workspaces'
import { z } from 'zod'
import { workspaceNotFound } from '../access/permit.ts'
import { audit } from '../audit/append.ts'
import { operation } from '../operation.ts'
import { id, instant, listOf, productKey } from '../wire.ts'

export const licence = z.object({ workspaceId: id, product: productKey, validUntil: instant }).meta({ id: 'Licence' })

const show = (row: LicenceRow) => ({ ...row, validUntil: row.validUntil.toISOString() })

/** Until when the workspace may use the product; a time in the past ends it. */
export const setLicence = operation({
  name: 'setLicence',
  permission: 'licence:set',
  input: z.strictObject({ workspaceId: id, product: productKey, validUntil: instant }),
  output: licence,
  run: async ({ ctx, transaction, input }) => {
    const { workspaceId, product } = input
    if ((await findWorkspace(transaction, workspaceId)) === undefined) throw workspaceNotFound()
    const former = await findLicence(transaction, input)
    const row = { workspaceId, product, validUntil: new Date(input.validUntil) }
    await setRow(transaction, row)
    const before = former === undefined ? {} : { before: { validUntil: former.validUntil } }
    await audit(ctx, transaction, {
      workspaceId,
      action: 'licence.set',
      subject: 'licence',
      product,
      ...before,
      after: { validUntil: row.validUntil },
    })
    return show(row)
  },
})

export const listLicences = operation({
  name: 'licences',
  permission: 'licence:read',
  input: z.strictObject({ workspaceId: id }),
  output: z.object({ items: listOf(licence, { most: 4 }) }).meta({ id: 'LicenceList' }),
  run: async ({ transaction, scope }) => ({ items: (await listRows(transaction, { scope })).map(show) }),
})
