import { execFile, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '@drayage/db/embedded'
import { expect, test, vi } from 'vitest'
import { register } from './harness/register.ts'
import { runProcess } from './run-process.ts'

/** The guides in docs/api do as they say: each command runs, each reply has what is shown of it. */

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const withCurl = spawnSync('curl', ['--json', '{}', '--version']).status === 0
const soon = { timeout: 30_000, interval: 200 }

type Step = { command: string; shown?: object }

/** The commands of a page in order, each with the reply that follows it. */
function stepsOf(page: string): Step[] {
  const steps: Step[] = []
  for (const [, language, text = ''] of page.matchAll(/^```(sh|json)\n([\s\S]*?)^```$/gm)) {
    const last = steps.at(-1)
    if (language === 'sh') steps.push({ command: text })
    else if (last !== undefined) last.shown = JSON.parse(text, (_, value) => (value === '…' ? expect.anything() : value))
  }
  return steps
}

test.runIf(withCurl)('the commands of the guides, one after the other, do what the guides say', async () => {
  await using folders = new AsyncDisposableStack()
  const dataDir = folders.adopt(await mkdtemp(join(tmpdir(), 'drayage-guides-')), (path) => rm(path, { recursive: true, force: true }))
  const port = await freePort()
  const operator = { EMAIL: 'asha@drayage.example', PASSWORD: 'correct horse battery staple' }
  await using running = runProcess('services/standalone/src/main.ts', {
    ...{ DATA_DIR: dataDir, PORT: String(port), BOOTSTRAP_EMAIL: operator.EMAIL, BOOTSTRAP_PASSWORD: operator.PASSWORD },
  })
  const [, sftpPort = '', password = ''] = await running.until(/sftp -P (\d+) practice@127\.0\.0\.1\s+\(password: (\S+)\)/)

  const cwd = folders.adopt(await mkdtemp(join(tmpdir(), 'drayage-guides-')), (path) => rm(path, { recursive: true, force: true }))
  await mkdir(join(dataDir, 'practice/lotus'))
  await writeFile(join(cwd, 'sales.csv'), register)
  await writeFile(join(cwd, '.curlrc'), 'silent\nshow-error\nfail-with-body\n')
  const known: Record<string, string> = {
    ...{ ...operator, URL: `http://127.0.0.1:${port}`, CURL_HOME: cwd, PATH: process.env.PATH ?? '' },
    ...{ SFTP_HOST: '127.0.0.1', SFTP_PORT: sftpPort, SFTP_USER: 'practice', SFTP_PASSWORD: password, SFTP_FOLDER: '/lotus' },
  }

  for (const page of ['docs/api/admin.md', 'docs/api/erp.md']) {
    const steps = stepsOf(await readFile(join(root, page), 'utf8'))
    expect(steps.length).toBeGreaterThan(5)
    for (const { command, shown } of steps) {
      const reply = async () => {
        const { stdout } = await run('sh', ['-euc', command], { cwd, env: known }).catch(({ stdout, stderr }) => {
          throw new Error(`${page}: ${command}${stdout}${stderr}`)
        })
        const json = /^[{[]/.test(stdout) ? JSON.parse(stdout) : undefined
        expect(json?.errors, command).toBeUndefined()
        if (shown !== undefined) expect(json, command).toMatchObject(shown)
        return json
      }
      // What only reads may be asked until it is so, as the guides say.
      const json = /--json|--data| -d | -X /.test(command) ? await reply() : await vi.waitFor(reply, soon)
      for (const [, name = '', path = ''] of command.matchAll(/^# (\w+) is \.([\w.]+) of the reply$/gm)) {
        known[name] = String(path.split('.').reduce((value, key) => value[key], json))
      }
    }
  }
})

test('the guides name codes that there are', async () => {
  const sources = globSync('{packages,services}/*/src/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'))
  const page = await readFile(join(root, 'docs/api/erp.md'), 'utf8')
  const named = [...page.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, code = '']) => code).filter((name) => !/^outcome\./.test(name))
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((code) => !sources.some((source) => source.includes(`'${code}'`)))).toEqual([])
})
