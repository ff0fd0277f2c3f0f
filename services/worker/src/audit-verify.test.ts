import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { generateApiKeyring, parseApiKeyring } from '@drayage/core/access/api-keyring'
import { sealChains } from '@drayage/core/audit/seal'
import { testContext } from '@drayage/core/testing/context'
import { testWorkspace } from '@drayage/core/testing/people'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const API_KEYRING = generateApiKeyring()

async function verify(): Promise<{ code: number; output: string }> {
  const main = fileURLToPath(new URL('audit-verify.ts', import.meta.url))
  const child = spawn(process.execPath, [main], { env: { DATABASE_URL: database.url, API_KEYRING }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { code, output }
}

test('the command passes a whole trail, and names the first event that a superuser tampered with', async () => {
  const ctx = testContext({ database })
  const { workspaceId } = await testWorkspace(ctx)
  await sealChains(ctx.db, { key: parseApiKeyring(API_KEYRING).sealKey, now: ctx.now, log: ctx.log })
  expect(await verify()).toEqual({ code: 0, output: '2 trails, 2 events, 2 of them sealed, 0 trails broken.\n' })

  await database.owner.query('alter table audit_events disable trigger append_only')
  await database.owner.query(
    `update audit_events set actor = '{"kind":"user","email":"somebody@else.example"}' where workspace_id = $1 and ordinal = 2`,
    [workspaceId],
  )
  const { code, output } = await verify()
  expect(code).toBe(1)
  expect(output).toContain(`BROKEN  workspace ${workspaceId}, event 2: changed\n`)
})
