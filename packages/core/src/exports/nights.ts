import { businessDate } from '../imports/business-date.ts'

/** When something happens that happens once a night: a time of day, HH:MM, in a time zone such as Europe/London. */
export type Nightly = { timeZone: string; time: string }

const dayMs = 86_400_000

/** The latest night whose moment has come, named by its calendar day, YYYY-MM-DD. */
export function nightOf(now: Date, nightly: Nightly): string {
  const today = businessDate(now, nightly.timeZone)
  return momentOf(today, nightly) <= now ? today : dayAfter(today, -1)
}

/**
 * The moment of a night. Of a time that the clocks show twice it is the first; one that they leave out is later by as much
 * as they are put forward.
 */
export function momentOf(night: string, { timeZone, time }: Nightly): Date {
  const wall = Date.parse(`${night}T${time}:00Z`)
  // Clocks are changed at most once in the two days around it.
  const [before, after] = [wall - dayMs, wall + dayMs].map((at) => offsetAt(at, timeZone)) as [number, number]
  const readings = [before, after].map((offset) => ({ offset, at: wall - offset })).sort((one, other) => one.at - other.at)
  const right = readings.find(({ offset, at }) => offsetAt(at, timeZone) === offset)
  return new Date(right?.at ?? wall - before)
}

/** The moment at which a calendar day begins. */
export function beginOf(day: string, timeZone: string): Date {
  return momentOf(day, { timeZone, time: '00:00' })
}

export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** `YYYY-MM-DD-HH-MM-SS.csv`: the day that ended with the night, and the time on the clock at which the file is made. */
export function fileNameOf(night: string, nightly: Nightly): string {
  const at = momentOf(night, nightly).getTime()
  const time = new Date(at + offsetAt(at, nightly.timeZone)).toISOString().slice(11, 19)
  return `${dayAfter(night, -1)}-${time.replaceAll(':', '-')}.csv`
}

const formats = new Map<string, Intl.DateTimeFormat>()
const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const

/** How far the clocks of a time zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...fields })
  formats.set(timeZone, format)
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}
