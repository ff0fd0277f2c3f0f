import { integer, pgTable, text } from '../drizzle.ts'
import { instant } from './columns.ts'

/** Refused tries in a row, by a keyed hash of what was tried and from where. */
export const attempts = pgTable('attempts', {
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  lastAt: instant('last_at').notNull(),
})
