import { month } from '@drayage/core/imports/products/gst/cells'
import { salesColumns } from '@drayage/core/imports/products/gst/sales-columns'
import { programs } from '../programs.ts'
import { runProgram } from '../run-program.ts'

/** The register as the tools one would use instead load it: one table, the 65 columns with their types, nothing judged. */
export const flatTable = 'bench_register'

const columns = salesColumns.map(({ field, kind }) => ({
  field,
  // MM-YYYY is no date to PostgreSQL.
  type: kind === month ? 'text' : kind.type,
}))

/** A primary key and an index over what names a document, as the product's own tables have. */
export const createFlatTable = `
  create table ${flatTable} (line bigint generated always as identity primary key, ${columns.map(({ field, type }) => `${field} ${type}`).join(', ')});
  create unique index on ${flatTable} (supplier_gstin, document_type, upper(document_number), line);`

export const fields: readonly string[] = columns.map(({ field }) => field)

/** How dates are written in the register. */
export const dateStyle = 'ISO, DMY'

/** Runs statements with psql, as the database's owner. @returns what it printed, without headings */
export async function psql(url: string, statements: string, signal: AbortSignal): Promise<{ seconds: number; stdout: string }> {
  const args = ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', url]
  return runProgram({ command: programs.psql.command, args, input: statements, env: { PGDATESTYLE: dateStyle }, signal })
}
