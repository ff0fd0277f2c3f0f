import type { Product } from '../imports/importer.ts'
import { exportFolders, type Layout } from '../imports/layout.ts'
import { joinPath } from '../remotes/path.ts'
import type { Remote } from '../remotes/remote.ts'
import { remoteFault } from '../remotes/remote-faults.ts'
import { faultOf, type Step } from './connection-checks.ts'

/** What is looked at, and the name of the files that are left lying for a moment: hidden, so that no look takes one up. */
export type Place = { baseDirectory: string; product: Product; layout: Layout; probe: string }

/** All that is needed in the base directory: enter, list, write, read back, remove. */
export function permissionSteps(place: Place): Step[] {
  const { baseDirectory, probe } = place
  const path = joinPath(baseDirectory, probe)
  const content = Buffer.from(`Written by Drayage to test this connection. It may be removed.\r\n`)
  return [
    {
      name: 'enter',
      run: async (remote) => {
        const there = await remote.stat(baseDirectory)
        if (there?.type !== 'directory') throw remoteFault('remote.not_found', { path: baseDirectory })
      },
    },
    { name: 'list', run: (remote) => remote.list(baseDirectory) },
    { name: 'write', run: (remote) => writeProbe(remote, path, content) },
    {
      name: 'read_back',
      run: async (remote) => {
        const read = await beginningOf(remote.read(path), content.length + 1)
        if (!read.equals(content)) throw remoteFault('remote.operation_failed', { path, written: content.length, read: read.length })
      },
    },
    {
      name: 'remove',
      run: async (remote) => {
        await remote.remove(path)
        if ((await remote.stat(path)) !== undefined) throw remoteFault('remote.operation_failed', { path })
      },
    },
  ]
}

/** The folder tree, and the ways that files take through it: inbox to claimed, done and failed; hidden to visible in each output. */
export function directorySteps(place: Place): Step[] {
  const { product, layout, probe } = place
  const at = (folder: string, name = probe) => joinPath(layout.path(folder), name)
  const content = Buffer.from('Drayage\r\n')
  return [
    {
      name: 'make_tree',
      run: async (remote) => {
        for (const folder of layout.folders) await remote.makeDirectory(folder)
      },
    },
    ...product.actions.map(
      ({ key, folders }): Step => ({
        name: `move_probe:${key}`,
        run: async (remote) => {
          for (const { folder } of folders.inboxes) {
            await writeProbe(remote, at(folder), content)
            await remote.move(at(folder), at(folders.claimed))
            await remote.move(at(folders.claimed), at(folders.done))
            await remote.move(at(folders.done), at(folders.failed))
            await remote.remove(at(folders.failed))
          }
        },
      }),
    ),
    {
      name: 'publish_probe',
      run: async (remote) => {
        for (const folder of outputFolders(product)) {
          await writeProbe(remote, at(folder, `${probe}.part`), content)
          await remote.move(at(folder, `${probe}.part`), at(folder))
        }
      },
    },
    {
      name: 'remove_probes',
      run: async (remote) => {
        for (const folder of outputFolders(product)) await remote.remove(at(folder))
      },
    },
  ]
}

/** Takes away what a failed step left lying, as far as the server lets us. */
export async function cleanUp(remote: Remote, place: Place): Promise<void> {
  const { product, layout, probe } = place
  const folders = product.actions.flatMap(({ folders }) => [
    ...folders.inboxes.map((inbox) => inbox.folder),
    folders.claimed,
    folders.done,
    folders.failed,
  ])
  const left = [
    joinPath(place.baseDirectory, probe),
    ...folders.map((folder) => joinPath(layout.path(folder), probe)),
    ...outputFolders(product).flatMap((folder) => [joinPath(layout.path(folder), probe), joinPath(layout.path(folder), `${probe}.part`)]),
  ]
  for (const path of new Set(left)) {
    const fault = await faultOf(() => remote.remove(path))
    if (fault?.kind === 'unreachable') return
  }
}

function outputFolders(product: Product): string[] {
  return [...new Set([...product.actions.flatMap((action) => Object.values(action.folders.outputs)), ...exportFolders(product)])]
}

/** The first bytes of a file, all of them where it is shorter: whatever the server sends, not much of it is held. */
async function beginningOf(file: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> {
  let beginning = Buffer.alloc(0)
  for await (const chunk of file) {
    beginning = Buffer.concat([beginning, chunk.subarray(0, mostBytes - beginning.length)])
    if (beginning.length === mostBytes) break
  }
  return beginning
}

async function writeProbe(remote: Remote, path: string, content: Buffer): Promise<void> {
  await remote.write(
    path,
    (async function* () {
      yield content
    })(),
  )
}
