import { readFileSync } from 'node:fs'
import { asFault } from '@drayage/core/faults'
import { type Config, readConfig } from './config.ts'
import { openLog } from './log.ts'
import { startApi } from './service.ts'

const config = configOrExit()
const log = openLog({ level: config.LOG_LEVEL })
const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const api = await startApi({ config, version, log }).catch((error: Error) => {
  log.fatal({ err: error }, 'the API cannot start')
  process.exit(1)
})
// To a terminal or a log that is kept: it is the only copy of a password that was made up.
if (api.operator) {
  const { email, generatedPassword } = api.operator
  console.log(generatedPassword === undefined ? `Operator: ${email}` : `Operator: ${email}, password: ${generatedPassword} (shown once)`)
}

let stopping = false
async function stop(): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  await api[Symbol.asyncDispose]()
  if (process.connected) process.disconnect()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// Started by another process, it does not outlive it.
if (process.connected) process.once('disconnect', () => stopping || stop())
process.send?.('ready')

function configOrExit(): Config {
  try {
    return readConfig()
  } catch (error) {
    console.error(asFault(error)?.message ?? error)
    process.exit(1)
  }
}
