import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { runProcess } from './run-process.ts'

const leftOvers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('drayage-demo-'))

test('the demo drops a register, tells its life and ends with its figures', async () => {
  const before = await leftOvers()
  const demo = runProcess('services/standalone/src/demo.ts')
  const code = await demo.ended
  const lines = demo.output().trimEnd().split('\n')
  expect(code, demo.output()).toBe(0)

  const figures = JSON.parse(lines.at(-1) ?? '')
  expect(figures).toMatchObject({ fileName: 'sales-register.csv', rows: 1000 })
  expect(figures.accepted + figures.rejected).toBe(1000)
  expect(figures.rejected).toBeGreaterThan(0)
  expect(figures.warnings).toBeGreaterThan(0)
  expect(figures.outputs.map((output: { kind: string }) => output.kind).sort()).toEqual(['success', 'upload_error'])
  expect(figures.seconds).toBeGreaterThan(0)
  for (const step of ['seen', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']) {
    expect(lines.some((line) => line.includes(`sales-register.csv: ${step}`))).toBe(true)
  }
  expect(lines.some((line) => /mail to .*sales-register\.csv/.test(line))).toBe(true)
  expect(await leftOvers()).toEqual(before)
})
