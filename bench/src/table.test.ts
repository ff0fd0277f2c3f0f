import { expect, test } from 'vitest'
import type { Result } from './judge.ts'
import { inWords, markdownTable, textTable } from './table.ts'

const read: Result = {
  name: 'SFTP read',
  value: 312.4,
  unit: 'MB/s',
  peer: 'sftp get',
  ratio: 1.52,
  goal: '>= 1.3 x',
  met: true,
  spread: 0.034,
  runs: 5,
  peerValue: 205.5,
  peerSpread: 0,
  peerRuns: 1,
}

test('a figure is a line: ours with its spread, the peer, the ratio, the goal and whether it is met', () => {
  expect(textTable([read]).split('\n')[1]).toBe('SFTP read  312 MB/s ±3 %  sftp get 206 MB/s  1.52 x  >= 1.3 x  met')
  expect(textTable([{ ...read, ratio: 1.2, met: false }])).toContain('MISSED')
})

test('a peer that is missing is named where its number would stand', () => {
  const line = textTable([{ ...read, ratio: null, peerValue: null, met: null }]).split('\n')[1]
  expect(line).toContain('sftp get: missing')
  expect(line).toContain('not judged')
})

test('the same cells make a table of a document', () => {
  expect(markdownTable([read]).split('\n')).toEqual([
    '| figure | ours | peer | ratio | goal |  |',
    '| --- | --- | --- | --- | --- | --- |',
    '| SFTP read | 312 MB/s ±3 % | sftp get 206 MB/s | 1.52 x | >= 1.3 x | met |',
  ])
})

test('numbers are told with the digits that count', () => {
  expect([25_412.3, 99.51, 1.234, 0.046].map(inWords)).toEqual(['25,412', '99.5', '1.23', '0.05'])
})
