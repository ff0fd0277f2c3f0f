import type { Transaction } from '@drayage/db/connect'
import { secretsOfClient } from '@drayage/db/queries/sealed-secrets'
import type { FtpClientRow } from '@drayage/db/schema/ftp-clients'
import type { Context } from '../context.ts'
import { Fault } from '../faults.ts'
import type { Endpoint } from '../remotes/remote.ts'
import { openSecrets } from './client-secrets.ts'

/** What decides where a client connects and as whom, without its secrets. */
type Reach = Pick<
  FtpClientRow,
  | 'workspaceId'
  | 'id'
  | 'configDigest'
  | 'protocol'
  | 'host'
  | 'port'
  | 'username'
  | 'trustedHostKeys'
  | 'trustedCertificate'
  | 'tlsMode'
  | 'transferMode'
  | 'algorithms'
>

/**
 * How to reach and enter a client's server. Opens its secrets: for workers, right before they connect.
 *
 * The secrets are those of exactly this configuration. One that was read before somebody changed it must not get the
 * secret that was typed for the new one: fault `ftp_client.changed`, kind `fenced`.
 */
export async function endpointOf(ctx: Context, transaction: Transaction, client: Reach): Promise<Endpoint> {
  const rows = await secretsOfClient(transaction, client)
  if (rows === undefined) {
    throw new Fault('fenced', 'ftp_client.changed', 'The FTP client was changed or deleted meanwhile.', {
      details: { ftpClientId: client.id },
    })
  }
  return endpointFor(client, await openSecrets(ctx, rows))
}

export function endpointFor(
  connection: Omit<Reach, 'workspaceId' | 'id' | 'configDigest' | 'trustedHostKeys'> & { trustedHostKeys: readonly string[] },
  secrets: Pick<Endpoint, 'password' | 'privateKey' | 'passphrase'>,
): Endpoint {
  const { protocol, host, port, username, trustedHostKeys, tlsMode, transferMode, algorithms } = connection
  const trustedCertificate = connection.trustedCertificate ?? undefined
  return { protocol, host, port, username, trustedHostKeys, trustedCertificate, tlsMode, transferMode, algorithms, ...secrets }
}
