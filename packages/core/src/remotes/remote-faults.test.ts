import { expect, test } from 'vitest'
import { remoteFault, remoteFaults } from './remote-faults.ts'

test.each(Object.entries(remoteFaults))('%s says what happened, and then what to do or to expect', (_, [, message]) => {
  const sentences = message.split(/(?<=[.;]) /)
  expect(sentences.length).toBeGreaterThan(1)
  expect(message).toMatch(/^[A-Z'].*\.$|\)\.$/)
})

test('what a server says is shown without what could steer a terminal, and not at any length', () => {
  const { details } = remoteFault('remote.operation_failed', { server: `\u001b[31mno\u202e${'x'.repeat(3000)}` })
  expect(details.server).toMatch(/^\[31mno x{1,512}$/)
  expect(String(details.server)).toHaveLength(512)
})
