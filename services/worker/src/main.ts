import { asFault } from '@drayage/core/faults'
import { sshCrypto } from '@drayage/core/remotes/ssh-crypto'
import { pino } from 'pino'
import { type Config, readConfig } from './config.ts'
import { startWorker } from './worker.ts'

const config = configOrExit()
const log = pino({ level: config.LOG_LEVEL, base: { service: 'worker', pid: process.pid } })
const worker = await startWorker({ config, log })
log.info({ worker: worker.name, sshCrypto: sshCrypto() }, 'worker: ready')

let stopping = false
async function stop(): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  log.info({}, 'worker: stopping')
  await worker.stop()
  process.exit(0)
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
