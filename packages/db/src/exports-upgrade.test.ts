import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { databaseBefore } from './upgrade.fixture.ts'

test('clients that were at work before there were exports are exported to, by whomever the tables are owned', async () => {
  await using former = await databaseBefore('0016_exports.sql')
  const { client } = former
  const workspaceId = randomUUID()
  await client.query("insert into workspaces (id, name) values ($1, 'ours')", [workspaceId])
  const ids = Object.fromEntries(['draft', 'paused', 'active'].map((status) => [status, randomUUID()]))
  for (const [status, id] of Object.entries(ids)) {
    await client.query(
      `insert into ftp_clients (workspace_id, id, product, label, root_folder, protocol, host, port, base_directory, username, csv, time_zone, mail_policy, config_digest, status)
       values ($1, $2, 'ratebooks', 'ERP', 'CLEARTAX', 'sftp', $3, 22, '/', 'u', '{}', 'UTC', 'problems', '', $3)`,
      [workspaceId, id, status],
    )
  }
  await former.upgrade()
  const { rows: activated } = await client.query('select status from ftp_clients where activated_at is not null order by status')
  expect(activated.map(({ status }) => status)).toEqual(['active', 'paused'])
  const { rows: scheduled } = await client.query('select ftp_client_id as id from export_schedule where due_at is not null')
  expect(scheduled).toEqual([{ id: ids.active }])
})
