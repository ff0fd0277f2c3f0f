import { generateKeyPairSync } from 'node:crypto'
import { connect } from '@drayage/db/connect'
import { knownApiClient } from '@drayage/db/queries/api-clients'
import { listFtpClients } from '@drayage/db/queries/ftp-clients'
import type { Scope } from '@drayage/db/queries/scope'
import { listTransfers, listTransfersOfEach } from '@drayage/db/queries/transfer-views'
import jwt from '@fastify/jwt'
import { fastify } from 'fastify'

/**
 * The peer of `api`: bare fastify routes that run the same queries, each in one transaction like ours, and send what they
 * find; for a token they sign what they found. Nobody has to say who they are, nothing of the request is checked, no quota
 * is kept and nothing is logged.
 */
export type BareEnvironment = {
  DATABASE_URL: string
  PORT: string
  WORKSPACE_ID: string
  API_CLIENT_ID: string
  SECRET_ID: string
}

const env = process.env as BareEnvironment
const db = connect({ url: env.DATABASE_URL, role: 'drayage_api', connections: 10 })
const scope: Scope = [{ workspaceId: env.WORKSPACE_ID, products: 'all' }]

const app = fastify()
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = {
  private: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  public: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
}
await app.register(jwt, { secret: pem, sign: { algorithm: 'ES256', expiresIn: 900 } })
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => done(null, body))
app.get('/v1/transfers', async () => {
  return { items: await db.inWorkspace(env.WORKSPACE_ID, (transaction) => listTransfers(transaction, { scope, limit: 51 })) }
})
app.post('/oauth/token', async () => {
  const key = { id: env.API_CLIENT_ID, secretId: env.SECRET_ID }
  const client = await db.inWorkspace([], (transaction) => knownApiClient(transaction, key))
  return { access_token: app.jwt.sign({ sub: client?.id, scope: client?.scopes.join(' ') }), token_type: 'Bearer', expires_in: 900 }
})
app.post('/graphql', async () =>
  db.inWorkspace(env.WORKSPACE_ID, async (transaction) => {
    const clients = await listFtpClients(transaction, { scope, limit: 11 })
    const ftpClientIds = clients.map(({ id }) => id)
    return { clients, transfers: await listTransfersOfEach(transaction, { scope, ftpClientIds, limit: 6 }) }
  }),
)
await app.listen({ host: '127.0.0.1', port: Number(env.PORT) })
process.on('SIGTERM', () => process.exit(0))
process.send?.('ready')
