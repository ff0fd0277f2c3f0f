import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dataPath, pagePath, withData } from './page.ts'

const data = JSON.parse(readFileSync(dataPath, 'utf8'))

test('the numbers of docs/performance.md are those of the run in docs/performance.json', () => {
  const page = readFileSync(pagePath, 'utf8')
  expect(page).toBe(withData(page, data))
})

test('a page without a place for figures is refused', () => {
  expect(() => withData('# Performance', data)).toThrow('the page has no place for figures')
})
