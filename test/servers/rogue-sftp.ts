import type { Attributes, SFTPWrapper } from 'ssh2'

/** What an SFTP server does wrong, request by request. */
export type SftpBehaviour = {
  /**
   * What becomes of a request: a number is the status it is answered with; `stall` never answers; `cut before` and `cut after`
   * reset the connection, with the work undone or done.
   */
  onRequest?: (request: Request) => undefined | number | 'stall' | 'cut before' | 'cut after'
  /** How many of the bytes asked for a read gets. */
  readBytes?: (asked: number) => number
  /** A page of the listing of any directory; undefined ends it. */
  listing?: (page: number, directory: string) => Entry[] | undefined
  /** What is told of a file in place of the truth. */
  attributes?: (path: string, truth: Partial<Attributes>) => Partial<Attributes>
}
export type Request = { operation: string; path: string; to?: string; offset?: number }
export type Entry = { filename: string; longname?: string; attrs?: Partial<Attributes> }
export type RogueFiles = Map<string, Buffer | 'directory'>

const status = { ok: 0, endOfFile: 1, noSuchFile: 2, failure: 4 }
const pageEntries = 100

export function serveSftp(
  sftp: SFTPWrapper,
  server: { behaviour(): SftpBehaviour; files: RogueFiles; requests: { operation: string; path: string }[]; cut(): void },
): void {
  const { files, behaviour } = server
  const handles = new Map<number, { path: string; page: number; names: string[] }>()
  let lastHandle = 0

  const open = (path: string, names: string[] = []) => {
    handles.set(++lastHandle, { path, page: 0, names })
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(lastHandle)
    return handle
  }
  const at = (handle: Buffer) => handles.get(handle.readUInt32BE()) ?? { path: '', page: 0, names: [] }
  const parent = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/'
  const isDirectory = (path: string) => path === '/' || files.get(path) === 'directory'
  const children = (path: string) => [...files.keys()].filter((one) => parent(one) === path)
  const attributes = (path: string): Attributes => {
    const file = files.get(path)
    const truth = Buffer.isBuffer(file) ? { mode: 0o100644, size: file.length } : { mode: 0o040755, size: 0 }
    return { ...truth, uid: 0, gid: 0, atime: 1, mtime: 1, ...behaviour().attributes?.(path, truth) }
  }

  /** Work is done at once; what it returns is the answer, a number for a status. */
  const on = (operation: string, id: number, request: Omit<Request, 'operation'>, work: () => number | ((id: number) => void)) => {
    server.requests.push({ operation, path: request.path })
    const fate = behaviour().onRequest?.({ operation, ...request })
    if (fate === 'stall') return
    if (fate === 'cut before') return server.cut()
    if (typeof fate === 'number') return refuse(sftp, { id, status: fate })
    const answer = work()
    if (fate === 'cut after') return server.cut()
    if (typeof answer === 'number') sftp.status(id, answer)
    else answer(id)
  }
  const tell = (path: string) => (files.has(path) || path === '/' ? (id: number) => sftp.attrs(id, attributes(path)) : status.noSuchFile)

  sftp.on('OPEN', (id, path, flags) =>
    on('open', id, { path }, () => {
      const writes = (flags & openModeWrite) !== 0
      if (isDirectory(path)) return status.failure
      if (writes ? !isDirectory(parent(path)) : !files.has(path)) return status.noSuchFile
      if (writes) files.set(path, Buffer.alloc(0))
      const handle = open(path)
      return () => sftp.handle(id, handle)
    }),
  )
  sftp.on('READ', (id, handle, offset, asked) =>
    on('read', id, { path: at(handle).path, offset }, () => {
      const file = files.get(at(handle).path)
      if (!Buffer.isBuffer(file) || offset >= file.length) return status.endOfFile
      const data = file.subarray(offset, offset + (behaviour().readBytes?.(asked) ?? asked))
      return () => sftp.data(id, data)
    }),
  )
  sftp.on('WRITE', (id, handle, offset, data) =>
    on('write', id, { path: at(handle).path, offset }, () => {
      const file = files.get(at(handle).path)
      if (!Buffer.isBuffer(file)) return status.failure
      const written = Buffer.alloc(Math.max(file.length, offset + data.length))
      file.copy(written)
      data.copy(written, offset)
      files.set(at(handle).path, written)
      return status.ok
    }),
  )
  sftp.on('CLOSE', (id, handle) =>
    on('close', id, { path: at(handle).path }, () => (handles.delete(handle.readUInt32BE()) ? status.ok : status.failure)),
  )
  sftp.on('STAT', (id, path) => on('stat', id, { path }, () => tell(path)))
  sftp.on('LSTAT', (id, path) => on('lstat', id, { path }, () => tell(path)))
  sftp.on('OPENDIR', (id, path) =>
    on('opendir', id, { path }, () => {
      if (!isDirectory(path)) return status.noSuchFile
      const handle = open(path, children(path))
      return () => sftp.handle(id, handle)
    }),
  )
  sftp.on('READDIR', (id, handle) => {
    const directory = at(handle)
    on('readdir', id, { path: directory.path }, () => {
      const { listing } = behaviour()
      const start = directory.page++ * pageEntries
      const truth = directory.names
        .slice(start, start + pageEntries)
        .map((path) => ({ filename: path.slice(path.lastIndexOf('/') + 1), attrs: attributes(path) }))
      const page: Entry[] | undefined = listing ? listing(directory.page - 1, directory.path) : truth.length > 0 ? truth : undefined
      if (page === undefined) return status.endOfFile
      const plain = { mode: 0o100644, uid: 0, gid: 0, size: 1, atime: 1, mtime: 1 }
      return () =>
        sftp.name(
          id,
          page.map((entry) => ({ longname: '', ...entry, attrs: { ...plain, ...entry.attrs } })),
        )
    })
  })
  sftp.on('REMOVE', (id, path) =>
    on('remove', id, { path }, () => {
      if (isDirectory(path)) return status.failure
      return files.delete(path) ? status.ok : status.noSuchFile
    }),
  )
  sftp.on('RMDIR', (id, path) =>
    on('rmdir', id, { path }, () => {
      if (children(path).length > 0) return status.failure
      return files.delete(path) ? status.ok : status.noSuchFile
    }),
  )
  sftp.on('MKDIR', (id, path) =>
    on('mkdir', id, { path }, () => {
      if (files.has(path)) return status.failure
      if (!isDirectory(parent(path))) return status.noSuchFile
      files.set(path, 'directory')
      return status.ok
    }),
  )
  // Overwrites, as some servers do.
  sftp.on('RENAME', (id, from, to) =>
    on('rename', id, { path: from, to }, () => {
      const file = files.get(from)
      if (file === undefined || !isDirectory(parent(to))) return status.noSuchFile
      files.delete(from)
      files.set(to, file)
      return status.ok
    }),
  )
}

/** A status that ssh2's own server would not send, in words that are not harmless. */
function refuse(sftp: SFTPWrapper, { id, status }: { id: number; status: number }): void {
  const words = Buffer.from('\u001b[31mrefused\r\n')
  const packet = Buffer.alloc(4 + 1 + 4 + 4 + 4 + words.length + 4)
  packet.writeUInt32BE(packet.length - 4)
  packet.writeUInt8(101, 4)
  packet.writeUInt32BE(id, 5)
  packet.writeUInt32BE(status, 9)
  packet.writeUInt32BE(words.length, 13)
  words.copy(packet, 17)
  const { _protocol, outgoing } = sftp as unknown as {
    _protocol: { channelData(id: number, data: Buffer): void }
    outgoing: { id: number }
  }
  _protocol.channelData(outgoing.id, packet)
}

// Source: SFTP version 3, SSH_FXF_WRITE.
const openModeWrite = 2
