import { z } from 'zod'
import { invalidInput } from './input-faults.ts'

/** How much of a list, and after which item. Lists are newest first, numbered things in their order. */
export const pageFields = {
  limit: z.int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional().meta({ description: 'nextCursor of the reply before' }),
}

/** What to ask the database for: one more than wanted tells whether there is a next page. */
export function pageQuery(page: { limit: number; cursor?: string }): { before?: string; limit: number } {
  const limit = page.limit + 1
  if (page.cursor === undefined) return { limit }
  const hex = Buffer.from(page.cursor, 'base64url').toString('hex')
  if (hex.length !== 32) throw unknownCursor()
  return { before: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), limit }
}

/** The page that the rows of `pageQuery` make. */
export function pageOf<Row extends { id: string }, Item>(rows: readonly Row[], page: { limit: number }, show: (row: Row) => Item) {
  return firstOf(rows, page, { show, cursor: idCursor })
}

/** As `pageQuery`, for things that are numbered from 1. */
export function numberedPageQuery(page: { limit: number; cursor?: string }): { after: number; limit: number } {
  const limit = page.limit + 1
  if (page.cursor === undefined) return { after: 0, limit }
  const ordinal = Buffer.from(page.cursor, 'base64url').toString()
  if (!/^\d{1,9}$/.test(ordinal)) throw unknownCursor()
  return { after: Number(ordinal), limit }
}

/** The page that the rows of `numberedPageQuery` make. */
export function numberedPageOf<Row extends { ordinal: number }, Item>(
  rows: readonly Row[],
  page: { limit: number },
  show: (row: Row) => Item,
) {
  return firstOf(rows, page, { show, cursor: ordinalCursor })
}

/**
 * The cursor of each item of a page, in their order: by its id, or where things are numbered (from 1, without a gap) by
 * its place.
 *
 * @param after the cursor that the page was asked for with
 */
export function cursorsOf(items: readonly object[], after: string | undefined): string[] {
  const place = after === undefined ? 0 : Number(Buffer.from(after, 'base64url').toString())
  return items.map((item, at) => ('id' in item ? idCursor({ id: String(item.id) }) : ordinalCursor({ ordinal: place + at + 1 })))
}

function idCursor({ id }: { id: string }): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

function ordinalCursor({ ordinal }: { ordinal: number }): string {
  return Buffer.from(String(ordinal)).toString('base64url')
}

function firstOf<Row, Item>(
  rows: readonly Row[],
  page: { limit: number },
  of: { show: (row: Row) => Item; cursor: (row: Row) => string },
): { items: Item[]; nextCursor?: string } {
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const items = shown.map((row) => of.show(row))
  return rows.length <= page.limit || last === undefined ? { items } : { items, nextCursor: of.cursor(last) }
}

/** The fault of a cursor that is of another list. */
export function unknownCursor() {
  return invalidInput([{ pointer: '/cursor', code: 'cursor_unknown', message: 'Use the nextCursor of an earlier reply, as it is.' }])
}
