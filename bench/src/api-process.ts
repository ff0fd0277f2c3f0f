import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { generateKeyring, keyringText, parseKeyring, publicHalf } from '@drayage/core/keyring'
import { freePort } from '@drayage/db/embedded'
import { startService } from '@drayage/standalone/service-process'
import type { Setting } from './bench.ts'
import { profileFlags } from './run-program.ts'

/** An HTTP service of this machine, a process of its own. */
export type HttpProcess = AsyncDisposable & { url: string }

/** Who may do everything. */
export const operator = { email: 'operator@example.com', password: 'correct horse battery staple' }

export async function startHttp(
  setting: Setting,
  service: { name: string; main: URL; env: Readonly<Record<string, string>> },
): Promise<HttpProcess> {
  const { workDir, profileDir } = setting
  const { name, main, env } = service
  const logs = join(workDir, 'logs')
  await mkdir(logs, { recursive: true })
  const port = await freePort()
  const started = await startService({
    name,
    main,
    env: { ...process.env, ...env, HOST: '127.0.0.1', PORT: String(port) },
    nodeFlags: profileFlags(profileDir, name),
    compiledDir: join(workDir, 'compiled'),
    logFile: join(logs, `${name}.log`),
    onCrash: (message) => setting.tell(message),
  })
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() }
}

/** The API as operators run it, with nobody but the operator in it and no end to what may be asked. */
export function startApi(setting: Setting, { databaseUrl }: { databaseUrl: string }): Promise<HttpProcess> {
  return startHttp(setting, {
    name: 'api',
    main: new URL(import.meta.resolve('@drayage/api/main')),
    env: {
      DATABASE_URL: databaseUrl,
      ENVIRONMENT: 'sandbox',
      SECRETS_KEYRING: keyringText(publicHalf(parseKeyring(generateKeyring()))),
      API_KEYRING: generateApiKeyring(),
      MAIL_FROM: 'drayage@example.com',
      BOOTSTRAP_EMAIL: operator.email,
      BOOTSTRAP_PASSWORD: operator.password,
      RATE_LIMIT_REQUESTS: '1000000',
      RATE_LIMIT_LOG_INS: '1000000',
    },
  })
}

/** The operator's token for the API at this address. */
export async function logIn(url: string): Promise<string> {
  return (await post<{ accessToken: string }>(`${url}/v1/sessions`, { body: operator })).accessToken
}

export type ErpClient = { id: string; clientSecret: string; secrets: { id: string }[] }

export function makeErpClient(url: string, of: { token: string; workspaceId: string; scopes: readonly string[] }): Promise<ErpClient> {
  const { token, workspaceId, scopes } = of
  return post<ErpClient>(`${url}/v1/api-clients`, { token, body: { workspaceId, label: 'Bench', scopes } })
}

export async function tokenOf(url: string, { id, clientSecret }: ErpClient): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: clientSecret })
  const reply = await fetch(`${url}/oauth/token`, { method: 'POST', body })
  return ((await reply.json()) as { access_token: string }).access_token
}

export async function post<Reply>(url: string, { token, body }: { token?: string; body: object }): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${url}: ${await reply.text()}`)
  return (await reply.json()) as Reply
}
