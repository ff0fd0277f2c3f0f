import type { Client } from '../connect.ts'
import { copyRows, copyText } from './copy-rows.ts'

export type HsnCode = { code: string; description: string }

/** Puts a list in place of the one before; of a code that comes twice the first counts. Imports see one or the other. */
export async function replaceHsnCodes(client: Client, codes: AsyncIterable<readonly HsnCode[]>): Promise<{ before: number; now: number }> {
  await client.query('create temporary table loaded_codes (ordinal integer, code text, description text) on commit drop')
  const copy = copyRows(client, { table: 'loaded_codes', columns: ['ordinal', 'code', 'description'] })
  let ordinal = 0
  try {
    for await (const block of codes) {
      for (const { code, description } of block) if (copy.add(`${ordinal++}\t${code}\t${copyText(description)}`)) await copy.flush()
    }
  } finally {
    await copy.end()
  }
  const before = await client.query('delete from hsn_codes')
  const now = await client.query(
    'insert into hsn_codes (code, description) select distinct on (code) code, description from loaded_codes order by code, ordinal',
  )
  return { before: before.rowCount ?? 0, now: now.rowCount ?? 0 }
}

/** Finds the staged rows whose code is not on the list, if there is one. */
export async function findUnlistedCodes(client: Client, issue: { column: string; code: string; message: string }): Promise<void> {
  await client.query(
    `insert into staged_issues (row_number, severity, column_name, code, value, message)
     select row_number, 'error', $1, $2, hsn_or_sac_code, $3 from staged_rows s
     where hsn_or_sac_code is not null and exists (select from hsn_codes)
       and not exists (select from hsn_codes h where h.code = s.hsn_or_sac_code)
     order by row_number`,
    [issue.column, issue.code, issue.message],
  )
}
