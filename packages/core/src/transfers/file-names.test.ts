import { expect, test } from 'vitest'
import { candidateNames } from './file-names.ts'

const transferId = '01985b3a-7c11-7000-8000-0123456789ab'

test('the plain name comes first, then names with more and more of the transfer id', () => {
  expect(candidateNames({ fileName: 'sales.csv', transferId })).toEqual([
    'sales.csv',
    'sales~01985b3a.csv',
    'sales~01985b3a-7c11-7000-8000-0123456789ab.csv',
  ])
})

test('a result takes its own extension, and a name without one keeps its dots', () => {
  expect(candidateNames({ fileName: 'Sales 2026.11.XLSX', transferId, extension: '.csv' })[0]).toBe('Sales 2026.11.csv')
  expect(candidateNames({ fileName: 'README', transferId, extension: '.csv' })[0]).toBe('README.csv')
})
