import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const servers = 'test/servers/global-setup.ts'

/** Journeys whose customers have a real OpenSSH. Without one they are left out: the global set-up says so, or forbids it. */
const onOpenSsh = globSync('test/journeys/*.test.ts').filter((path) => /harness\/(scene|customer)\.ts/.test(readFileSync(path, 'utf8')))
/** What builds ssh2's native crypto, as the base image of our images has it. */
const hasCompiler = spawnSync('g++', ['--version']).status === 0
const leftOut = [...(existsSync('/usr/sbin/sshd') ? [] : onOpenSsh), ...(hasCompiler ? [] : ['test/journeys/image.test.ts'])]

/** Journeys that compare times, or keep both cores busy by themselves: nothing else runs beside them. */
const alone = ['isolation', 'capped-servers', 'many-workers'].map((name) => `test/journeys/${name}.test.ts`)

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'architecture', include: ['test/architecture.test.ts', 'test/docs.test.ts'] } },
      {
        test: {
          name: 'unit',
          include: ['{packages,services,test,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/architecture.test.ts', 'test/docs.test.ts', 'test/journeys/**'],
          globalSetup: [servers],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...leftOut, ...alone],
          globalSetup: [servers],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'journeys alone',
          include: alone,
          exclude: ['**/node_modules/**', ...leftOut],
          globalSetup: [servers],
          testTimeout: 360_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
