import type { Remote } from '../remotes/remote.ts'
import { remoteFault } from '../remotes/remote-faults.ts'

/** The name under which a file is written before it is renamed. Each fence has its own: a worker that was taken over and writes on spoils nothing. */
export function hiddenName(name: string, fence: number): string {
  return `.${name}.${fence}.part`
}

/** Writes a file under a hidden name, and makes sure that all of it is there. @returns its bytes */
export async function writeHidden(remote: Remote, path: string, source: AsyncIterable<Buffer>): Promise<number> {
  const { bytes } = await remote.write(path, source)
  const written = await remote.stat(path)
  if (written?.size !== bytes) throw remoteFault('remote.operation_failed', { path, expected: bytes, found: written?.size })
  return bytes
}
