import { createRequire } from 'node:module'
import type * as Orm from 'drizzle-orm'
import type * as Migrator from 'drizzle-orm/migrator'
import type * as NodePostgres from 'drizzle-orm/node-postgres'
import type * as NodePostgresMigrator from 'drizzle-orm/node-postgres/migrator'
import type * as PgCore from 'drizzle-orm/pg-core'

/**
 * What we use of drizzle, which is two hundred modules and a package.json of 180 KB. Node 24 parses that file once for each
 * of them that it loads as an ES module, and so would spend half of a second whenever a process starts; of CommonJS modules it
 * asks less.
 */
const load = createRequire(import.meta.url)

const orm: typeof Orm = load('drizzle-orm')
export const { and, asc, desc, DrizzleQueryError, eq, getTableColumns, getTableName, gt, gte, inArray, is, isNotNull, isNull } = orm
export const { lt, lte, ne, or, sql } = orm
export type { Column, SQL } from 'drizzle-orm'

const pgCore: typeof PgCore = load('drizzle-orm/pg-core')
export const { alias, bigint, boolean, customType, date, integer, jsonb, numeric, pgTable, PgTable, primaryKey } = pgCore
export const { smallint, text, timestamp, unionAll, uuid } = pgCore

const nodePostgres: typeof NodePostgres = load('drizzle-orm/node-postgres')
export const { drizzle } = nodePostgres
export type { NodePgDatabase } from 'drizzle-orm/node-postgres'

const migrator: typeof Migrator = load('drizzle-orm/migrator')
export const { readMigrationFiles } = migrator
const nodePostgresMigrator: typeof NodePostgresMigrator = load('drizzle-orm/node-postgres/migrator')
export const { migrate: applyMigrations } = nodePostgresMigrator
