import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addLine, readFacts, readFactsOfOne, readLine } from './ftp-listing.ts'
import type { Listing } from './remote.ts'

/** Words that lines of listings are made of, in any order, and anything else. */
const words = [
  '-rw-r--r--',
  'drwxr-xr-x',
  '1',
  'Nov',
  '26',
  '10:11',
  '2026',
  '<DIR>',
  'type=file;',
  'size=-1;',
  ' ',
  '\t',
  '=',
  ';',
  'a -> b',
]
const line = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' })), { maxLength: 40 }).map((parts) => parts.join(' '))

test('a date that is none is kept as text that can be kept', () => {
  const found: Listing = { entries: [], refused: [] }
  addLine(found, 'type=file;size=1;modify=2026\0\u{1f4a3}; a.csv', readFacts)
  expect(found.entries).toEqual([{ name: 'a.csv', type: 'file', size: 1, modified: '2026???' }])
})

test('no line is too strange to be an entry, a refusal or nothing', () => {
  fc.assert(
    fc.property(line, fc.constantFrom(readFacts, readFactsOfOne, readLine), (text, read) => {
      const found: Listing = { entries: [], refused: [] }
      addLine(found, text, read)
      expect(found.entries.length + found.refused.length).toBeLessThan(2)
      for (const { name, size } of found.entries) {
        expect(name).not.toMatch(/[\r\n\0/\\]/)
        expect(Number.isSafeInteger(size) && size >= 0).toBe(true)
      }
    }),
  )
})

test.each(words)('the longest line of nothing but %j is read in no time', (word) => {
  for (const start of ['', '-rw-r--r-- 1 ', '-rw-r--r-- 1 u g 5 Nov 26 ', '11-26-26  10:11AM ']) {
    const text = start + word.repeat(4096).slice(0, 4096 - start.length)
    const spaced = start + `${word} `.repeat(4096).slice(0, 4096 - start.length)
    const from = performance.now()
    for (const read of [readFacts, readLine]) [text, spaced].forEach(read)
    expect(performance.now() - from).toBeLessThan(200)
  }
})

test.each([
  ['-rw-r--r-- 1 1000 1000 2024 Nov 26 10:11 2026 report.csv', '2026 report.csv', 2024],
  ['-rw-r--r-- 1 u g 5 2026-11-26 10:11 2026 report.csv', '2026 report.csv', 5],
  ['-rw-r--r-- 1 u g 5 26 nov. 2025 a', 'a', 5],
  ['11-26-26  10:11AM                 1234 a b.csv', 'a b.csv', 1234],
  ['11-26-2026  10:11       <DIR>          old', 'old', 0],
])('the line %j is of %j', (text, name, size) => {
  expect(readLine(text)).toMatchObject({ name, size })
})
