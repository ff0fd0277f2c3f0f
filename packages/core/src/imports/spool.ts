import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fatal } from './fatal.ts'

/** A file without a name: nobody else can open it, and it is gone when it is closed or the process ends. */
export async function openSpool(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'drayage-spool-'))
  try {
    return await open(join(folder, 'spool'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A copy of `source` that can be read here and there. Fatal fault: `file.too_large`. */
export async function spooled(source: AsyncIterable<Buffer>, { fileBytes }: { fileBytes: number }): Promise<FileHandle> {
  const file = await openSpool()
  try {
    let bytes = 0
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > fileBytes) throw tooLarge(fileBytes)
      await file.appendFile(chunk)
    }
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

export function tooLarge(fileBytes: number): Error {
  return fatal('file.too_large', `The file is larger than the ${fileBytes} bytes allowed. Divide it and send the parts.`)
}
