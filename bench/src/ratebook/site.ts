import { createWriteStream } from 'node:fs'
import { chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FtpServer } from '@drayage/test/servers/ftp-server'
import { startVsftpd } from '@drayage/test/servers/vsftpd'
import { logIn, makeErpClient, startApi, tokenOf } from '../api-process.ts'
import type { Setting } from '../bench.ts'
import type { Inbox } from '../import/drop-register.ts'
import type { Register } from '../import/registers.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { newActiveClient } from '../new-active-client.ts'
import { bookBytes } from './books.ts'

/** A broker: an FTPS server, a client for it in a workspace of its own, and a site that reads what is published. */
export type RatebookSite = Pick<Installation, 'databaseUrl' | 'startWorker'> &
  AsyncDisposable & {
    server: FtpServer
    workspaceId: string
    /** The folder of a channel, made where it is not there yet. */
    inboxOf(channel: string): Promise<Inbox>
    /** A book on the server, not yet in an inbox. */
    writeBook(options: { rates: number; seed: number; mark?: string }): Promise<Register>
    /** The address of the rates, and a token of the site, good for some minutes. */
    rates(): Promise<{ url: string; token: string }>
  }

export async function openRatebookSite(setting: Setting): Promise<RatebookSite> {
  await using parts = new AsyncDisposableStack()
  const installation = parts.use(await openInstallation(setting))
  const { databaseUrl, desk, startWorker, throwIfCrashed } = installation
  const api = parts.use(await startApi(setting, { databaseUrl }))
  const server = parts.use(await startVsftpd({ encryption: 'explicit' }))
  const { directory } = server
  const { uid, gid } = await stat(directory)
  // Below the user's own folder: vsftpd tells what a folder is in a list of the one above it.
  const baseDirectory = join(directory, 'broker')
  await mkdir(baseDirectory)
  await chown(baseDirectory, uid, gid)
  const { host, port, username, password, tlsMode, trustedCertificate } = server.endpoint
  const { workspaceId } = await newActiveClient(installation, {
    fields: {
      ...{ product: 'ratebooks', protocol: 'ftps', baseDirectory },
      ...{ host, port, username, password, tlsMode, trustedCertificate },
    },
  })
  const erp = await makeErpClient(api.url, { token: await logIn(api.url), workspaceId, scopes: ['rate:read'] })
  const running = parts.move()
  return {
    databaseUrl,
    startWorker,
    server,
    workspaceId,
    inboxOf: async (channel) => {
      const inbox = join(baseDirectory, 'ratebooks', channel)
      await mkdir(inbox, { recursive: true })
      await chown(inbox, uid, gid)
      return { db: desk.db, workspaceId, throwIfCrashed, inbox }
    },
    writeBook: async (options) => {
      const path = join(directory, `book-${options.seed}-of-${options.rates}.csv`)
      await pipeline(bookBytes(options), createWriteStream(path))
      return { path, rows: options.rates, rejected: 0 }
    },
    rates: async () => ({ url: `${api.url}/v1/rates`, token: await tokenOf(api.url, erp) }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
