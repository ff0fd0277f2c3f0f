import { join } from 'node:path'
import { newId } from '@drayage/core/id'
import { connect } from '@drayage/db/connect'
import { startEmbeddedPostgres } from '@drayage/db/embedded'
import { migrate } from '@drayage/db/migrate'
import { insertTransfer } from '@drayage/db/queries/transfers'
import { prepareQueue } from '@drayage/worker/queue'
import { logIn, makeErpClient, post, startApi, startHttp, tokenOf } from '../api-process.ts'
import type { Setting } from '../bench.ts'
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

const clientCount = 10
const transfersOfEach = 200

export async function openApiSite(setting: Setting): Promise<ApiSite> {
  await using parts = new AsyncDisposableStack()
  const postgres = parts.use(await startEmbeddedPostgres({ dataDir: join(setting.workDir, 'postgres') }))
  await migrate({ url: postgres.url, after: prepareQueue })
  const { url: ours } = parts.use(await startApi(setting, { databaseUrl: postgres.url }))
  const personToken = await logIn(ours)
  const make = <Made = { id: string }>(path: string, body: object) => post<Made>(`${ours}${path}`, { token: personToken, body })
  const { id: workspaceId } = await make('/v1/workspaces', { name: 'Bench' })
  const client = { workspaceId, product: 'gst', label: 'Bench', protocol: 'sftp', host: 'sftp.example.com', port: 22 }
  const ftpClientIds: string[] = []
  for (let at = 0; at < clientCount; at++) {
    const made = await make('/v1/ftp-clients', { ...client, baseDirectory: `/${at}`, username: 'bench', password: 'bench' })
    ftpClientIds.push(made.id)
  }
  const scopes = ['transfer:read', 'ftp_client:read', 'workspace:read']
  const erp = await makeErpClient(ours, { token: personToken, workspaceId, scopes })
  await fill(postgres.url, { workspaceId, ftpClientIds })

  const bareEnvironment: Omit<BareEnvironment, 'PORT'> = {
    DATABASE_URL: postgres.url,
    WORKSPACE_ID: workspaceId,
    API_CLIENT_ID: erp.id,
    SECRET_ID: erp.secrets[0]?.id ?? '',
  }
  const bare = parts.use(await startHttp(setting, { name: 'bare', main: new URL('bare.ts', import.meta.url), env: bareEnvironment })).url
  const apiClient = { id: erp.id, secret: erp.clientSecret }
  const erpToken = await tokenOf(ours, erp)
  const running = parts.move()
  return { ours, bare, personToken, erpToken, workspaceId, apiClient, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

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
