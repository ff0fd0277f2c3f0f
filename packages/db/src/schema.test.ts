import { readdir } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getTableColumns, getTableName, is, PgTable } from './drizzle.ts'
import { migrate } from './migrate.ts'
import { onServer, type TestDatabase, testDatabase } from './testing.ts'

/** What every table must obey, read from the catalogue of the migrated database, so that none can be forgotten. */

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

const rowsOf = async <Row>(text: string): Promise<Row[]> => (await database.owner.query(text)).rows

/** Tables that belong to no workspace. */
const shared = [
  'attempts',
  'endpoint_slots',
  'endpoint_troubles',
  'hsn_codes',
  'idempotent_replies',
  'password_links',
  'rate_limits',
  'refresh_tokens',
  'revoked_tokens',
  'sessions',
  'users',
  'workers',
]
/** Tables that only hand-written SQL touches, a whole set of rows at a time. */
const setBased = [
  'endpoint_slots',
  'endpoint_troubles',
  'gst_current_documents',
  'gst_current_purchases',
  'gst_document_lines',
  'gst_documents',
  'gst_purchase_lines',
  'gst_purchases',
  'gstr1_return_rows',
  'gstr1_return_sections',
  'gstr1_returns',
  'gstr1_rows',
  'gstr1_section_files',
  'hsn_codes',
  'ratebook_rates',
  'ratebook_vehicles',
  'ratebooks',
  'workers',
]
const appendOnly = ['audit_events', 'audit_seals', 'transfer_ledger']

const ordinary = "c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
const owned = `${ordinary} and exists (select from pg_attribute a where a.attrelid = c.oid and (a.attname = 'workspace_id' or c.relname = 'workspaces'))`

test('every table belongs to a workspace or is known to be shared', async () => {
  const tables = await rowsOf<{ name: string }>(`select c.relname as name from pg_class c where ${ordinary} and not (${owned}) order by 1`)
  expect(tables.map((table) => table.name)).toEqual(shared)
})

test('row-level security is on, and forced, on everything that belongs to a workspace, partitions included', async () => {
  const open = await rowsOf(`select c.relname from pg_class c where ${owned} and not (c.relrowsecurity and c.relforcerowsecurity)`)
  expect(open).toEqual([])
  const tables = await rowsOf(`select c.relname from pg_class c where ${owned}`)
  expect(tables.length).toBeGreaterThan(20)
})

test('each has the policy that shows a workspace its own rows, or is a partition that nobody reaches but through its table', async () => {
  const without = await rowsOf(`
    select c.relname from pg_class c
    where ${owned}
      and not exists (
        select from pg_policy p where p.polrelid = c.oid and p.polname = 'of_workspace' and p.polcmd = '*' and p.polroles = '{0}'
          and pg_get_expr(p.polqual, p.polrelid) like '%app.workspaces%')
      and not (c.relispartition and not has_table_privilege('drayage_api', c.oid, 'select, insert, update, delete')
        and not has_table_privilege('drayage_worker', c.oid, 'select, insert, update, delete'))`)
  expect(without).toEqual([])
})

test('other policies are the sweep’s, or let somebody find themselves before any workspace is known', async () => {
  const more = await rowsOf(`
    select c.relname || '.' || p.polname as policy from pg_policy p join pg_class c on c.oid = p.polrelid
    where p.polname <> 'of_workspace' and not (p.polname = 'of_sweep' and p.polroles = array['drayage_sweep'::regrole::oid])
    order by 1`)
  expect(more).toEqual([{ policy: 'api_clients.of_api_client' }, { policy: 'members.of_user' }])
})

test('without a workspace nothing is seen, whatever the table', async () => {
  const tables = await rowsOf<{ name: string }>(`select c.relname as name from pg_class c where ${owned} and not c.relispartition`)
  const workspace = '00000000-0000-7000-8000-000000000001'
  await database.owner.query("insert into workspaces (id, name) values ($1, 'theirs')", [workspace])
  const worker = database.as('drayage_worker')
  for (const { name } of tables) {
    const seen = await worker.inWorkspace([], ({ client }) => client.query(`select from ${name}`))
    expect(seen.rowCount, name).toBe(0)
  }
})

test('every key and unique index begins with the workspace, so that none tells what others have', async () => {
  const leaking = await rowsOf(`
    select i.indexrelid::regclass::text as index from pg_index i join pg_class c on c.oid = i.indrelid
    where ${owned} and i.indisunique
      and (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0])
        <> case c.relname when 'workspaces' then 'id' else 'workspace_id' end`)
  expect(leaking).toEqual([])
})

test('a row refers to rows of its own workspace only', async () => {
  const crossing = await rowsOf(`
    select f.conname from pg_constraint f join pg_class c on c.oid = f.conrelid
    where f.contype = 'f' and ${owned} and f.confrelid::regclass::text not in ('users')
      and (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = f.conkey[1]) <> 'workspace_id'`)
  expect(crossing).toEqual([])
})

test('services can neither truncate, nor make triggers, nor get round the policies', async () => {
  const roles = ['drayage_api', 'drayage_worker', 'drayage_sweep']
  for (const role of roles) {
    const tables = await rowsOf(
      `select c.relname from pg_class c where ${ordinary} and has_table_privilege('${role}', c.oid, 'truncate, trigger')`,
    )
    expect(tables, role).toEqual([])
  }
  expect(await rowsOf("select rolname from pg_roles where rolname like 'drayage%' and (rolbypassrls or rolsuper or rolcanlogin)")).toEqual(
    [],
  )
})

test('the sweep reads ids and times across workspaces, and nothing that a customer wrote', async () => {
  const readable = await rowsOf<{ column: string }>(`
    select c.relname || '.' || a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
    where ${owned} and a.attnum > 0 and not a.attisdropped and has_column_privilege('drayage_sweep', c.oid, a.attnum, 'select')`)
  const telling = /name|path|email|payload|label|host|secret|sealed|digest|message|value|bytes|connection$|checks|sha256|outcome|error$/
  expect(readable.map((row) => row.column).filter((column) => telling.test(column.split('.')[1] ?? ''))).toEqual([])
})

test('workers know people, and make, change and remove none', async () => {
  const may = await rowsOf<{ privilege: string }>(`
    select p as privilege from unnest(array['select', 'insert', 'update', 'delete']) p
    where has_table_privilege('drayage_worker', 'users', p)`)
  expect(may).toEqual([{ privilege: 'select' }])
})

test('views and functions do not lend their owner’s eyes', async () => {
  const views = await rowsOf(`
    select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
      and not coalesce(c.reloptions, '{}') @> array['security_invoker=true']`)
  expect(views).toEqual([])
  const functions = await rowsOf(`
    select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and not exists (select from unnest(p.proconfig) setting where setting like 'search_path=%')`)
  expect(functions).toEqual([])
  const forEveryone = await rowsOf(`
    select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef and has_function_privilege('public', p.oid, 'execute')`)
  expect(forEveryone).toEqual([])
})

test.each(appendOnly)('%s takes new rows and lets none be changed or removed', async (table) => {
  for (const statement of [`update ${table} set workspace_id = workspace_id`, `delete from ${table}`, `truncate ${table}`]) {
    const asService = database.as('drayage_worker').inWorkspace([], ({ client }) => client.query(statement))
    await expect(asService, statement).rejects.toThrow(/permission denied/)
  }
  await expect(database.owner.query(`truncate ${table}`)).rejects.toThrow(/append-only/)
  const triggers = await rowsOf<{ events: number }>(`
    select bit_or(t.tgtype::int) & 56 as events from pg_trigger t where t.tgrelid = '${table}'::regclass and t.tgenabled = 'O'`)
  // pg_trigger.tgtype: 8 delete, 16 update, 32 truncate.
  expect(triggers).toEqual([{ events: 8 + 16 + 32 }])
})

test('the tables that queries are written with are those of the database, column by column', async () => {
  const actual = await rowsOf<{ table: string; column: string; type: string; required: boolean; filled: boolean }>(`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required, a.atthasdef as filled
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where ${ordinary} and not c.relispartition and a.attnum > 0 and not a.attisdropped`)
  const columnsOf = (rows: typeof actual) => Object.fromEntries(rows.map(({ table, column, ...facts }) => [`${table}.${column}`, facts]))

  const declared: typeof actual = []
  const folder = new URL('schema/', import.meta.url)
  for (const file of await readdir(folder)) {
    const exported: Record<string, unknown> = await import(new URL(file, folder).href)
    for (const table of Object.values(exported)) {
      if (!is(table, PgTable)) continue
      for (const column of Object.values(getTableColumns(table))) {
        const { name, notNull: required, hasDefault: filled } = column
        declared.push({ table: getTableName(table), column: name, type: column.getSQLType(), required, filled })
      }
    }
  }
  const byHand = new Set(setBased)
  expect(columnsOf(declared)).toEqual(columnsOf(actual.filter(({ table }) => !byHand.has(table))))
})

test('migrations run by several processes at once, and again, leave one and the same schema', async () => {
  const name = `t_migrate_${process.pid}`
  const url = Object.assign(new URL(database.url), { pathname: `/${name}` }).href
  await onServer(database.url, `create database ${name}`)
  try {
    await Promise.all([migrate({ url }), migrate({ url }), migrate({ url })])
    await migrate({ url })
    const shapeOf = `
      select md5(string_agg(format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull), ',' order by c.relname, a.attnum)) as shape
      from pg_class c join pg_attribute a on a.attrelid = c.oid where ${ordinary} and a.attnum > 0`
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const again = await client.query(shapeOf)
    await client.end()
    expect(again.rows).toEqual(await rowsOf(shapeOf))
  } finally {
    await onServer(database.url, `drop database ${name} with (force)`)
  }
})
