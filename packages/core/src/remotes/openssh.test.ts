import { appendFile, chmod, symlink, truncate, writeFile } from 'node:fs/promises'
import { missingOpenSsh, startOpenSsh } from '../../../../test/servers/openssh.ts'
import { createEgress } from './egress.ts'
import { openRemote } from './open-remote.ts'
import { describeRemote } from './remote.conformance.ts'
import { remoteLimits } from './remote.ts'

describeRemote({
  name: 'OpenSSH',
  skip: missingOpenSsh(),
  start: async () => {
    const server = await startOpenSsh()
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
    return {
      directory: server.directory,
      open: async (limits) => (await openRemote({ endpoint: server.endpoint, egress, limits: { ...remoteLimits, ...limits } })).remote,
      behind: {
        link: symlink,
        nameOfBytes: (directory, name) => writeFile(Buffer.concat([Buffer.from(`${directory}/`), name]), ''),
        append: appendFile,
        truncate,
        forbid: (directory) => chmod(directory, 0),
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
})
