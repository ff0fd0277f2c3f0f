import { readFileSync } from 'node:fs'
import { transferStates } from '@drayage/db/vocabulary'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finalStates, isFinal, mayMove, moves } from './states.ts'

const state = fc.constantFrom(...transferStates)

test('every walk along allowed moves ends in a final state, and visits no state twice', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (choices) => {
      let at: (typeof transferStates)[number] = 'seen'
      const visited = [at]
      for (const choice of choices) {
        const next = transferStates.filter((to) => mayMove(at, to))
        if (next.length === 0) break
        at = next[choice % next.length] as typeof at
        visited.push(at)
      }
      expect(isFinal(at)).toBe(true)
      expect(new Set(visited).size).toBe(visited.length)
    }),
  )
})

test('nothing leaves a final state', () => {
  fc.assert(fc.property(fc.constantFrom(...finalStates), state, (from, to) => !mayMove(from, to)))
})

test('the picture in docs/transfer-states.md shows exactly the allowed moves', () => {
  const page = readFileSync(new URL('../../../../docs/transfer-states.md', import.meta.url), 'utf8')
  const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} ${to}`)
  const allowed = Object.entries(moves).flatMap(([from, targets]) => targets.map((to) => `${from} ${to}`))
  expect(drawn.toSorted()).toEqual(allowed.toSorted())
})
