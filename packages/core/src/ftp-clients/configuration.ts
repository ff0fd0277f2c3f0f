import type { Connection } from '@drayage/db/schema/connection-tests'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { SealedSecretRow } from '@drayage/db/schema/sealed-secrets'
import { canonicalJson } from '../canonical-json.ts'
import type { Context } from '../context.ts'

/** The connection fields alone, of a client or of what one will be. */
export function connectionOf(fields: Omit<Connection, 'trustedCertificate'> & { trustedCertificate?: string | null }): Connection {
  return {
    rootFolder: fields.rootFolder,
    protocol: fields.protocol,
    tlsMode: fields.tlsMode,
    host: fields.host,
    port: fields.port,
    transferMode: fields.transferMode,
    baseDirectory: fields.baseDirectory,
    username: fields.username,
    trustedHostKeys: fields.trustedHostKeys,
    trustedCertificate: fields.trustedCertificate ?? null,
    algorithms: fields.algorithms,
  }
}

/**
 * Recognises a configuration: everything a connection test depends on, secrets included, without keeping them. A passing
 * test counts for exactly one digest.
 */
export function configDigest(
  ctx: Context,
  configuration: {
    workspaceId: string
    product: FtpClientRow['product']
    connection: Connection
    secrets: Partial<Record<SealedSecretRow['field'], string>>
  },
): string {
  const { workspaceId, product, connection, secrets } = configuration
  const trustedHostKeys = [...connection.trustedHostKeys].sort()
  return ctx.secrets.digest(canonicalJson({ workspaceId, product, connection: { ...connection, trustedHostKeys }, secrets }))
}
