import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as elapsed } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { chunks, collect, type Here } from './fixture.conformance.ts'

export function describeReadAndWrite(here: Here): void {
  describe('read and write', () => {
    test.for([0, 1, 4_096, 32_768, 100_003, 261_120, 261_121, 3_000_001])('carry %d bytes unchanged', async (size) => {
      const content = randomBytes(size)
      expect(await here.remote.write(here.at('file'), chunks(content))).toEqual({ bytes: size })
      expect((await here.remote.stat(here.at('file')))?.size).toBe(size)
      expect(sha256(await collect(here.remote.read(here.at('file'))))).toBe(sha256(content))
    })

    test('write takes chunks of any size, empty ones too', async () => {
      const content = randomBytes(1_500_000)
      const pieces = [0, 1, 0, 7, 1_000_000, 3, 40_000, 0].map((size, index, sizes) => {
        const start = sizes.slice(0, index).reduce((sum, bytes) => sum + bytes, 0)
        return content.subarray(start, start + size)
      })
      pieces.push(content.subarray(1_040_011))
      await here.remote.write(here.at('file'), chunks(...pieces))
      expect(sha256(await collect(here.remote.read(here.at('file'))))).toBe(sha256(content))
    })

    test('write takes a source that uses one buffer again and again', async () => {
      async function* source() {
        const buffer = Buffer.alloc(1_000)
        for (let value = 0; value < 200; value++) yield buffer.fill(value)
      }
      await here.remote.write(here.at('file'), source())
      const content = await collect(here.remote.read(here.at('file')))
      expect(content).toHaveLength(200_000)
      expect([...content].every((byte, index) => byte === Math.floor(index / 1_000) % 256)).toBe(true)
    })

    test('write replaces a longer file whole', async () => {
      await here.put('file', 'a long line of old content')
      await here.put('file', 'new')
      expect(await here.text('file')).toBe('new')
    })

    test('write rethrows what its source throws, and what was written can be removed', async () => {
      const broken = new Error('the store went away')
      async function* source() {
        yield Buffer.from('half')
        throw broken
      }
      await expect(here.remote.write(here.at('part'), source())).rejects.toBe(broken)
      await here.remote.remove(here.at('part'))
      expect(await here.names()).toEqual([])
    })

    test('write says not_found below a directory that is not there', async () => {
      await expect(here.remote.write(here.at('nothing', 'file'), chunks())).rejects.toMatchObject({ code: 'remote.not_found' })
    })

    test('write does not replace a directory', async () => {
      await here.remote.makeDirectory(here.at('folder'))
      await expect(here.remote.write(here.at('folder'), chunks())).rejects.toMatchObject({ name: 'Fault' })
      expect(await here.remote.stat(here.at('folder'))).toMatchObject({ type: 'directory' })
    })

    test('write says permission_denied in a forbidden directory', async (context) => {
      const back = here.behind(context)
      await here.remote.makeDirectory(here.at('closed'))
      await back.forbid(here.at('closed'))
      await expect(here.remote.write(here.at('closed', 'file'), chunks())).rejects.toMatchObject({ code: 'remote.permission_denied' })
    })

    test('read says not_found where nothing is', async () => {
      await expect(collect(here.remote.read(here.at('nothing')))).rejects.toMatchObject({ kind: 'not_found', code: 'remote.not_found' })
    })

    test('read of a directory is a fault and never an empty file', async () => {
      await expect(collect(here.remote.read(here.directory))).rejects.toMatchObject({ name: 'Fault' })
    })

    test('a reader that stops early leaves the session usable', async (context) => {
      await here.put('file', randomBytes(2_000_000))
      await using remote = await here.server.open()
      for await (const chunk of remote.read(here.at('file'))) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      if (here.server.differs?.mindsEarlyStops) context.skip('this server may end the session')
      expect((await remote.stat(here.at('file')))?.size).toBe(2_000_000)
      expect(await collect(remote.read(here.at('file')))).toHaveLength(2_000_000)
    })

    test('a chunk stays what it was until the reader asks for the next, whatever comes meanwhile', async () => {
      const content = randomBytes(3_000_000)
      await here.put('file', content)
      let offset = 0
      for await (const chunk of here.remote.read(here.at('file'))) {
        const listed = here.remote.list(here.directory)
        if (here.server.differs?.oneAtATime) listed.catch(() => {})
        else await listed
        expect(chunk.equals(content.subarray(offset, offset + chunk.length))).toBe(true)
        offset += chunk.length
      }
      expect(offset).toBe(content.length)
    })

    test('read ends where the file ends when it gets there: grown or cut since it began', async (context) => {
      const back = here.behind(context)
      for (const change of ['grow', 'shrink'] as const) {
        const content = randomBytes(20_000_000)
        const more = randomBytes(1_000_000)
        await here.put('file', content)
        const seen: Buffer[] = []
        const reading = async () => {
          for await (const chunk of here.remote.read(here.at('file'))) {
            if (seen.length === 0)
              await (change === 'grow' ? back.append(here.at('file'), more) : back.truncate(here.at('file'), 15_000_000))
            seen.push(Buffer.from(chunk))
          }
        }
        const whole = Buffer.concat([content, more])
        if (here.server.differs?.readsToFormerEnd) {
          await reading().catch(() => {})
          const bytes = Buffer.concat(seen)
          if (change === 'grow') expect(bytes.length).toBeGreaterThanOrEqual(content.length)
          if (change === 'grow') expect(sha256(bytes)).toBe(sha256(whole.subarray(0, bytes.length)))
          continue
        }
        await reading()
        const bytes = Buffer.concat(seen)
        const expected = change === 'grow' ? whole : content.subarray(0, 15_000_000)
        expect([change, bytes.length]).toEqual([change, expected.length])
        expect(sha256(bytes)).toBe(sha256(expected))
      }
    })

    test('a reader slower than the floor is not the server being slow', async () => {
      await here.put('file', randomBytes(1_200_000))
      await using quick = await here.server.open({ floorWindowMs: 150, floorBytesPerSecond: 1_000, transferMs: 1_000 })
      let bytes = 0
      for await (const chunk of quick.read(here.at('file'))) {
        if (bytes === 0) await elapsed(300)
        bytes += chunk.length
      }
      expect(bytes).toBe(1_200_000)
    })

    test('many at once on one session do not mix', async () => {
      const contents = Array.from({ length: 12 }, (_, index) => randomBytes(index * 60_000))
      await Promise.all(contents.map((content, index) => here.put(`file-${index}`, content)))
      const read = await Promise.all(contents.map((_, index) => collect(here.remote.read(here.at(`file-${index}`)))))
      expect(read.map(sha256)).toEqual(contents.map(sha256))
    })
  })
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
