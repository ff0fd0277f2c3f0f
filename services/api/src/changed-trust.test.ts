import { readFileSync } from 'node:fs'
import { runConnectionTest } from '@drayage/core/ftp-clients/run-connection-test'
import type { Endpoint } from '@drayage/core/remotes/remote'
import { remoteFault } from '@drayage/core/remotes/remote-faults'
import { fingerprint, guardedServer } from '@drayage/core/testing/guarded-server'
import { newClient } from '@drayage/core/testing/new-client'
import { type TestWorkspace, testWorkspace } from '@drayage/core/testing/people'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../../../test/servers/rogue-ftp.ts'
import { type TestApi, testApi } from './testing.ts'

/** The calls of docs/connecting-a-server.md, as they stand there. */

const page = readFileSync(new URL('../../../docs/connecting-a-server.md', import.meta.url), 'utf8')
const documented =
  page
    .split('### Trusting another')[1]
    ?.match(/^ {4}(?:GET|POST|PATCH) .*$/gm)
    ?.map((line) => line.trim()) ?? []
const [calls, overFtps] = [documented.slice(0, 5), documented.slice(5)]

let api: TestApi
let home: TestWorkspace
let token: string
beforeAll(async () => {
  api = await testApi()
  home = await testWorkspace(api.ctx)
  token = await api.logIn(home.admin)
})
afterAll(() => api[Symbol.asyncDispose]())

/** Makes a call with what is known for its `<…>`; a test that it starts is run. */
async function make(call: string, known: Record<string, string>, openRemote: (endpoint: Endpoint) => Promise<never> | object) {
  const filled = call.replace(/<(\w+)>/g, (_, name: string) => JSON.stringify(known[name] ?? '').slice(1, -1))
  const [, line = '', body] = /^(\w+ \S+)(?: (\{.*\}))?$/.exec(filled) ?? []
  const version = line.startsWith('PATCH') ? (await api.call(`GET ${line.split(' ')[1]}`, { token })).headers.etag : undefined
  const headers = version === undefined ? undefined : { 'if-match': String(version) }
  const reply = await api.call(line, { token, headers, ...(body && { body: JSON.parse(body) }) })
  expect(reply.statusCode, `${call}: ${reply.body}`).toBeLessThan(300)
  if (reply.statusCode === 202) {
    known.test = reply.json().id
    const ctx = { ...api.ctx, openRemote } as typeof api.ctx
    await runConnectionTest(ctx, { workspaceId: home.workspaceId, connectionTestId: reply.json().id })
  }
  return reply.json()
}

describe('the documented calls', () => {
  test('bring a client back to life whose server shows another host key', async () => {
    const server = guardedServer()
    server.put('/data/old.txt', '')
    const run = (call: string, known: Record<string, string>) => make(call, known, (endpoint) => server.openRemote(endpoint))
    const body = newClient(home.workspaceId, { trustedHostKeys: [server.hostKey.fingerprint] })
    const { id } = (await api.call('POST /v1/ftp-clients', { token, body })).json()
    const known: Record<string, string> = { client: id, password: 'right' }
    for (const call of calls.slice(3)) await run(call, known)

    server.hostKey = { type: 'ssh-ed25519', fingerprint: fingerprint('b') }
    for (const call of calls.slice(0, 2)) {
      const reply = await run(call, known)
      if (call.startsWith('GET')) expect(reply.status).toBe('failed')
      known.fingerprint = reply.observedHostKey?.fingerprint
    }
    let last: unknown
    for (const call of calls.slice(2)) last = await run(call, known)
    expect(last).toMatchObject({ status: 'active', trustedHostKeys: [fingerprint('b')] })
  })

  test('bring a client back to life whose server shows another certificate', async () => {
    const server = guardedServer()
    server.put('/data/old.txt', '')
    const certificates = makeCertificates()
    let shown = certificates.good.cert
    const run = (call: string, known: Record<string, string>) =>
      make(call, known, async ({ trustedCertificate }) => {
        const certificate = { pem: shown, fingerprint: fingerprint('c'), trusted: trustedCertificate === shown }
        if (!certificate.trusted) throw remoteFault('remote.certificate_untrusted', { observedCertificate: certificate })
        return { remote: server.open(), certificate }
      })
    const body = newClient(home.workspaceId, { protocol: 'ftps', port: 21, trustedCertificate: shown })
    const { id } = (await api.call('POST /v1/ftp-clients', { token, body })).json()
    const known: Record<string, string> = { client: id, password: 'right' }
    for (const call of calls.slice(3)) await run(call, known)

    shown = certificates.other.cert
    for (const call of calls.slice(0, 2)) known.pem = (await run(call, known)).observedCertificate?.pem
    expect(overFtps).toHaveLength(1)
    let last: unknown
    for (const call of [...overFtps, ...calls.slice(3)]) last = await run(call, known)
    expect(last).toMatchObject({ status: 'active', trustedCertificate: shown })
  })
})
