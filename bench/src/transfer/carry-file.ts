import { open } from 'node:fs/promises'
import { json } from 'node:stream/consumers'
import { createEgress } from '@drayage/core/remotes/egress'
import { openRemote } from '@drayage/core/remotes/open-remote'
import { type Endpoint, type Remote, remoteLimits } from '@drayage/core/remotes/remote'

/** What the bench asks of this program, on its standard input. */
export type Carriage = { direction: 'read' | 'write'; endpoint: Endpoint; remotePath: string; localPath: string }

const blockBytes = 1024 * 1024

/**
 * Our side of `transfer`, a process of its own: logs in, carries one file between the server and a local file, leaves.
 * Says how long that took; a worker has long been started when a file comes, so starting Node does not count.
 */
const carriage = (await json(process.stdin)) as Carriage
const startedAt = performance.now()
await carry(carriage)
console.log(JSON.stringify({ seconds: (performance.now() - startedAt) / 1000 }))

async function carry({ direction, endpoint, remotePath, localPath }: Carriage): Promise<void> {
  const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] })
  const { remote } = await openRemote({ endpoint, egress, limits: remoteLimits })
  await using session = remote
  if (direction === 'read') await readTo(session, remotePath, localPath)
  else await session.write(remotePath, blocksOf(localPath))
}

async function readTo(session: Remote, remotePath: string, localPath: string): Promise<void> {
  await using file = await open(localPath, 'w')
  for await (const bytes of session.read(remotePath)) await file.write(bytes)
}

/** A file in blocks, the next one being read while one is sent. Two buffers do: a remote has taken the bytes of a block when it asks for more. */
async function* blocksOf(path: string): AsyncGenerator<Buffer, void, void> {
  await using file = await open(path)
  let [filling, filled] = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)]
  for (let reading = file.read(filling); ; ) {
    const { bytesRead } = await reading
    if (bytesRead === 0) return
    ;[filling, filled] = [filled, filling]
    reading = file.read(filling)
    yield filled.subarray(0, bytesRead)
  }
}
