import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Runs a program until our end of its standard input is closed, which also happens when this process is killed. */
const endsWithUs = 'exec 3<&0; "$@" & program=$!; (cat <&3 >/dev/null; kill $program 2>/dev/null) 2>/dev/null & wait $program'

const startMs = 10_000

/** A server that stays in the foreground, started, and ended with `stack`; it listens on this port, of 127.0.0.1 if not of another address. */
export async function startDaemon(
  stack: AsyncDisposableStack,
  options: { command: string; args: readonly string[]; port: number; address?: string; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const { command, args, port, address = '127.0.0.1', env } = options
  const child = spawn('sh', ['-c', endsWithUs, 'sh', command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  stack.defer(async () => {
    child.stdin.end()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      said = (said + bytes).slice(-4000)
    })
  }
  const giveUpAt = performance.now() + startMs
  while (!(await answers({ host: address, port }))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) throw new Error(`${command} did not start (${child.exitCode}): ${said}`)
    await pause(20)
  }
}

function answers(listening: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(listening)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
