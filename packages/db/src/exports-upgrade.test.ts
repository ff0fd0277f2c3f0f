import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { onServer, testServerVariable } from './testing.ts'

const folder = new URL('../migrations/', import.meta.url)

test('clients that were at work before there were exports are exported to, by whomever the tables are owned', async () => {
  const server = process.env[testServerVariable] ?? ''
  const name = `t_upgrade_${process.pid}`
  const owner = `owner_${process.pid}`
  await onServer(server, `create role ${owner} login createrole password 'x'`)
  await onServer(server, `create database ${name} owner ${owner}`)
  const client = new pg.Client({ connectionString: Object.assign(new URL(server), { pathname: `/${name}` }).href })
  await client.connect()
  try {
    for (const role of ['drayage_api', 'drayage_worker', 'drayage_sweep']) await client.query(`grant ${role} to ${owner}`)
    const files = (await readdir(folder)).filter((file) => file.endsWith('.sql') && file <= '0016_exports.sql').sort()
    const asOwner = async (text: string) => client.query(`set role ${owner}; ${text}; reset role`)
    for (const file of files.slice(0, -1)) await asOwner(await readFile(new URL(file, folder), 'utf8'))
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
    await asOwner(await readFile(new URL('0016_exports.sql', folder), 'utf8'))
    const { rows: activated } = await client.query('select status from ftp_clients where activated_at is not null order by status')
    expect(activated.map(({ status }) => status)).toEqual(['active', 'paused'])
    const { rows: scheduled } = await client.query('select ftp_client_id as id from export_schedule where due_at is not null')
    expect(scheduled).toEqual([{ id: ids.active }])
  } finally {
    await client.end()
    await onServer(server, `drop database ${name} with (force)`)
    await onServer(server, `drop owned by ${owner}; drop role ${owner}`)
  }
})
