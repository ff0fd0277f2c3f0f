import { expect, test } from 'vitest'
import { stateCode } from './states.ts'

test.each([
  ['29', '29'],
  ['9', '09'],
  ['29-Karnataka', '29'],
  ['29 - Karnataka', '29'],
  ['karnataka', '29'],
  [' TAMIL  NADU ', '33'],
  ['Jammu & Kashmir', '01'],
  ['Orissa', '21'],
  ['Andhra Pradesh', '37'],
  ['96', '96'],
  ['97-Other Territory', '97'],
])('%s is state %s', (text, code) => {
  expect(stateCode(text)).toBe(code)
})

test.each(['', '00', '39', '99', '290', '29Karnataka', 'Atlantis', '-'])('%j is no state', (text) => {
  expect(stateCode(text)).toBeUndefined()
})
