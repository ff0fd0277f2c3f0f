import { customType, sql, timestamp } from '../drizzle.ts'

/** A point in time, to the millisecond in JavaScript. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** The database's own clock, which moves within a transaction. */
export const clock = sql`clock_timestamp()`

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
