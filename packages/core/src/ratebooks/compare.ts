import { compareRatebooks, listRatebookChanges as listRows, type RatebookChangeRow } from '@drayage/db/queries/ratebook-changes'
import { z } from 'zod'
import { Fault } from '../faults.ts'
import { nthId, ordinalOf } from '../id.ts'
import { type Call, operation } from '../operation.ts'
import { pageFields, pageOf, pageQuery, unknownCursor } from '../page.ts'
import { id } from '../wire.ts'
import { foundRatebook } from './found.ts'

const twoBooks = { id, against: id.meta({ description: 'the book before' }) }
const pounds = z.number().meta({ description: 'pounds a month' })

const difference = z
  .object({
    id,
    against: id,
    added: z.int(),
    removed: z.int(),
    changed: z.int().meta({ description: 'rates at another price' }),
    unchanged: z.int(),
    averageChange: pounds.optional(),
    averageChangePercent: z.number().optional(),
    largestRise: pounds.optional(),
    largestFall: pounds.optional(),
  })
  .meta({ id: 'RatebookDifference' })

const change = z
  .object({
    id: id.meta({ description: 'of the rate, or of the rate that was removed' }),
    change: z.enum(['added', 'removed', 'changed']).meta({ id: 'RateChangeKind' }),
    vehicle: z.string().meta({ description: 'by what it is known from book to book, such as cap_id 107366' }),
    make: z.string(),
    model: z.string(),
    derivative: z.string(),
    termMonths: z.int(),
    mileage: z.int(),
    advancePayment: z.int(),
    before: pounds.optional(),
    after: pounds.optional(),
    changeBy: pounds.optional(),
    changePercent: z.number().optional(),
  })
  .meta({ id: 'RateChange' })

/** How much of a book differs from another one. Faults: `ratebook.not_found`, `ratebook.of_another_workspace`. */
export const diffRatebook = operation({
  name: 'ratebookDiff',
  permission: 'ratebook:read',
  input: z.strictObject(twoBooks),
  output: difference,
  run: async ({ transaction, scope, input }) => {
    const books = await booksOf({ transaction, scope, input })
    const { averageChange, averageChangePercent, largestRise, largestFall, ...counts } = await compareRatebooks(transaction.client, books)
    const figures = { averageChange, averageChangePercent, largestRise, largestFall }
    const told = Object.entries(figures).filter(([, figure]) => figure !== null)
    return { id: books.id, against: books.against, ...counts, ...Object.fromEntries(told.map(([name, figure]) => [name, Number(figure)])) }
  },
})

/** What differs, rate by rate, in the order of the vehicles. Faults: as those of the difference. */
export const listRatebookChanges = operation({
  name: 'ratebookChanges',
  permission: 'ratebook:read',
  input: z.strictObject({ ...twoBooks, ...pageFields }),
  output: z.object({ items: z.array(change), nextCursor: z.string().optional() }).meta({ id: 'RateChangePage' }),
  run: async ({ transaction, scope, input }) => {
    const books = await booksOf({ transaction, scope, input })
    const { before: after, limit } = pageQuery(input)
    const rows = await listRows(transaction.client, { ...books, after: after === undefined ? undefined : placeOf(after, books), limit })
    return pageOf(rows.map(withId), input, showChange)
  },
})

/** The book and the number of a rate. */
function placeOf(rate: string, books: TwoBooks) {
  for (const bookId of [books.id, books.against]) {
    const number = ordinalOf(bookId, rate)
    if (number !== undefined) return { bookId, number }
  }
  throw unknownCursor()
}

function withId({ bookId, number, ...row }: RatebookChangeRow) {
  return { id: nthId(bookId, number), ...row }
}

type TwoBooks = { id: string; against: string }

async function booksOf({ transaction, scope, input }: Pick<Call<TwoBooks>, 'transaction' | 'scope' | 'input'>) {
  const { client } = transaction
  const book = await foundRatebook(client, { id: input.id, scope })
  const other = await foundRatebook(client, { id: input.against, scope })
  if (book.workspaceId !== other.workspaceId) {
    throw new Fault('conflict', 'ratebook.of_another_workspace', 'Compare two ratebooks of the same workspace.')
  }
  return { workspaceId: book.workspaceId, id: book.id, against: other.id }
}

function showChange({ identity, before, after, ...row }: ReturnType<typeof withId>): z.input<typeof change> {
  const [from, to] = [before === null ? undefined : Number(before), after === null ? undefined : Number(after)]
  if (from === undefined || to === undefined) return { ...row, vehicle: identity, before: from, after: to }
  const rounded = (figure: number) => Math.round(figure * 100) / 100
  return {
    ...row,
    vehicle: identity,
    before: from,
    after: to,
    changeBy: rounded(to - from),
    changePercent: from === 0 ? undefined : rounded(((to - from) * 100) / from),
  }
}
