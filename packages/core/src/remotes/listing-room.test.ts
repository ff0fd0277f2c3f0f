import { expect, test } from 'vitest'
import { openListingRoom } from './listing-room.ts'

const tooLarge = expect.objectContaining({ kind: 'denied', code: 'remote.listing_too_large' })

test('the listings of a look have room for so many entries together', () => {
  using room = openListingRoom({ most: 1_000 })
  const [first, second] = [room.share(), room.share()]
  expect(first.admit(600)).toBeUndefined()
  expect(second.admit(400)).toBeUndefined()
  expect(() => second.admit(1)).toThrow(tooLarge)
  second.forget()
  expect(room.share().admit(400)).toBeUndefined()
})

test('two large looks at a time go on, others when one of them was written down', async () => {
  const rooms = [1, 2, 3].map(() => openListingRoom({ most: 10_000 }))
  const [first, second, third] = rooms.map((room) => room.share().admit(3_000))
  await Promise.all([first, second])
  let admitted = false
  const waiting = third?.then(() => {
    admitted = true
  })
  // A small one waits for nobody.
  using small = openListingRoom({ most: 10_000 })
  expect(small.share().admit(2_000)).toBeUndefined()
  expect(admitted).toBe(false)
  rooms[0]?.[Symbol.dispose]()
  await waiting
  for (const room of rooms.slice(1)) room[Symbol.dispose]()
})

test('a server that is slow to send a large listing makes way for others', async () => {
  using room = openListingRoom({ most: 10_000, heldMs: -1 })
  const share = room.share()
  await share.admit(3_000)
  expect(() => share.admit(1)).toThrow(expect.objectContaining({ kind: 'unreachable', code: 'remote.too_slow' }))
})
