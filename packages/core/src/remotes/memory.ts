import { asFault } from '../faults.ts'
import { checkName, directoryOf, nameOf, showName } from './path.ts'
import type { Listing, Remote, RemoteEntry } from './remote.ts'
import { remoteFault } from './remote-faults.ts'

/**
 * A file server in memory: the reference the other adapters are compared with, and the remote of fast tests. Sessions
 * share one tree. A test may cut a session at any moment of any operation.
 */
export type MemoryServer = {
  open(limits?: { listEntries?: number }): Remote
  /** Makes or replaces a file and the directories above it. */
  put(path: string, content: string | Buffer, options?: { modified?: string }): void
  get(path: string): Buffer | undefined
  /** Every file's path, sorted. */
  paths(): string[]
  /** What was asked for, oldest first. */
  calls: MemoryCall[]
  /**
   * Runs at each moment of each operation; may wait, and may throw the fault the operation ends in: `before` nothing was
   * done, `midway` a part of the bytes passed, `after` all was done and nobody told. An `unreachable` one kills the session.
   */
  interrupt?: (at: MemoryCall & { moment: Moment }) => void | Promise<void>
}
export type Moment = 'before' | 'midway' | 'after'
export type MemoryCall = { operation: Operation; path: string; to?: string }
export type Operation = Exclude<keyof Remote, symbol>

type File = { type: 'file'; chunks: Buffer[]; modified: string }
type Directory = { type: 'directory'; children: Map<string, File | Directory>; modified: string }

export function memoryServer(): MemoryServer {
  let changes = 0
  const tick = () => String(++changes)
  const directory = (): Directory => ({ type: 'directory', children: new Map(), modified: tick() })
  const root = directory()

  const find = (path: string): File | Directory | undefined =>
    segments(path).reduce<File | Directory | undefined>(
      (node, name) => (node?.type === 'directory' ? node.children.get(name) : undefined),
      root,
    )
  const parent = (path: string): Directory => {
    const node = find(directoryOf(path))
    if (node?.type !== 'directory') throw remoteFault('remote.not_found', { path: directoryOf(path) })
    return node
  }
  const fileAt = (path: string): File => {
    const node = find(path)
    if (node === undefined) throw remoteFault('remote.not_found', { path })
    if (node.type === 'directory') throw remoteFault('remote.operation_failed', { path })
    return node
  }

  const server: MemoryServer = {
    open: ({ listEntries = Number.POSITIVE_INFINITY } = {}) => openSession(listEntries),
    put: (path, content, { modified = tick() } = {}) => {
      let at = root
      for (const name of segments(directoryOf(path))) {
        const next = at.children.get(name) ?? directory()
        if (next.type === 'file') throw new Error(`${path} is to lie below a file`)
        at.children.set(name, next)
        at = next
      }
      const bytes = Buffer.from(content)
      const half = bytes.length >> 1
      at.children.set(nameOf(path), { type: 'file', chunks: [bytes.subarray(0, half), bytes.subarray(half)], modified })
    },
    get: (path) => {
      const node = find(path)
      return node?.type === 'file' ? Buffer.concat(node.chunks) : undefined
    },
    paths: () => walk(root, '').sort(),
    calls: [],
  }

  function openSession(listEntries: number): Remote {
    let cut = false
    const pass = async (call: MemoryCall, moment: Moment) => {
      if (cut) throw remoteFault('remote.connection_lost')
      if (moment === 'before') server.calls.push(call)
      try {
        await server.interrupt?.({ ...call, moment })
      } catch (error) {
        cut = asFault(error)?.kind === 'unreachable'
        throw error
      }
    }
    const perform = async <T>(call: MemoryCall, work: () => T): Promise<T> => {
      await pass(call, 'before')
      const result = work()
      await pass(call, 'after')
      return result
    }

    return {
      usesAtOnce: 8,
      list: (path, share) =>
        perform({ operation: 'list', path }, () => {
          const node = find(path)
          if (node?.type !== 'directory') throw remoteFault('remote.not_found', { path })
          if (node.children.size > listEntries) throw remoteFault('remote.listing_too_large', { path })
          const listing: Listing = { entries: [], refused: [] }
          for (const [name, child] of node.children) {
            const reason = checkName(name)
            if (reason === undefined) listing.entries.push(entry(name, child))
            else listing.refused.push({ shown: showName(name), reason })
          }
          share?.admit(listing.entries.length)
          return listing
        }),
      stat: (path) =>
        perform({ operation: 'stat', path }, () => {
          const node = find(path)
          return node && entry(nameOf(path), node)
        }),
      async *read(path) {
        const call: MemoryCall = { operation: 'read', path }
        await pass(call, 'before')
        const { chunks } = fileAt(path)
        for (let index = 0; index < chunks.length; index++) {
          if (index === chunks.length >> 1) await pass(call, 'midway')
          const chunk = chunks[index]
          if (chunk === undefined || chunk.length === 0) continue
          const lent = Buffer.from(chunk)
          yield lent
          // Whoever kept it is to notice.
          lent.fill('?')
        }
        await pass(call, 'after')
      },
      write: async (path, source) => {
        const call: MemoryCall = { operation: 'write', path }
        await pass(call, 'before')
        if (find(path)?.type === 'directory') throw remoteFault('remote.operation_failed', { path })
        const file: File = { type: 'file', chunks: [], modified: tick() }
        parent(path).children.set(nameOf(path), file)
        let bytes = 0
        for await (const chunk of source) {
          file.chunks.push(Buffer.from(chunk))
          file.modified = tick()
          bytes += chunk.length
          if (file.chunks.length === 1) await pass(call, 'midway')
        }
        await pass(call, 'after')
        return { bytes }
      },
      move: (from, to) =>
        perform({ operation: 'move', path: from, to }, () => {
          const node = find(from)
          if (find(to) !== undefined) throw remoteFault('remote.exists', { path: to })
          if (node === undefined) throw remoteFault('remote.not_found', { path: from })
          parent(to).children.set(nameOf(to), node)
          parent(from).children.delete(nameOf(from))
        }),
      remove: (path) =>
        perform({ operation: 'remove', path }, () => {
          if (find(path) === undefined) return
          fileAt(path)
          parent(path).children.delete(nameOf(path))
        }),
      makeDirectory: (path) =>
        perform({ operation: 'makeDirectory', path }, () => {
          const node = find(path)
          if (node?.type === 'file') throw remoteFault('remote.exists', { path })
          if (node === undefined) parent(path).children.set(nameOf(path), directory())
        }),
      removeDirectory: (path) =>
        perform({ operation: 'removeDirectory', path }, () => {
          const node = find(path)
          if (node === undefined) return
          if (node.type === 'file' || node.children.size > 0) throw remoteFault('remote.operation_failed', { path })
          parent(path).children.delete(nameOf(path))
        }),
      [Symbol.asyncDispose]: async () => {
        cut = true
      },
    }
  }

  return server
}

function entry(name: string, node: File | Directory): RemoteEntry {
  const size = node.type === 'file' ? node.chunks.reduce((sum, chunk) => sum + chunk.length, 0) : 0
  return { name, type: node.type, size, modified: node.modified }
}

function walk(directory: Directory, path: string): string[] {
  return [...directory.children].flatMap(([name, node]) => (node.type === 'file' ? [`${path}/${name}`] : walk(node, `${path}/${name}`)))
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}
