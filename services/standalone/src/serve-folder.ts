import { constants, type Dir, type Stats } from 'node:fs'
import { chmod, type FileHandle, link, lstat, mkdir, open, opendir, rename, rmdir, stat, truncate, unlink, utimes } from 'node:fs/promises'
import { join, posix } from 'node:path'
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2'

const { STATUS_CODE: status, OPEN_MODE: mode } = ssh2.utils.sftp

const longestRead = 256 * 1024
const namesAtOnce = 200

/**
 * Serves one folder over an SFTP session, as OpenSSH does: `/` is the folder and nothing above it can be reached, a
 * rename never overwrites, links are not made.
 */
export function serveFolder(sftp: SFTPWrapper, root: string): void {
  const files = new Map<number, FileHandle>()
  const folders = new Map<number, Dir>()
  let lastHandle = 0
  const real = (path: string) => join(root, clean(path))
  const numbered = (handle: Buffer) => (handle.length === 4 ? handle.readUInt32BE() : -1)
  const fileOf = (handle: Buffer) => files.get(numbered(handle)) ?? fail('EBADF')

  const keep = <Kept>(kept: Map<number, Kept>, opened: Kept): Buffer => {
    kept.set(++lastHandle, opened)
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(lastHandle)
    return handle
  }
  /** Sends what `work` comes to, or the status that matches what it throws. */
  const answer = async (id: number, work: () => Promise<() => void>) => {
    try {
      const send = await work()
      send()
    } catch (error) {
      sftp.status(id, statusOf(error))
    }
  }
  const confirm = (id: number, work: () => Promise<unknown>) =>
    answer(id, async () => {
      await work()
      return () => sftp.status(id, status.OK)
    })

  sftp.on('OPEN', (id, path, flags) =>
    answer(id, async () => {
      const opened = await open(real(path), nodeFlags(flags), 0o644)
      return () => sftp.handle(id, keep(files, opened))
    }),
  )
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const buffer = Buffer.allocUnsafe(Math.min(length, longestRead))
      const { bytesRead } = await fileOf(handle).read(buffer, 0, buffer.length, offset)
      return () => (bytesRead === 0 ? sftp.status(id, status.EOF) : sftp.data(id, buffer.subarray(0, bytesRead)))
    }),
  )
  sftp.on('WRITE', (id, handle, offset, data) =>
    confirm(id, async () => {
      await fileOf(handle).write(data, 0, data.length, offset)
    }),
  )
  sftp.on('FSTAT', (id, handle) =>
    answer(id, async () => {
      const found = await fileOf(handle).stat()
      return () => sftp.attrs(id, attributes(found))
    }),
  )
  sftp.on('CLOSE', (id, handle) =>
    confirm(id, async () => {
      const key = numbered(handle)
      const opened = files.get(key) ?? folders.get(key) ?? fail('EBADF')
      files.delete(key)
      folders.delete(key)
      await opened.close()
    }),
  )
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const opened = await opendir(real(path))
      return () => sftp.handle(id, keep(folders, opened))
    }),
  )
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const folder = folders.get(numbered(handle)) ?? fail('EBADF')
      const names: FileEntry[] = []
      for (let entry = await folder.read(); entry !== null; entry = await folder.read()) {
        const found = await lstat(join(folder.path, entry.name)).catch(() => undefined)
        if (found !== undefined) names.push({ filename: entry.name, longname: longName(entry.name, found), attrs: attributes(found) })
        if (names.length === namesAtOnce) break
      }
      return () => (names.length === 0 ? sftp.status(id, status.EOF) : sftp.name(id, names))
    }),
  )
  sftp.on('STAT', (id, path) =>
    answer(id, async () => {
      const found = await stat(real(path))
      return () => sftp.attrs(id, attributes(found))
    }),
  )
  sftp.on('LSTAT', (id, path) =>
    answer(id, async () => {
      const found = await lstat(real(path))
      return () => sftp.attrs(id, attributes(found))
    }),
  )
  sftp.on('SETSTAT', (id, path, wanted) => confirm(id, () => change(real(path), wanted)))
  sftp.on('FSETSTAT', (id, handle, wanted) =>
    confirm(id, async () => {
      const file = fileOf(handle)
      if (wanted.mtime !== undefined) await file.utimes(wanted.atime ?? wanted.mtime, wanted.mtime)
    }),
  )
  sftp.on('REALPATH', (id, path) =>
    answer(id, async () => () => sftp.name(id, [{ filename: clean(path), longname: clean(path), attrs: {} as Attributes }])),
  )
  sftp.on('REMOVE', (id, path) => confirm(id, () => unlink(real(path))))
  sftp.on('MKDIR', (id, path) => confirm(id, () => mkdir(real(path))))
  sftp.on('RMDIR', (id, path) => confirm(id, () => rmdir(real(path))))
  sftp.on('RENAME', (id, from, to) => confirm(id, () => moveWithoutOverwriting(real(from), real(to))))
  sftp.on('close', () => {
    for (const opened of [...files.values(), ...folders.values()]) opened.close().catch(() => {})
  })
}

function clean(path: string): string {
  return posix.normalize(`/${path}`).replace(/(.)\/$/, '$1')
}

async function moveWithoutOverwriting(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isDirectory()) {
    await lstat(to).then(
      () => fail('EEXIST'),
      () => {},
    )
    return rename(from, to)
  }
  // A link is refused where something is already, a rename would replace it.
  await link(from, to)
  await unlink(from)
}

async function change(path: string, wanted: Attributes): Promise<void> {
  if (wanted.size !== undefined) await truncate(path, wanted.size)
  if (wanted.mtime !== undefined) await utimes(path, wanted.atime ?? wanted.mtime, wanted.mtime)
  if (wanted.mode !== undefined) await chmod(path, wanted.mode & 0o777)
}

function nodeFlags(flags: number): number {
  const has = (wanted: number) => (flags & wanted) !== 0
  const way = has(mode.WRITE) ? (has(mode.READ) ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY
  return (
    way |
    (has(mode.APPEND) ? constants.O_APPEND : 0) |
    (has(mode.CREAT) ? constants.O_CREAT : 0) |
    (has(mode.TRUNC) ? constants.O_TRUNC : 0) |
    (has(mode.EXCL) ? constants.O_EXCL : 0)
  )
}

function attributes(found: Stats): Attributes {
  const seconds = (ms: number) => Math.floor(ms / 1000)
  return {
    mode: found.mode,
    uid: found.uid,
    gid: found.gid,
    size: found.size,
    atime: seconds(found.atimeMs),
    mtime: seconds(found.mtimeMs),
  }
}

function longName(name: string, found: Stats): string {
  const when = found.mtime.toISOString().slice(0, 16).replace('T', ' ')
  const kind = found.isDirectory() ? 'drwxr-xr-x' : '-rw-r--r--'
  return `${kind} 1 practice practice ${String(found.size).padStart(10)} ${when} ${name}`
}

function statusOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return status.NO_SUCH_FILE
  if (code === 'EACCES' || code === 'EPERM') return status.PERMISSION_DENIED
  return status.FAILURE
}

function fail(code: string): never {
  throw Object.assign(new Error(code), { code })
}
