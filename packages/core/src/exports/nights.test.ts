import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginOf, dayAfter, fileNameOf, momentOf, nightOf } from './nights.ts'

const minute = 60_000
const zones = ['Europe/London', 'America/New_York', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia', 'UTC']

test('a night comes at its time of day in the time zone, whatever that is in UTC', () => {
  const moment = (timeZone: string) => momentOf('2026-07-16', { timeZone, time: '02:00' }).toISOString()
  expect(moment('Europe/London')).toBe('2026-07-16T01:00:00.000Z')
  expect(moment('Asia/Kolkata')).toBe('2026-07-15T20:30:00.000Z')
  expect(moment('America/New_York')).toBe('2026-07-16T06:00:00.000Z')
})

test('a file is named by the day that ended, and the time on the clock', () => {
  expect(fileNameOf('2026-07-16', { timeZone: 'Europe/London', time: '02:00' })).toBe('2026-07-15-02-00-00.csv')
  expect(fileNameOf('2026-01-01', { timeZone: 'Asia/Kolkata', time: '06:31' })).toBe('2025-12-31-06-31-00.csv')
})

describe('clocks are put forward', () => {
  const night = { timeZone: 'Europe/London', time: '01:30' }

  test('a time that there is not comes once, later by as much', () => {
    expect(momentOf('2026-03-29', night).toISOString()).toBe('2026-03-29T01:30:00.000Z')
    expect(fileNameOf('2026-03-29', night)).toBe('2026-03-28-02-30-00.csv')
    expect(nightOf(new Date('2026-03-29T01:29:59Z'), night)).toBe('2026-03-28')
    expect(nightOf(new Date('2026-03-29T01:30:00Z'), night)).toBe('2026-03-29')
  })

  test('a day may begin at one o’clock', () => {
    expect(beginOf('2026-03-08', 'America/Havana').toISOString()).toBe('2026-03-08T05:00:00.000Z')
  })
})

describe('clocks are put back', () => {
  const night = { timeZone: 'Europe/London', time: '01:30' }

  test('a time that comes twice is meant the first time', () => {
    expect(momentOf('2026-10-25', night).toISOString()).toBe('2026-10-25T00:30:00.000Z')
    expect(fileNameOf('2026-10-25', night)).toBe('2026-10-24-01-30-00.csv')
    expect(nightOf(new Date('2026-10-25T00:30:00Z'), night)).toBe('2026-10-25')
    expect(nightOf(new Date('2026-10-25T01:30:00Z'), night)).toBe('2026-10-25')
  })

  test('a day whose midnight comes twice begins the first time', () => {
    expect(beginOf('2026-11-01', 'America/Havana').toISOString()).toBe('2026-11-01T04:00:00.000Z')
  })
})

test('a day that a country left out is one night with the day after it', () => {
  const night = { timeZone: 'Pacific/Apia', time: '02:00' }
  expect(momentOf('2011-12-30', night)).toEqual(momentOf('2011-12-31', night))
  expect(nightOf(momentOf('2011-12-31', night), night)).toBe('2011-12-31')
})

test('nights follow each other: as time goes on none comes twice, and none comes before its moment', () => {
  const nightly = fc.record({
    timeZone: fc.constantFrom(...zones),
    time: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map((parts) => parts.map(twoDigits).join(':')),
  })
  const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  const later = fc.integer({ min: 0, max: 3 * 24 * 60 })
  fc.assert(
    fc.property(nightly, instant, later, (its, now, minutes) => {
      const [night, next] = [nightOf(now, its), nightOf(new Date(now.getTime() + minutes * minute), its)]
      expect(next >= night).toBe(true)
      expect(momentOf(night, its) <= now).toBe(true)
      expect(momentOf(dayAfter(night), its) > now).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['Europe/London', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['America/Havana', '2026-03-08', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
])('in %s each night comes once, also when the clocks are changed', (timeZone, ...changes) => {
  for (const change of changes) {
    for (const time of ['00:00', '00:30', '01:30', '02:00', '02:30', '23:30']) {
      const nights: string[] = []
      const from = Date.parse(`${dayAfter(change, -2)}T00:00:00Z`)
      for (let at = 0; at < 5 * 48; at++) nights.push(nightOf(new Date(from + at * 30 * minute), { timeZone, time }))
      const each = [...new Set(nights)]
      expect([change, time, nights]).toEqual([change, time, nights.toSorted()])
      expect([change, time, each]).toEqual([change, time, each.map((_, at) => dayAfter(each[0] ?? '', at))])
    }
  }
})

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
