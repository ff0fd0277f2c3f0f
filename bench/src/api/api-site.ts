import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateApiKeyring } from '@drayage/core/access/api-keyring'
import { newId } from '@drayage/core/id'
import { generateKeyring, keyringText, parseKeyring, publicHalf } from '@drayage/core/keyring'
import { connect } from '@drayage/db/connect'
import { freePort, startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { insertTransfer } from '@drayage/db/queries/transfers'
import { startService } from '@drayage/standalone/service-process'
import { prepareQueue } from '@drayage/worker/queue'
import type { Setting } from '../bench.ts'
import { profileFlags } from '../run-program.ts'
import type { BareEnvironment } from './bare.ts'

/** The API as operators run it, beside a bare service on the same database. */
export type ApiSite = AsyncDisposable & {
  ours: string
  bare: string
  /** Of a person, for what they see in a frontend. */
  personToken: string
  /** Of an ERP. */
  erpToken: string
  workspaceId: string
  apiClient: { id: string; secret: string }
}

const operator = { email: 'operator@example.com', password: 'correct horse battery staple' }
const clientCount = 10
const transfersOfEach = 200

export async function openApiSite(setting: Setting): Promise<ApiSite> {
  const { workDir } = setting
  await using parts = new AsyncDisposableStack()
  const postgres = parts.use(await startEmbeddedPostgres({ dataDir: join(workDir, 'postgres') }))
  await migrate({ url: postgres.url, after: prepareQueue })
  await mkdir(join(workDir, 'logs'))
  const start = async (name: string, main: URL, env: Record<string, string>) => {
    const port = await freePort()
    const kept = { compiledDir: join(workDir, 'compiled'), logFile: join(workDir, 'logs', `${name}.log`) }
    const onCrash = (message: string) => setting.tell(message)
    const whole = { ...process.env, ...env, DATABASE_URL: postgres.url, HOST: '127.0.0.1', PORT: String(port) }
    const nodeFlags = profileFlags(setting.profileDir, name)
    parts.use(await startService({ name, main, env: whole, nodeFlags, ...kept, onCrash }))
    return `http://127.0.0.1:${port}`
  }
  const ours = await start('api', new URL(import.meta.resolve('@drayage/api/main')), {
    ENVIRONMENT: 'sandbox',
    SECRETS_KEYRING: keyringText(publicHalf(parseKeyring(generateKeyring()))),
    API_KEYRING: generateApiKeyring(),
    MAIL_FROM: 'drayage@example.com',
    BOOTSTRAP_EMAIL: operator.email,
    BOOTSTRAP_PASSWORD: operator.password,
    RATE_LIMIT_REQUESTS: '1000000',
    RATE_LIMIT_LOG_INS: '1000000',
  })
  const { accessToken: personToken } = await post<{ accessToken: string }>(`${ours}/v1/sessions`, { body: operator })
  const make = <Made = { id: string }>(path: string, body: object) => post<Made>(`${ours}${path}`, { token: personToken, body })
  const { id: workspaceId } = await make('/v1/workspaces', { name: 'Bench' })
  const client = { workspaceId, product: 'gst', label: 'Bench', protocol: 'sftp', host: 'sftp.example.com', port: 22 }
  const ftpClientIds: string[] = []
  for (let at = 0; at < clientCount; at++) {
    const made = await make('/v1/ftp-clients', { ...client, baseDirectory: `/${at}`, username: 'bench', password: 'bench' })
    ftpClientIds.push(made.id)
  }
  const scopes = ['transfer:read', 'ftp_client:read', 'workspace:read']
  const erp = await make<ErpClient>('/v1/api-clients', { workspaceId, label: 'Bench', scopes })
  await fill(postgres.url, { workspaceId, ftpClientIds })

  const bareEnvironment: Omit<BareEnvironment, 'DATABASE_URL' | 'PORT'> = {
    WORKSPACE_ID: workspaceId,
    API_CLIENT_ID: erp.id,
    SECRET_ID: erp.secrets[0]?.id ?? '',
  }
  const bare = await start('bare', new URL('bare.ts', import.meta.url), bareEnvironment)
  const apiClient = { id: erp.id, secret: erp.clientSecret }
  const erpToken = await tokenOf(ours, apiClient)
  const running = parts.move()
  return { ours, bare, personToken, erpToken, workspaceId, apiClient, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

type ErpClient = { id: string; clientSecret: string; secrets: { id: string }[] }

async function fill(url: string, there: { workspaceId: string; ftpClientIds: readonly string[] }): Promise<void> {
  await using db = connect({ url, role: 'drayage_api', connections: 1 })
  const { workspaceId, ftpClientIds } = there
  await db.inWorkspace(workspaceId, async (transaction) => {
    for (let at = 0; at < transfersOfEach; at++) {
      for (const ftpClientId of ftpClientIds) {
        const file = { product: 'gst', action: 'upload_sales', mode: 'live', fileName: `sales-${at}.csv`, size: 40_000 + at } as const
        await insertTransfer(transaction, { workspaceId, id: newId(), ftpClientId, ...file }, { via: 'bench' })
      }
    }
  })
}

async function tokenOf(url: string, { id, secret }: { id: string; secret: string }): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const reply = await fetch(`${url}/oauth/token`, { method: 'POST', body })
  return ((await reply.json()) as { access_token: string }).access_token
}

async function post<Reply>(url: string, { token, body }: { token?: string; body: object }): Promise<Reply> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${url}: ${await reply.text()}`)
  return (await reply.json()) as Reply
}
