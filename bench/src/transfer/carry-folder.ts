import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { createEgress } from '@drayage/core/remotes/egress'
import { openRemote } from '@drayage/core/remotes/open-remote'
import { type Endpoint, type Remote, remoteLimits } from '@drayage/core/remotes/remote'

/** What the bench asks of this program, on its standard input. */
export type FolderCarriage = { endpoint: Endpoint; remoteFolder: string; localFolder: string }

/** As many as a client has unless it says otherwise, and the files that each has under way. */
const sessions = 2
const filesAtOnce = 8

/** Our side of many small files, a process of its own: logs in, lists a folder, reads every file into a local one, leaves. */
const carriage = (await json(process.stdin)) as FolderCarriage
const startedAt = performance.now()
await carry(carriage)
console.log(JSON.stringify({ seconds: (performance.now() - startedAt) / 1000 }))

async function carry({ endpoint, remoteFolder, localFolder }: FolderCarriage): Promise<void> {
  const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] })
  await using parts = new AsyncDisposableStack()
  const open = async () => parts.use((await openRemote({ endpoint, egress, limits: remoteLimits })).remote)
  const [first, ...others] = await Promise.all(Array.from({ length: sessions }, open))
  if (first === undefined) return
  const { entries } = await first.list(remoteFolder)
  const names = entries.map(({ name }) => name).values()
  const readers = [first, ...others].flatMap((remote) => Array.from({ length: filesAtOnce }, () => readEach(remote, names)))
  await Promise.all(readers)

  async function readEach(remote: Remote, left: Iterable<string>): Promise<void> {
    for (const name of left) {
      const pieces: Buffer[] = []
      for await (const bytes of remote.read(`${remoteFolder}/${name}`)) pieces.push(Buffer.from(bytes))
      await writeFile(join(localFolder, name), Buffer.concat(pieces))
    }
  }
}
