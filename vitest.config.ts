import { defineConfig } from 'vitest/config'

const servers = 'test/servers/global-setup.ts'

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
          exclude: ['**/node_modules/**'],
          globalSetup: [servers],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
