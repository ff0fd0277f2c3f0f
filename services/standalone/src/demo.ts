import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { type Story, tellStory } from './demo-story.ts'
import type { ReceivedMail } from './practice-mailbox.ts'
import { startStandalone } from './standalone.ts'
import { clock, say, stopSignal, terminalLog } from './terminal.ts'

// One file's whole life, on a service of its own that leaves nothing behind: `pnpm demo`.
const signal = stopSignal()
const dataDir = await mkdtemp(join(tmpdir(), 'drayage-demo-'))
try {
  const story = await run()
  for (const fault of story.faults) console.error(`NOT WELL: ${fault}`)
  process.exitCode = story.faults.length === 0 ? 0 : 1
  say(JSON.stringify(story.summary))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await rm(dataDir, { recursive: true, force: true })
}
process.exit()

async function run(): Promise<Story> {
  const mails: ReceivedMail[] = []
  say(`${clock()}  starting a service of its own in ${dataDir}`)
  await using standalone = await startStandalone({
    config: readConfig({ ...process.env, DATA_DIR: dataDir, PORT: '0' }),
    log: terminalLog,
    onMail: (mail) => {
      mails.push(mail)
      say(`${clock()}  mail to ${mail.to.join(', ')}: ${mail.subject}`)
    },
    onTrouble: say,
  })
  // Awaited here: the service must run until the story ends.
  return await tellStory(standalone, { mails, rows: 1000, signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)]) })
}
