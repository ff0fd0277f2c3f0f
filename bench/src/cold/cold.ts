import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, Side } from '../bench.ts'
import { programs } from '../programs.ts'
import { runProgram } from '../run-program.ts'
import { startUntilReady } from './start.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

export const cold: Bench = {
  name: 'cold',
  about: 'pnpm start to ready: in an empty checkout with the packages in the cache, and again on the same data',
  needs: [programs.git],
  async *experiments(setting) {
    const checkout = join(setting.workDir, 'checkout')
    const seconds = { unit: 's', reading: 'seconds' }
    yield {
      title: 'first start',
      ours: {
        name: 'drayage',
        run: async () => {
          await runProgram({ command: 'rm', args: ['-rf', checkout], signal: setting.signal })
          await runProgram({ command: 'git', args: ['clone', '--quiet', repository, checkout], signal: setting.signal })
          return startUntilReady(checkout, setting.signal)
        },
      } satisfies Side,
      peers: [],
      rounds: 3,
      figures: [{ name: 'pnpm start in an empty checkout, to ready', ...seconds, goal: { of: 'value', atMost: 15 } }],
    }
    yield {
      title: 'second start',
      ours: { name: 'drayage', run: () => startUntilReady(checkout, setting.signal) },
      peers: [],
      rounds: 3,
      figures: [{ name: 'pnpm start again, to ready', ...seconds, goal: { of: 'value', atMost: 4 } }],
    }
  },
}
