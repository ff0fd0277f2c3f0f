import { createReadStream } from 'node:fs'
import { asFault } from '@drayage/core/faults'
import { loadHsnCodes } from '@drayage/core/imports/products/gst/load-hsn-codes'
import { connect } from '@drayage/db/connect'
import { readMigrationConfig } from './config.ts'

// Loads the list of HSN and SAC codes that registers are checked against: `pnpm hsn:load <file>`, CSV or XLSX.
const [path] = process.argv.slice(2)
if (path === undefined) {
  console.error('pnpm hsn:load <file>')
  process.exit(2)
}
try {
  await using db = connect({ url: readMigrationConfig().DATABASE_URL, role: 'drayage_worker', connections: 1 })
  const { before, now } = await loadHsnCodes(db, createReadStream(path))
  console.log(`${now} codes, in place of ${before}. Files that are imported from now on are checked against them.`)
} catch (error) {
  console.error(asFault(error)?.message ?? error)
  process.exitCode = 1
}
