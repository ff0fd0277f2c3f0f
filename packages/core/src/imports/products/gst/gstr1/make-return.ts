import type { Client } from '@drayage/db/connect'
import { copySections, describeCodes, insertReturn, type NewReturn, sumSections } from '@drayage/db/queries/gstr1-returns'
import { addRegister } from './register-sections.ts'
import { sectionsOfQuarter } from './return-body.ts'

/** Since May 2021 the summary by HSN has the official descriptions. */
const describedSince = '2021-05-01'

/** What a return lacks: lines of the register without an HSN code, and sections that have files and no place in it. */
export type Lacking = { linesWithoutHsn: number; sections: readonly string[] }

/**
 * Makes the return of a GSTIN and period: its sections as they were sent, and the others from the sales register. What
 * comes later does not change it.
 */
export async function makeReturn(client: Client, made: NewReturn): Promise<Lacking> {
  const isIff = made.form === 'iff'
  const besides = isIff ? sectionsOfQuarter : []
  await insertReturn(client, made)
  const fromFiles = await copySections(client, made, { besides })
  const linesWithoutHsn = await addRegister(client, made, { besides: [...fromFiles, ...besides] })
  if (made.period >= describedSince) await describeCodes(client, made)
  await sumSections(client, made, { fromFiles })
  return { linesWithoutHsn: isIff ? 0 : linesWithoutHsn, sections: fromFiles.filter((section) => besides.includes(section)) }
}
