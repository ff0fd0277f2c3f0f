import { readFileSync } from 'node:fs'
import { asFault } from '@drayage/core/faults'
import { connect } from '@drayage/db/connect'
import { isMigrated } from '@drayage/db/migrate'
import { pino } from 'pino'
import { buildApp } from './app.ts'
import { type Config, readConfig } from './config.ts'

const config = configOrExit()
const log = pino({ level: config.LOG_LEVEL, base: { service: 'api', pid: process.pid } })
const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const db = connect({ url: config.DATABASE_URL, role: 'drayage_api', connections: 10, waitMs: 2000 })
const app = buildApp({
  db,
  isMigrated: () => isMigrated({ url: config.DATABASE_URL }),
  meta: { environment: config.ENVIRONMENT, version, egressAddresses: config.EGRESS_ADDRESSES },
  log,
})

let stopping = false
async function stop(): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  await app.close()
  await db[Symbol.asyncDispose]()
  if (process.connected) process.disconnect()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// Started by another process, it does not outlive it.
if (process.connected) process.once('disconnect', () => stopping || stop())

await app.listen({ host: config.HOST, port: config.PORT }).catch((error: Error) => {
  log.fatal(error.message)
  process.exit(1)
})
process.send?.('ready')

function configOrExit(): Config {
  try {
    return readConfig()
  } catch (error) {
    console.error(asFault(error)?.message ?? error)
    process.exit(1)
  }
}
