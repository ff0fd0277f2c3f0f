import type { Database } from '@drayage/db/connect'
import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../id.ts'
import { deskDate, importDesk } from '../testing/import-desk.ts'
import { gst } from './products/gst/product.ts'
import { sampleRegister } from './products/gst/sample-register.ts'
import { uploadSales } from './products/gst/upload-sales.ts'
import { readRecords } from './read-records.ts'
import { type ImportRequest, runImport } from './run-import.ts'
import { plainCsv } from './scan-csv.ts'

let database: TestDatabase
let db: Database
let workspaceId: string
beforeAll(async () => {
  database = await testDatabase()
  ;({ workspaceId } = await importDesk(database, { product: gst, action: 'upload_sales' }))
  // One connection: what an import leaves behind meets the next one.
  db = database.as('drayage_worker', { connections: 1 })
})
afterAll(() => database[Symbol.asyncDispose]())

const rows = 20_000

/** Imports a register of many blocks; `between` is called when half of them were taken. */
function importRegister(between: (backend: number) => unknown, more: Partial<ImportRequest> = {}) {
  return db.inWorkspace(workspaceId, async (transaction) => {
    const found = await transaction.client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const backend = found.rows[0]?.pid ?? 0
    const original = async function* () {
      let taken = 0
      for (const chunk of sampleRegister({ rows }).chunks) {
        if (taken++ === 40) await between(backend)
        yield chunk
      }
    }
    return runImport({
      transaction,
      transfer: { workspaceId, id: newId(), ftpClientId: null, mode: 'live', inbox: null, fileName: 'register.csv', sha256: newId() },
      product: 'gst',
      action: uploadSales,
      settings: {},
      environment: 'production',
      now: deskDate,
      duplicates: 'skip',
      records: readRecords(original(), { csv: plainCsv }),
      ...more,
    })
  })
}

const loadedDocuments = async () =>
  (await database.owner.query('select from gst_documents where workspace_id = $1', [workspaceId])).rowCount

describe('an import that is broken off throws, and nothing of it stays', () => {
  test('because its database session was ended', async () => {
    const broken = importRegister((backend) => database.owner.query('select pg_terminate_backend($1)', [backend]))
    await expect(broken).rejects.toThrow()
    expect(await loadedDocuments()).toBe(0)
  })

  test('because the file cannot be read on', async () => {
    const broken = importRegister(() => {
      throw new Error('the store is away')
    })
    await expect(broken).rejects.toThrow('the store is away')
    expect(await loadedDocuments()).toBe(0)
  })

  test('because it was told to stop', async () => {
    const stop = new AbortController()
    const broken = importRegister(() => stop.abort(new Error('shutting down')), { signal: stop.signal })
    await expect(broken).rejects.toThrow('shutting down')
    expect(await loadedDocuments()).toBe(0)
  })
})

test('after that the same connection imports as ever, and again', async () => {
  for (const duplicates of ['skip', 'process'] as const) {
    const { outcome, loaded } = await importRegister(() => {}, { duplicates })
    expect(outcome).toEqual({ rows, accepted: rows, rejected: 0, warnings: 0, notices: 0 })
    expect(loaded).toBe(true)
  }
})
