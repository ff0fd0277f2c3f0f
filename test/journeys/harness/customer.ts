import { chown, mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '@drayage/core/context'
import { newId } from '@drayage/core/id'
import { type ActiveClient, type ActiveClientFields, activeClient } from '@drayage/core/testing/active-client'
import type { FileServer } from './scene.ts'

/** A customer with folders of their own on the server, as a passed connection test leaves them. */
export type Customer = ActiveClient & {
  /**
   * Puts a file into an inbox the way a careful program does: written beside it, then renamed.
   *
   * @param folder below the client's root; that of sales registers if not given
   */
  drop(name: string, content: string | Buffer, folder?: string): Promise<void>
}

export async function newCustomer(ctx: Context, server: FileServer, fields: ActiveClientFields = {}): Promise<Customer> {
  const { endpoint, directory } = server
  const baseDirectory = join(directory, newId())
  const { protocol, host, port, username, privateKey, password, tlsMode, trustedCertificate } = endpoint
  const client = await activeClient(ctx, {
    baseDirectory,
    protocol,
    host,
    port,
    username,
    privateKey,
    password: privateKey === undefined ? password : undefined,
    tlsMode,
    trustedCertificate,
    trustedHostKeys: [...endpoint.trustedHostKeys],
    notificationEmails: [`${newId()}@example.com`],
    // One look finds what was dropped before; more of them only take time from the others.
    pollIntervalSeconds: 3600,
    ...fields,
  })
  // Everything belongs to the user that sessions log in as.
  const { uid, gid } = await stat(directory)
  for (const folder of [baseDirectory, ...client.layout.folders]) {
    await mkdir(folder)
    await chown(folder, uid, gid)
  }
  return {
    ...client,
    drop: async (name, content, folder = 'UPLOAD_SALES/INPUT/INIT') => {
      const unfinished = join(baseDirectory, name)
      await writeFile(unfinished, content)
      await chown(unfinished, uid, gid)
      await rename(unfinished, join(client.layout.path(folder), name))
    },
  }
}
