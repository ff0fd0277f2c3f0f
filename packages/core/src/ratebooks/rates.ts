import type { Client } from '@drayage/db/connect'
import { findBookBefore, type RatebookRow } from '@drayage/db/queries/ratebooks'
import { findBookWithRates, findRates, type RateFilter, type RateRow, type RateSort } from '@drayage/db/queries/rates'
import { z } from 'zod'
import { nthId, ordinalOf } from '../id.ts'
import { defaultChannel } from '../imports/products/ratebooks/placement.ts'
import { operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../page.ts'
import { id } from '../wire.ts'
import { withRatebooks } from './found.ts'
import { rate, rateFields, showRate } from './rate-schema.ts'
import { channel } from './schema.ts'

const name = z.string().min(1).max(200)
const count = z.int().min(0).max(999_999_999)

/**
 * The rates of what is published in a channel. A page is of one moment; further pages go on in the book that the first one
 * was of, also when it was archived meanwhile, so that no two books are mixed. Where a channel has several books by name,
 * they are read one after the other.
 */
export const listRates = operation({
  name: 'rates',
  permission: 'rate:read',
  input: z.strictObject({
    workspaceId: id,
    channel: channel.default(defaultChannel),
    make: name.optional(),
    model: name.optional(),
    capId: count.optional(),
    fuelType: name.optional().meta({ description: 'petrol, diesel, electric, petrol_hybrid and the like' }),
    termMonths: z.int().min(0).max(999).optional(),
    mileage: count.optional().meta({ description: 'miles over the whole contract' }),
    maxPayment: z.number().min(0).max(999_999_999).optional().meta({ description: 'pounds a month, finance and service' }),
    sort: z.enum(['payment', 'payment_desc', 'vehicle']).default('payment').meta({ id: 'RateSort' }),
    ...pageFields,
  }),
  output: z.object({ items: z.array(rate), nextCursor: z.string().optional() }).meta({ id: 'RatePage' }),
  run: async ({ transaction, scope, input }) => {
    const { workspaceId, channel, sort, limit: _, cursor: __, ...filter } = input
    if (!withRatebooks(scope).includes(workspaceId)) return { items: [] }
    const { before: after, limit } = pageQuery(input)
    const rows = await readOn(transaction.client, { workspaceId, channel, sort, filter, after, limit })
    return pageOf(rows.map(withId), input, showRate)
  },
})

type Reading = { workspaceId: string; channel: string; sort: RateSort; filter: RateFilter; limit: number }

/**
 * Rates of the book of the rate `after`, or else of the first published one that has such rates, and of the ones named
 * behind it. A book that has none is not asked, so that there are no more questions than rates.
 */
async function readOn(client: Client, reading: Reading & { after?: string }): Promise<RateRow[]> {
  const { workspaceId, channel, filter, limit, after } = reading
  const begun = after === undefined ? undefined : await findBookBefore(client, { workspaceId, id: after })
  if (after !== undefined && begun?.channel !== channel) return []
  const rows: RateRow[] = []
  let book: RatebookRow | undefined = begun ?? (await findBookWithRates(client, { workspaceId, channel, filter }))
  let from = after === undefined || begun === undefined ? undefined : ordinalOf(begun.id, after)
  while (book !== undefined && rows.length < limit) {
    rows.push(...(await findRates(client, { ...reading, ...rateFields, book, after: from, limit: limit - rows.length })))
    from = undefined
    // Where a book replaces its whole channel, what is published beside it came after it.
    book = book.replaces === 'name' ? await findBookWithRates(client, { workspaceId, channel, filter, after: book.name }) : undefined
  }
  return rows
}

function withId(row: RateRow): RateRow & { id: string } {
  return { ...row, id: nthId(row.book_id, row.number) }
}
