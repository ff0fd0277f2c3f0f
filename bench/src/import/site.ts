import { layoutOf } from '@drayage/core/imports/layout'
import { productOf } from '@drayage/core/imports/products/registry'
import type { Database } from '@drayage/db/connect'
import type { Setting } from '../bench.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { newActiveClient } from '../new-active-client.ts'

/** An installation with one active FTP client. */
export type Site = Installation & {
  db: Database
  workspaceId: string
  ftpClientId: string
  /** The client's inbound folder of sales registers. */
  inbox: string
}

export async function openSite(setting: Setting): Promise<Site> {
  await using parts = new AsyncDisposableStack()
  const installation = parts.use(await openInstallation(setting))
  const client = await activeClient(installation)
  const running = parts.move()
  return { ...installation, db: installation.desk.db, ...client, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** A client that looks every second and takes files without waiting for quiet, made as people make one. */
async function activeClient(installation: Installation): Promise<Pick<Site, 'workspaceId' | 'ftpClientId' | 'inbox'>> {
  const { server } = installation
  const { host, port, username, privateKey, trustedHostKeys } = server.endpoint
  const made = await newActiveClient(installation, {
    fields: {
      ...{ product: 'gst', protocol: 'sftp', baseDirectory: server.directory },
      ...{ host, port, username, privateKey, trustedHostKeys },
    },
    hostKey: trustedHostKeys[0],
  })
  const product = productOf('gst')
  const [inbox = ''] = product.actions.flatMap((action) => action.folders.inboxes).map(({ folder }) => folder)
  return { ...made, inbox: layoutOf(product, made.client).path(inbox) }
}
