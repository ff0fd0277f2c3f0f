import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { onServer, templateName, testServerVariable } from '@drayage/db/testing'
import { prepareQueue } from '@drayage/worker/queue'
import { missingOpenSsh } from './openssh.ts'
import { missingProftpd } from './proftpd.ts'
import { missingPureFtpd } from './pureftpd.ts'
import { missingVsftpd } from './vsftpd.ts'

/** One PostgreSQL for the whole run, with a migrated database that each test file clones. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[testServerVariable] !== undefined) return undefined
  checkServers()
  const dataDir = await mkdtemp(join(tmpdir(), 'drayage-test-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  await onServer(postgres.url, `create database ${templateName}`)
  await migrate({ url: Object.assign(new URL(postgres.url), { pathname: `/${templateName}` }).href, after: prepareQueue })
  process.env[testServerVariable] = postgres.url
  return async () => {
    delete process.env[testServerVariable]
    await postgres[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Why images cannot be built here; undefined where they can. */
function missingCompiler(): string | undefined {
  return spawnSync('g++', ['--version']).status === 0 ? undefined : 'there is no g++; install the packages g++, make and python3'
}

/** Says which real servers take no part and why; throws if one of DRAYAGE_REQUIRED_SERVERS (comma-separated) is among them. */
function checkServers(): void {
  const required = (process.env.DRAYAGE_REQUIRED_SERVERS ?? '').split(',')
  const all = {
    openssh: missingOpenSsh(),
    vsftpd: missingVsftpd(),
    proftpd: missingProftpd(),
    'pure-ftpd': missingPureFtpd(),
    'a C++ compiler': missingCompiler(),
  }
  for (const [name, missing] of Object.entries(all)) {
    if (missing === undefined) continue
    if (required.includes(name)) throw new Error(`${name} has to take part: ${missing}`)
    console.warn(`Tests on ${name} are left out: ${missing}`)
  }
}
