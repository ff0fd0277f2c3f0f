import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chunks, collect, type Here, type RemoteFixture, type RunningServer } from './fixture.conformance.ts'
import { describeListAndStat } from './list.conformance.ts'
import { describeMoveAndRemove } from './move.conformance.ts'
import { joinPath } from './path.ts'
import type { Remote } from './remote.ts'
import { describeReadAndWrite } from './transfer.conformance.ts'

/** The specification of a Remote: every adapter does this, on every server. */
export function describeRemote(fixture: RemoteFixture): void {
  const why = fixture.skip === undefined ? '' : `, skipped: ${fixture.skip}`
  describe.skipIf(fixture.skip !== undefined)(`a remote on ${fixture.name}${why}`, () => {
    let server: RunningServer
    let remote: Remote
    let directory: string
    let count = 0

    beforeAll(async () => {
      server = await fixture.start()
      remote = await server.open()
    })
    afterAll(async () => {
      await remote?.[Symbol.asyncDispose]()
      await server?.[Symbol.asyncDispose]()
    })
    beforeEach(async () => {
      directory = joinPath(server.directory, `case-${++count}`)
      await remote.makeDirectory(directory)
    })

    const at = (...names: string[]) => joinPath(directory, ...names)
    const here: Here = {
      get server() {
        return server
      },
      get remote() {
        return remote
      },
      get directory() {
        return directory
      },
      at,
      put: (name, content = name) => remote.write(at(name), chunks(Buffer.from(content))),
      text: async (name) => (await collect(remote.read(at(name)))).toString(),
      names: async () => (await remote.list(directory)).entries.map((entry) => entry.name).sort(),
      behind: (context) => server.behind ?? context.skip('files are only reached through the session'),
    }

    describeListAndStat(here)
    describeReadAndWrite(here)
    describeMoveAndRemove(here)

    test('a closed session says so, and closing it twice is harmless', async () => {
      const closed = await server.open()
      await closed[Symbol.asyncDispose]()
      await closed[Symbol.asyncDispose]()
      await expect(closed.stat(directory)).rejects.toMatchObject({ kind: 'unreachable', code: 'remote.connection_lost' })
    })
  })
}
