import { describe, expect, test } from 'vitest'
import { cases, found } from './section-rules.fixture.ts'
import { sections } from './sections.ts'

describe.each(cases)('%s %s', (key, code, row, breaks, ...keeps) => {
  test('is drawn by a row that breaks it, with what to do, and by nothing else', () => {
    const issues = found(key, { ...row, ...breaks })
    expect(issues.map((issue) => issue.code)).toEqual([code])
    expect(issues[0]?.column).toBeDefined()
    expect(issues[0]?.message).toMatch(/^[a-z].*\.$/)
    expect(issues[0]?.message).not.toMatch(/[\\^$]|\[A-Z|undefined|NaN/)
  })

  test('is not drawn by rows that just keep it', () => {
    for (const keep of [{}, ...keeps]) expect(found(key, { ...row, ...keep })).toEqual([])
  })
})

test('every rule of a section has such a row', () => {
  const tried = new Set(cases.map(([, code]) => code))
  const codes = sections.flatMap(({ rules }) => rules.map(({ code }) => code))
  expect([...new Set(codes)].filter((code) => !tried.has(code))).toEqual([])
})

test('days of workbooks are taken as their cells show them', () => {
  const [, , invoice] = cases[0] ?? []
  const row = { ...invoice, 'Invoice date': '14-06-2025' }
  expect(found('B2B', row).map(({ code }) => code)).toEqual(['invoice_date.unreadable'])
  expect(found('B2B', row, 'xlsx')).toEqual([])
})
