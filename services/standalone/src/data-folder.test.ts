import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { holdDataFolder } from './data-folder.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drayage-folder-'))
  // As in an image that has no more than it needs: no ps.
  vi.stubEnv('PATH', folder)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

async function aProcess(argument: string) {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)', argument])
  await once(child.stdout, 'data')
  await writeFile(join(folder, 'standalone.pid'), String(child.pid))
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await once(child, 'exit')
    },
  }
}

test('a folder that a running service holds is refused, and taken when that is gone', async () => {
  {
    await using _service = await aProcess('services/standalone/src/main.ts')
    await expect(holdDataFolder(folder)).rejects.toMatchObject({ code: 'standalone.already_running' })
  }
  await using _held = await holdDataFolder(folder)
})

test('a process that came by the number of a former service is none', async () => {
  await using _other = await aProcess('something-else.ts')
  await using _held = await holdDataFolder(folder)
})
