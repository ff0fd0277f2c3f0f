import type { Client } from '../connect.ts'

/** A return by its transfer and the number of its result file. */
export type ReturnKey = { transferId: string; part: number }

/** Of a month; of a month of a quarterly filer, with invoices to registered customers alone (IFF); or of a quarter, at its last month. */
export type ReturnForm = 'monthly' | 'iff' | 'quarterly'

/** Rupees; null where it is not stated. */
type Turnover = { grossTurnover: string | null; currentGrossTurnover: string | null }

export type Return = Turnover & {
  id: string
  transferId: string
  part: number
  gstin: string
  /** First day of the return period. */
  period: string
  form: ReturnForm
  remarks: string | null
}

const columns = `id, transfer_id as "transferId", part, gstin, return_period::text as period, form, remarks,
  gross_turnover::text as "grossTurnover", current_gross_turnover::text as "currentGrossTurnover"`

export async function findReturn(client: Client, key: ReturnKey & { workspaceId: string }): Promise<Return | undefined> {
  const { rows } = await client.query<Return>(
    `select ${columns} from gstr1_returns where workspace_id = $1 and transfer_id = $2 and part = $3`,
    [key.workspaceId, key.transferId, key.part],
  )
  return rows[0]
}

/** The one that counts: of the latest transfer. */
export async function findLatestReturn(
  client: Client,
  key: { workspaceId: string; gstin: string; period: string },
): Promise<Return | undefined> {
  const { rows } = await client.query<Return>(
    `select ${columns} from gstr1_returns where workspace_id = $1 and gstin = $2 and return_period = $3 order by id desc limit 1`,
    [key.workspaceId, key.gstin, key.period],
  )
  return rows[0]
}

export type ReturnRow = { ordinal: number; outer: string; inner: string; cells: Record<string, string | number> }

/** Rows of a section in their order, some at a time, the first behind `after`; of those whose unit begins so. */
export async function pageReturnRows(
  client: Client,
  page: { workspaceId: string; returnId: string; section: string; unit: string; after: number; limit: number },
): Promise<ReturnRow[]> {
  const { rows } = await client.query<ReturnRow>(
    `select ordinal, outer_key as outer, inner_key as inner, cells from gstr1_return_rows
     where workspace_id = $1 and return_id = $2 and section = $3 and starts_with(unit_key, $4) and ordinal > $5 order by ordinal limit $6`,
    [page.workspaceId, page.returnId, page.section, page.unit, page.after, page.limit],
  )
  return rows
}

export type ReturnSection = {
  section: string
  source: 'section_files' | 'sales_register'
  entries: number
  taxableValue: string
  igst: string
  cgst: string
  sgst: string
  cess: string
}

/** What the sections of a return add up to; rupees. */
export async function listReturnSections(client: Client, key: { workspaceId: string; returnId: string }): Promise<ReturnSection[]> {
  const { rows } = await client.query<ReturnSection>(
    `select section, source, entries, taxable_value::numeric(20, 2)::text as "taxableValue", igst::numeric(20, 2)::text as igst,
            cgst::numeric(20, 2)::text as cgst, sgst::numeric(20, 2)::text as sgst, cess::numeric(20, 2)::text as cess
     from gstr1_return_sections where workspace_id = $1 and return_id = $2`,
    [key.workspaceId, key.returnId],
  )
  return rows
}

export type NewReturn = Return & { workspaceId: string; isSezUnit: boolean }

export async function insertReturn(client: Client, made: NewReturn): Promise<void> {
  await client.query(
    `insert into gstr1_returns (workspace_id, id, transfer_id, part, gstin, return_period, form, remarks, is_sez_unit, gross_turnover, current_gross_turnover)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[made.workspaceId, made.id, made.transferId, made.part, made.gstin, made.period, made.form, made.remarks],
      ...[made.isSezUnit, made.grossTurnover, made.currentGrossTurnover],
    ],
  )
}

/**
 * Copies into a return the rows of its sections that have files. What stands together comes where the first of it does;
 * of a unit that several files brought, the latest counts. Returns the sections that have files, of which those of `besides`
 * are left out.
 */
export async function copySections(client: Client, made: NewReturn, { besides }: { besides: readonly string[] }): Promise<string[]> {
  await client.query(
    `insert into gstr1_return_rows (workspace_id, return_id, section, ordinal, outer_key, inner_key, unit_key, cells)
     select $1, $2, section, row_number() over (partition by section order by first_outer, first_inner, nth), outer_key, inner_key, unit_key, cells
     from (
       select *, min(nth) over (partition by section, outer_key) as first_outer,
              min(nth) over (partition by section, outer_key, inner_key) as first_inner
       from (
         select f.section, r.*, row_number() over (order by r.transfer_id, r.place) as nth,
                max(r.transfer_id::text) over (partition by f.section, r.unit_key) as latest
         from gstr1_section_files f join gstr1_rows r using (workspace_id, transfer_id)
         where f.workspace_id = $1 and f.gstin = $3 and f.return_period = $4 and f.counts and f.section <> all ($5)
           and r.place is not null
       ) brought where transfer_id::text = latest
     ) counted`,
    [made.workspaceId, made.id, made.gstin, made.period, besides],
  )
  const { rows } = await client.query<{ section: string }>(
    'select distinct section from gstr1_section_files where workspace_id = $1 and gstin = $2 and return_period = $3 and counts order by section',
    [made.workspaceId, made.gstin, made.period],
  )
  return rows.map(({ section }) => section)
}

/** Gives the codes of a return their descriptions, as far as the operator loaded a list that has them. */
export async function describeCodes(client: Client, made: NewReturn): Promise<void> {
  await client.query(
    `update gstr1_return_rows r set cells = cells || jsonb_build_object('desc', h.description)
     from hsn_codes h where r.workspace_id = $1 and r.return_id = $2 and h.code = r.cells ->> 'hsn_sc' and h.description <> ''`,
    [made.workspaceId, made.id],
  )
}

/** Adds up the rows of a return by section. Credit notes are taken off. */
export async function sumSections(client: Client, made: NewReturn, { fromFiles }: { fromFiles: readonly string[] }): Promise<void> {
  const sum = (...keys: string[]) =>
    `coalesce(sum(sign * (${keys.map((key) => `coalesce((cells ->> '${key}')::numeric, 0)`).join(' + ')})), 0)`
  await client.query(
    `insert into gstr1_return_sections (workspace_id, return_id, section, source, entries, taxable_value, igst, cgst, sgst, cess)
     select $1, $2, section, case when section = any ($3) then 'section_files' else 'sales_register' end,
            count(distinct (outer_key, inner_key, unit_key)),
            ${sum('txval', 'ad_amt', 'suppval', 'nil_amt', 'expt_amt', 'ngsup_amt')}, ${sum('iamt', 'igst')}, ${sum('camt', 'cgst')},
            ${sum('samt', 'sgst')}, ${sum('csamt', 'cess')}
     from gstr1_return_rows, lateral (select case cells ->> 'ntty' when 'C' then -1 else 1 end as sign) note
     where workspace_id = $1 and return_id = $2 group by section`,
    [made.workspaceId, made.id, fromFiles],
  )
}
