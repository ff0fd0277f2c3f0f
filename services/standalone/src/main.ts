import { once } from 'node:events'
import { relative } from 'node:path'
import { asFault } from '@drayage/core/faults'
import { readConfig } from './config.ts'
import { describeStep, followTransfers } from './follow-transfers.ts'
import { type Standalone, startStandalone } from './standalone.ts'
import { clock, say, stopSignal, terminalLog } from './terminal.ts'

const stopped = stopSignal()
try {
  say('Starting Drayage …')
  await using standalone = await startStandalone({
    config: readConfig(),
    log: terminalLog,
    onMail: (mail) => say(`${clock()}  mail to ${mail.to.join(', ')}: ${mail.subject}`),
    onTrouble: say,
  })
  say(banner(standalone))
  const following = followTransfers({
    db: standalone.db,
    workspaceId: standalone.practice.workspaceId,
    since: new Date(),
    everyMs: 250,
    log: terminalLog,
    onStep: (step) => say(`${clock()}  ${step.fileName}: ${step.state}, ${describeStep(step)}`),
  })
  if (!stopped.aborted) await once(stopped, 'abort')
  say('Stopping …')
  await following.stop()
} catch (error) {
  const fault = asFault(error)
  console.error(fault === undefined ? error : `Drayage cannot start.\n${fault.message}`)
  process.exitCode = 1
}
// What is kept alive by a library's idle timer must not keep the terminal.
process.exit()

function banner({ practice, sample, apiUrl, operator, mailFolder, logFolder, dataDir }: Standalone): string {
  const here = (path: string) => relative(process.cwd(), path) || '.'
  return `
Drayage is ready.

  Drop a file   sftp -P ${practice.port} ${practice.username}@${practice.host}      (password: ${practice.password})
                put ${here(sample)} ${practice.inbox}/
                or copy one into ${here(practice.folder)}${practice.inbox}/
  Results       ${practice.outputs.join('\n                ')}
  Mail          ${here(mailFolder)}/
  API           ${apiUrl}/docs${operator === undefined ? '' : logIn(operator)}
  Logs          ${here(logFolder)}/

  Ctrl-C stops it. Everything stays in ${here(dataDir)}/ for the next start.
`
}

function logIn({ email, generatedPassword }: NonNullable<Standalone['operator']>): string {
  const password = generatedPassword === undefined ? '' : `, password ${generatedPassword} (shown this once)`
  return `\n                log in as ${email}${password}`
}
