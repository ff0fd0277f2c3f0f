import { describe, expect, test } from 'vitest'
import { chunks, collect, type Here } from './fixture.conformance.ts'

export function describeMoveAndRemove(here: Here): void {
  describe('move', () => {
    test('renames into another directory and keeps the content', async () => {
      await here.put('file', 'content')
      await here.remote.makeDirectory(here.at('folder'))
      await here.remote.move(here.at('file'), here.at('folder', 'moved'))
      expect(await here.remote.stat(here.at('file'))).toBeUndefined()
      expect((await collect(here.remote.read(here.at('folder', 'moved')))).toString()).toBe('content')
    })

    test('never overwrites: both files stay as they were', async () => {
      await here.put('from', 'one')
      await here.put('to', 'two')
      await expect(here.remote.move(here.at('from'), here.at('to'))).rejects.toMatchObject({ kind: 'conflict', code: 'remote.exists' })
      expect([await here.text('from'), await here.text('to')]).toEqual(['one', 'two'])
    })

    test('does not overwrite a directory', async () => {
      await here.put('from', 'one')
      await here.remote.makeDirectory(here.at('to'))
      await expect(here.remote.move(here.at('from'), here.at('to'))).rejects.toMatchObject({ code: 'remote.exists' })
      expect(await here.names()).toEqual(['from', 'to'])
    })

    test('onto itself is refused, and the file survives', async () => {
      await here.put('file', 'content')
      await expect(here.remote.move(here.at('file'), here.at('file'))).rejects.toMatchObject({ code: 'remote.exists' })
      expect(await here.text('file')).toBe('content')
    })

    test('says not_found, and which path it was, for a missing source and for a missing target directory', async () => {
      await expect(here.remote.move(here.at('nothing'), here.at('to'))).rejects.toMatchObject({
        code: 'remote.not_found',
        details: { path: here.at('nothing') },
      })
      await here.put('from')
      await expect(here.remote.move(here.at('from'), here.at('nothing', 'to'))).rejects.toMatchObject({
        code: 'remote.not_found',
        details: { path: here.at('nothing') },
      })
      expect(await here.names()).toEqual(['from'])
    })

    test('of one file by two at once succeeds once', async () => {
      await here.put('file')
      await using other = await here.server.open()
      const moves = await Promise.allSettled([
        here.remote.move(here.at('file'), here.at('mine')),
        other.move(here.at('file'), here.at('theirs')),
      ])
      expect(moves.map((move) => move.status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(moves.find((move) => move.status === 'rejected')?.reason).toMatchObject({ code: 'remote.not_found' })
      expect(await here.names()).toHaveLength(1)
    })

    test('says permission_denied out of a forbidden directory', async (context) => {
      const back = here.behind(context)
      await here.remote.makeDirectory(here.at('closed'))
      await here.remote.write(here.at('closed', 'file'), chunks())
      await back.forbid(here.at('closed'))
      await expect(here.remote.move(here.at('closed', 'file'), here.at('moved'))).rejects.toMatchObject({
        code: 'remote.permission_denied',
      })
    })
  })

  describe('remove, makeDirectory and removeDirectory', () => {
    test('remove takes a file away; nothing there is success', async () => {
      await here.put('file')
      await here.remote.remove(here.at('file'))
      await here.remote.remove(here.at('file'))
      expect(await here.names()).toEqual([])
    })

    test('remove does not take a directory away', async () => {
      await here.remote.makeDirectory(here.at('folder'))
      await expect(here.remote.remove(here.at('folder'))).rejects.toMatchObject({ kind: 'denied' })
      expect(await here.names()).toEqual(['folder'])
    })

    test('makeDirectory makes one; one that is there is success, also made by two at once', async () => {
      await using other = await here.server.open()
      await Promise.all([here.remote.makeDirectory(here.at('folder')), other.makeDirectory(here.at('folder'))])
      await here.remote.makeDirectory(here.at('folder'))
      expect(await here.remote.stat(here.at('folder'))).toMatchObject({ type: 'directory' })
    })

    test('makeDirectory does not take the place of a file', async () => {
      await here.put('file', 'content')
      await expect(here.remote.makeDirectory(here.at('file'))).rejects.toMatchObject({ kind: 'conflict', code: 'remote.exists' })
      expect(await here.text('file')).toBe('content')
    })

    test('makeDirectory says not_found without its parent', async () => {
      await expect(here.remote.makeDirectory(here.at('nothing', 'folder'))).rejects.toMatchObject({ code: 'remote.not_found' })
    })

    test('makeDirectory says permission_denied in a forbidden directory', async (context) => {
      const back = here.behind(context)
      await here.remote.makeDirectory(here.at('closed'))
      await back.forbid(here.at('closed'))
      await expect(here.remote.makeDirectory(here.at('closed', 'folder'))).rejects.toMatchObject({ code: 'remote.permission_denied' })
    })

    test('removeDirectory takes an empty one away; nothing there is success; one that holds something stays', async () => {
      await here.remote.makeDirectory(here.at('folder'))
      await here.remote.write(here.at('folder', 'file'), chunks())
      await expect(here.remote.removeDirectory(here.at('folder'))).rejects.toMatchObject({ kind: 'denied' })
      await here.remote.remove(here.at('folder', 'file'))
      await here.remote.removeDirectory(here.at('folder'))
      await here.remote.removeDirectory(here.at('folder'))
      expect(await here.names()).toEqual([])
    })
  })
}
