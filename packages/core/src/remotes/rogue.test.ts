import { startRogueSsh } from '../../../../test/servers/rogue-ssh.ts'
import { createEgress } from './egress.ts'
import { openRemote } from './open-remote.ts'
import { describeRemote } from './remote.conformance.ts'
import { remoteLimits } from './remote.ts'

describeRemote({
  name: 'an SSH server that overwrites on rename, answers reads short and is not OpenSSH',
  start: async () => {
    const server = await startRogueSsh({ readBytes: everyThirdShort() })
    const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], failureMs: 0 })
    return {
      directory: '/base',
      open: async (limits) => (await openRemote({ endpoint: server.endpoint, egress, limits: { ...remoteLimits, ...limits } })).remote,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
})

function everyThirdShort(): (asked: number) => number {
  let reads = 0
  return (asked) => (reads++ % 3 === 0 ? Math.ceil(asked / 3) : asked)
}
