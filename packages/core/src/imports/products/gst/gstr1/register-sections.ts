import type { Client } from '@drayage/db/connect'
import type { NewReturn } from '@drayage/db/queries/gstr1-returns'
import { unitCodes } from '../units.ts'
import { coversFrom, gatherLines } from './register-lines.ts'
import { sectionsOfQuarter } from './return-body.ts'
import { documentNatures } from './summary-sections.ts'

/**
 * Writes into a return what the sales register says, of the sections that have no files. The same documents give the same
 * rows in the same order, however they came.
 *
 * @returns lines without an HSN code, which the summary by HSN lacks
 */
export async function addRegister(client: Client, made: NewReturn, { besides }: { besides: readonly string[] }): Promise<number> {
  await gatherLines(client, made)
  for (const statement of Object.values(statements)) {
    await client.query(
      `with made as (select * from gstr1_returns where workspace_id = $1 and id = $2)
       insert into gstr1_return_rows (workspace_id, return_id, section, ordinal, outer_key, inner_key, unit_key, cells)
       select $1, $2, section, row_number() over (partition by section order by outer_key collate "C", sorted collate "C"),
              coalesce(outer_key, ''), inner_key, unit_key, cells
       from (${statement}) entry (section, outer_key, inner_key, unit_key, sorted, cells)
       where section <> all ($3)`,
      [made.workspaceId, made.id, besides],
    )
  }
  const { rows } = await client.query<{ lines: number }>('select count(*)::int as lines from return_lines where hsn is null and not amends')
  return rows[0]?.lines ?? 0
}

const day = (date: string) => `to_char(${date}, 'DD-MM-YYYY')`
const list = (words: readonly string[]) => `array['${words.join("', '")}']`
const rateOrder = "to_char(rt, '000.000')"
const supplyType = "case when is_intra then 'INTRA' else 'INTER' end"

/** Taxes that are due on a sum of lines: two halves within the state, else one. Those that are not stay out of the return. */
const taxes = (sum: (tax: string) => string) =>
  `'iamt', case when not is_intra then ${sum('iamt')} end, 'camt', case when is_intra then ${sum('camt')} end,
   'samt', case when is_intra then ${sum('samt')} end, 'csamt', ${sum('csamt')}`
/** Credit notes take off. */
const net = (amount: string) => `sum(sign * ${amount})`

/** What is added up by place and rate. */
const small = `'sply_ty', ${supplyType}, 'typ', 'OE', 'pos', pos, 'diff_percent', share, 'rt', rt, 'txval', ${net('txval')},
  ${taxes(net)}`

/** Since May 2021 the summary by HSN is by rate, and since May 2025 it is divided by whether the customer is registered. */
const byRate = "made.return_period >= '2021-05-01'"
const divided = "made.return_period >= '2025-05-01'"

/** SQL of rows `(section, outer_key, inner_key, unit_key, sorted, cells)`. `sorted` is what documents say, not how they came. */
const statements: Readonly<Record<string, string>> = {
  /**
   * Invoices and notes that are told one by one, a row a rate. Each section takes the cells that it has. Of a quarter, the first
   * two months told those to registered customers themselves.
   */
  documents: `
    select section,
           case when section like 'B2CL%' then pos when section like 'EXP%' then exp_typ when section like 'CDNUR%' then document else ctin end,
           document, document, array[document, ${rateOrder}],
           jsonb_strip_nulls(jsonb_build_object(
             'ctin', ctin, 'inum', number, 'nt_num', number, 'idt', ${day('date')}, 'nt_dt', ${day('date')},
             'oinum', original, 'ont_num', original, 'oidt', ${day('original_date')}, 'ont_dt', ${day('original_date')},
             'val', value, 'pos', case when not is_abroad then pos end, 'rchrg', rchrg, 'diff_percent', share, 'inv_typ', inv_typ,
             'ntty', case type when 'CREDIT' then 'C' when 'DEBIT' then 'D' end, 'exp_typ', exp_typ,
             'typ', case when not is_abroad then 'B2CL' when exp_typ = 'WPAY' then 'EXPWP' else 'EXPWOP' end,
             'sbpcode', port, 'sbnum', bill, 'sbdt', case when bill is not null then ${day('bill_date')} end,
             'num', rt * 100 + 1, 'rt', rt, 'txval', sum(txval),
             ${taxes((tax) => `sum(${tax})`)}))
    from return_lines cross join lateral (
      select concat_ws('|', to_char(date, 'YYYYMMDD'), number_key, type) as document, case export_type when 'EXPORT_WITH_IGST' then 'WPAY' else 'WOPAY' end as exp_typ
    ) told
    where untaxed is null and section not like 'B2CS%' and (is_of_month or section = any (${list(sectionsOfQuarter)}))
    group by section, document, type, number, date, original, original_date, ctin, pos, value, rchrg, share, inv_typ, exp_typ, port,
             bill, bill_date, is_abroad, is_intra, rt`,

  smallSupplies: `
    select section, '', '', concat_ws('|', pos, rt, share), array[pos, ${rateOrder}, share::text], jsonb_strip_nulls(jsonb_build_object(${small}))
    from return_lines where untaxed is null and section = 'B2CS' group by section, pos, is_intra, rt, share`,

  amendedSmallSupplies: `
    select section, concat_ws('|', omon, pos, share), '', concat_ws('|', omon, pos, share, rt), array[${rateOrder}],
           jsonb_strip_nulls(jsonb_build_object('omon', omon, ${small}))
    from return_lines cross join lateral (select to_char(original_date, 'MMYYYY') as omon) amended
    where section = 'B2CSA' group by section, omon, pos, is_intra, rt, share`,

  untaxedSupplies: `
    select 'EXEMP', '', '', sply_ty, array[sply_ty],
           jsonb_build_object('sply_ty', sply_ty, ${['nil_amt', 'expt_amt', 'ngsup_amt']
             .map((kind) => `'${kind}', coalesce(${net('txval')} filter (where untaxed = '${kind}'), 0)`)
             .join(', ')})
    from return_lines cross join lateral (
      select case when is_intra then 'INTRA' else 'INTR' end || case when ctin is null then 'B2C' else 'B2B' end as sply_ty
    ) supply
    where untaxed is not null group by sply_ty`,

  hsnSummary: `
    select summary.section, '', '', concat_ws('|', hsn, uqc, rate), array[hsn, uqc, to_char(rate, '000.000')],
           jsonb_strip_nulls(jsonb_build_object('hsn_sc', hsn, 'uqc', uqc, 'qty', case when uqc = 'NA' then 0 else round(${net('qty')}, 2) end,
             'rt', rate, 'val', case when rate is null then ${net('(txval + iamt + camt + samt + csamt)')} end,
             ${['txval', 'iamt', 'camt', 'samt', 'csamt'].map((amount) => `'${amount}', ${net(amount)}`).join(', ')}))
    from made cross join return_lines cross join lateral (
      select case when not ${divided} then 'HSN' when ctin is not null and not is_abroad then 'HSN_B2B' else 'HSN_B2C' end as section,
             case when ${byRate} then rt end as rate,
             case when is_service then 'NA' when unit = any (${list(unitCodes)}) then unit else 'OTH' end as uqc
    ) summary
    where hsn is not null and not amends group by summary.section, hsn, uqc, rate`,

  /**
   * Advances of earlier periods that invoices of services use up: those on goods bear no tax. Where an invoice has several
   * rates, its advance is divided by what each is charged on, to the paisa.
   */
  advancesAdjusted: `
    select 'ATADJ', concat_ws('|', pos, share), '', concat_ws('|', pos, share, rt), array[${rateOrder}],
           jsonb_strip_nulls(jsonb_build_object('pos', pos, 'sply_ty', ${supplyType}, 'diff_percent', share, 'rt', rt, 'ad_amt', sum(part),
             ${['iamt', 'camt', 'samt']
               .map(
                 (tax) =>
                   `'${tax}', case when is_intra = ${tax !== 'iamt'} then round(sum(part) * rt * coalesce(share, 1) / ${tax === 'iamt' ? 100 : 200}, 2) end`,
               )
               .join(', ')}))
    from (
      select pos, share, is_intra, rt,
             round(least(advance, sum(taxable) over whole) * sum(taxable) over upto / sum(taxable) over whole, 2)
             - round(least(advance, sum(taxable) over whole) * (sum(taxable) over upto - taxable) / sum(taxable) over whole, 2) as part
      from (
        select l.id, pos, share, is_intra, rt, advance, sum(txval) as taxable
        from return_lines l cross join made
        where type = 'INVOICE' and not amends and is_service and untaxed is null and rt > 0 and advance > 0 and advance_date < ${coversFrom}
          and rchrg = 'N' and inv_typ in ('R', 'DE') and not is_abroad
        group by l.id, pos, share, is_intra, rt, advance having sum(txval) > 0
      ) rated
      window whole as (partition by id), upto as (partition by id order by rt)
    ) divided
    where part > 0 group by pos, is_intra, share, rt`,

  /** Which supplies are of section 9(5), no register tells. */
  throughOperators: `
    select 'ECO', '', '', concat_ws('|', 'CLTTX', etin), array[etin],
           jsonb_build_object('nat_supp', 'clttx', 'etin', etin, 'suppval', ${net('txval')}, 'igst', ${net('iamt')}, 'cgst', ${net('camt')},
             'sgst', ${net('samt')}, 'cess', ${net('csamt')})
    from return_lines cross join made
    where etin is not null and untaxed is null and not amends and made.return_period >= '2024-01-01' group by etin`,

  /**
   * A series is the documents whose numbers differ in one place only. Of numbers that are built alike, that place is the
   * group of digits that leaves the fewest series, and of several such the last: 001/25-26 and 002/25-26 are one.
   */
  documentSeries: `
    with numbered as (
      select number, number_key, is_cancelled, doc_num, place, regexp_replace(number_key, '\\d+', '#', 'g') as built,
             regexp_replace(number_key, '\\d+', '#', 1, place) as series,
             case when place > 0 then regexp_substr(number_key, '\\d+', 1, place)::numeric else 0 end as digits
      from return_documents
      cross join lateral (select case type when 'INVOICE' then 1 when 'DEBIT' then 4 else 5 end as doc_num, regexp_count(number_key, '\\d+') as places) counted
      cross join lateral generate_series(least(1, places), places) place
    ), running as (
      select distinct on (doc_num, built) doc_num, built, place
      from numbered group by doc_num, built, place order by doc_num, built, count(distinct series), place desc
    )
    select 'DOCS', to_char(doc_num, '00'), '', concat_ws('|', doc_num, series), array[series],
           jsonb_build_object('doc_num', doc_num, 'doc_typ', (${list(documentNatures)})[doc_num],
             'from', (array_agg(number order by digits, number_key))[1], 'to', (array_agg(number order by digits desc, number_key desc))[1],
             'totnum', count(*), 'cancel', count(*) filter (where is_cancelled), 'net_issue', count(*) filter (where not is_cancelled))
    from numbered join running using (doc_num, built, place)
    group by doc_num, series`,
}
