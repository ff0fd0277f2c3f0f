import type { Client } from '@drayage/db/connect'
import { copySections, describeCodes, insertReturn, type NewReturn, sumSections } from '@drayage/db/queries/gstr1-returns'
import { addRegister } from './register-sections.ts'

/** Since May 2021 the summary by HSN has the official descriptions. */
const describedSince = '2021-05-01'

/**
 * Makes the return of a GSTIN and period: its sections as they were sent, and the others from the sales register. What
 * comes later does not change it.
 *
 * @returns lines of the register without an HSN code, which the summary by HSN lacks
 */
export async function makeReturn(client: Client, made: NewReturn): Promise<number> {
  await insertReturn(client, made)
  const fromFiles = await copySections(client, made)
  const linesWithoutHsn = await addRegister(client, made, { besides: fromFiles })
  if (made.period >= describedSince) await describeCodes(client, made)
  await sumSections(client, made, { fromFiles })
  return linesWithoutHsn
}
