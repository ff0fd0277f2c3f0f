import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { commandLineOf } from './command-line.ts'

afterEach(() => vi.unstubAllEnvs())

test('a running process is known by its command line, without a ps to ask', async () => {
  vi.stubEnv('PATH', '/nowhere')
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)', '/data/cluster 1'])
  await once(child.stdout, 'data')
  expect(commandLineOf(child.pid ?? 0)).toContain(' /data/cluster 1')
  child.kill()
  await once(child, 'exit')
  expect(commandLineOf(child.pid ?? 0)).toBeUndefined()
})
