import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dataPath, pagePath, withScale } from './scaling-page.ts'

test('the numbers of docs/scaling.md are those of the run in docs/scaling.json', () => {
  const page = readFileSync(pagePath, 'utf8')
  expect(page).toBe(withScale(page, JSON.parse(readFileSync(dataPath, 'utf8'))))
})
