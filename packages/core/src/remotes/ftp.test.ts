import { appendFile, chmod, symlink, truncate, writeFile } from 'node:fs/promises'
import type { FtpServer } from '../../../../test/servers/ftp-server.ts'
import { missingProftpd, startProftpd } from '../../../../test/servers/proftpd.ts'
import { missingPureFtpd, startPureFtpd } from '../../../../test/servers/pureftpd.ts'
import { missingVsftpd, startVsftpd } from '../../../../test/servers/vsftpd.ts'
import { createEgress } from './egress.ts'
import type { Differences, RemoteFixture } from './fixture.conformance.ts'
import { openRemote } from './open-remote.ts'
import { describeRemote } from './remote.conformance.ts'
import { type Endpoint, type Remote, remoteLimits } from './remote.ts'

const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
const active = { address: '127.0.0.1', ports: { from: 42_000, to: 42_999 } }
const open = async (endpoint: Endpoint, limits = remoteLimits): Promise<Remote> =>
  (await openRemote({ endpoint, egress, limits, active })).remote

type Kind = Pick<RemoteFixture, 'name' | 'skip'> & { start(): Promise<FtpServer>; endpoint?: Partial<Endpoint>; differs?: Differences }

const vsftpd = missingVsftpd()
const proftpd = missingProftpd()
const pureFtpd = missingPureFtpd()

/** A file that is sent in one go is as long as it was when that began. */
const inOneGo: Differences = { readsToFormerEnd: true }
/** MLST follows a link half-way. */
const ofProftpd: Differences = { measuresLinks: true }
/** Encrypted, a reader who leaves may take the whole session with him. */
const ofProftpdTls: Differences = { ...ofProftpd, mindsEarlyStops: true }
/** It says nothing when a reader leaves. */
const ofPureFtpd: Differences = { ...inOneGo, mindsEarlyStops: true }

const kinds: Kind[] = [
  { name: 'vsftpd', skip: vsftpd, start: () => startVsftpd(), differs: inOneGo },
  { name: 'vsftpd, active', skip: vsftpd, start: () => startVsftpd(), endpoint: { transferMode: 'active' }, differs: inOneGo },
  { name: 'vsftpd with explicit TLS', skip: vsftpd, start: () => startVsftpd({ encryption: 'explicit' }) },
  { name: 'ProFTPD', skip: proftpd, start: () => startProftpd(), differs: { ...ofProftpd, ...inOneGo } },
  { name: 'ProFTPD with explicit TLS', skip: proftpd, start: () => startProftpd({ encryption: 'explicit' }), differs: ofProftpdTls },
  { name: 'ProFTPD with implicit TLS', skip: proftpd, start: () => startProftpd({ encryption: 'implicit' }), differs: ofProftpdTls },
  {
    name: 'ProFTPD with explicit TLS, active',
    skip: proftpd,
    start: () => startProftpd({ encryption: 'explicit' }),
    endpoint: { transferMode: 'active' },
    differs: ofProftpdTls,
  },
  { name: 'ProFTPD over SSH', skip: proftpd, start: () => startProftpd({ ssh: true }), differs: { failsOnLoops: true, ...inOneGo } },
  { name: 'Pure-FTPd', skip: pureFtpd, start: () => startPureFtpd(), differs: ofPureFtpd },
  { name: 'Pure-FTPd with explicit TLS', skip: pureFtpd, start: () => startPureFtpd({ encryption: 'explicit' }), differs: ofPureFtpd },
]

for (const { name, skip, start, endpoint, differs } of kinds) {
  describeRemote({
    name,
    skip,
    start: async () => {
      const server = await start()
      return {
        directory: server.directory,
        differs: server.endpoint.protocol === 'sftp' ? differs : { oneAtATime: true, listsInLines: true, ...differs },
        open: (limits) => open({ ...server.endpoint, ...endpoint }, { ...remoteLimits, ...limits }),
        behind: {
          link: symlink,
          nameOfBytes: (directory, bytes) => writeFile(Buffer.concat([Buffer.from(`${directory}/`), bytes]), ''),
          append: appendFile,
          truncate,
          forbid: (directory) => chmod(directory, 0),
        },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      }
    },
  })
}
