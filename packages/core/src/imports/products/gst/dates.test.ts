import { describe, expect, test } from 'vitest'
import { financialYear, lastOfMonth, readDay, readMonth } from './dates.ts'

describe('days', () => {
  test.each([
    '14-07-2025',
    '14/07/2025',
    '14.07.2025',
    '14-7-2025',
    '2025-07-14',
    '2025/07/14',
    '2025-07-14 00:00:00',
    '2025-07-14T00:00:00.000Z',
    '14-Jul-2025',
    '14-Jul-25',
    '14 july 2025',
  ])('%s is the 14th of July 2025', (text) => {
    expect(readDay(text)).toEqual({ day: '2025-07-14' })
  })

  test.each(['31-02-2025', '29-02-2025', '31-04-2025', '00-01-2025', '12-13-2025', '2025-13-01', '31-Jun-25', '01-01-0000', '9999-12-31'])(
    '%s is no day',
    (text) => {
      expect(readDay(text)).toEqual({ fault: 'impossible' })
    },
  )

  test.each(['', 'today', '14-07', '140725', '14-07-25', '45852', '14-Foo-2025', '2025-07-14 10:30', '14-07-2025x'])(
    '%j is not readable',
    (text) => {
      expect(readDay(text)).toEqual({ fault: 'unreadable' })
    },
  )

  test('a leap day is a day', () => {
    expect(readDay('29-02-2024')).toEqual({ day: '2024-02-29' })
  })
})

describe('months', () => {
  test.each(['07-2025', '7-2025', '072025', '07/2025', '2025-07', 'Jul-25', 'July 2025'])('%s is July 2025', (text) => {
    expect(readMonth(text)).toBe('2025-07-01')
  })

  test.each(['13-2025', '00-2025', '2025', 'Foo-25', '07-25', '01-0000', ''])('%j is no month', (text) => {
    expect(readMonth(text)).toBeUndefined()
  })

  test('a month ends on its last day', () => {
    expect([lastOfMonth('2025-02-01'), lastOfMonth('2024-02-01'), lastOfMonth('2025-12-01')]).toEqual([
      '2025-02-28',
      '2024-02-29',
      '2025-12-31',
    ])
  })
})

test('a financial year begins on the first of April', () => {
  expect([financialYear('2025-03-31'), financialYear('2025-04-01'), financialYear('2026-01-01')]).toEqual([2024, 2025, 2025])
})
