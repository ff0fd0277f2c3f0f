import { createCipheriv, createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Writes `bytes` bytes that neither repeat nor compress; the same seed gives the same. */
export async function writeRandomFile(path: string, options: { bytes: number; seed: string }): Promise<void> {
  const key = createHash('sha256').update(options.seed).digest()
  await pipeline(zeros(options.bytes), createCipheriv('aes-256-ctr', key, Buffer.alloc(16)), createWriteStream(path))
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}

function* zeros(bytes: number): Generator<Buffer> {
  const block = Buffer.alloc(Math.min(bytes, 1024 * 1024))
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length))
}
