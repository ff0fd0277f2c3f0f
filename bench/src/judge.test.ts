import { expect, test } from 'vitest'
import type { Experiment, Figure, Readings } from './bench.ts'
import { goalInWords, isMet, judge } from './judge.ts'

const side = (name: string) => ({ name, run: async () => ({}) })
const experiment = (figure: Partial<Figure>): Experiment => ({
  title: 'reading',
  ours: side('drayage'),
  peers: [side('sftp'), side('lftp')],
  figures: [{ name: 'read', unit: 'MB/s', reading: 'rate', ...figure }],
})
const samples = (runs: Record<string, number[]>) =>
  new Map<string, Readings[]>(Object.entries(runs).map(([name, rates]) => [name, rates.map((rate) => ({ rate }))]))

test('a ratio is our median divided by the peer’s', () => {
  const [read] = judge(
    experiment({ peers: ['sftp'], goal: { of: 'ratio', atLeast: 1.3 } }),
    samples({ drayage: [300, 900, 310], sftp: [200, 210, 190] }),
  )
  expect(read).toMatchObject({ value: 310, peer: 'sftp', peerValue: 200, ratio: 1.55, goal: '>= 1.3 x', met: true, runs: 3, peerRuns: 3 })
})

test('of several peers the best is compared with', () => {
  const rates = samples({ drayage: [300], sftp: [200], lftp: [250] })
  const [more] = judge(experiment({ peers: ['sftp', 'lftp'], goal: { of: 'ratio', atLeast: 1.3 } }), rates)
  expect(more).toMatchObject({ peer: 'lftp', ratio: 1.2, met: false })
  const [less] = judge(experiment({ peers: ['sftp', 'lftp'], goal: { of: 'ratio', atMost: 1.4 } }), rates)
  expect(less).toMatchObject({ peer: 'sftp', ratio: 1.5, met: false })
})

test('a goal of its own needs no peer', () => {
  const [memory] = judge(experiment({ unit: 'MB', goal: { of: 'value', atMost: 300 } }), samples({ drayage: [280] }))
  expect(memory).toMatchObject({ value: 280, peer: null, ratio: null, goal: '<= 300 MB', met: true, spread: 0 })
})

test('a goal against a peer that is missing is neither met nor missed', () => {
  const [read] = judge(experiment({ peers: ['sftp'], goal: { of: 'ratio', atLeast: 1.3 } }), samples({ drayage: [300] }))
  expect(read).toMatchObject({ peer: 'sftp', peerValue: null, ratio: null, goal: '>= 1.3 x', met: null })
})

test('a figure without goal is told and not judged', () => {
  const [read] = judge(experiment({ peers: ['lftp'] }), samples({ drayage: [300], lftp: [100] }))
  expect(read).toMatchObject({ ratio: 3, goal: null, met: null })
})

test('a reading that a side does not give is an error', () => {
  expect(() => judge(experiment({ reading: 'seconds' }), samples({ drayage: [300] }))).toThrow("drayage does not measure 'seconds'")
})

test('a goal is met exactly at its bound', () => {
  expect(isMet({ of: 'value', atLeast: 25_000 }, 25_000)).toBe(true)
  expect(isMet({ of: 'value', atLeast: 25_000 }, 24_999)).toBe(false)
  expect(isMet({ of: 'ratio', atMost: 2.5 }, 2.5)).toBe(true)
  expect(isMet({ of: 'ratio', atMost: 2.5 }, 2.51)).toBe(false)
  expect(goalInWords({ of: 'value', atLeast: 25_000 }, 'rows/s')).toBe('>= 25,000 rows/s')
})
