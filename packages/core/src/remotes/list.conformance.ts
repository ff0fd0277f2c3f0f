import { describe, expect, test } from 'vitest'
import { chunks, type Here } from './fixture.conformance.ts'

export function describeListAndStat(here: Here): void {
  describe('list', () => {
    test('shows an empty directory as empty', async () => {
      expect(await here.remote.list(here.directory)).toEqual({ entries: [], refused: [] })
    })

    test('shows files with their size and directories without, each once, and nothing of what lies deeper', async () => {
      await here.put('a.csv', 'twelve bytes')
      await here.put('empty.csv', '')
      await here.remote.makeDirectory(here.at('folder'))
      await here.remote.write(here.at('folder', 'deeper.csv'), chunks(Buffer.from('x')))
      const { entries } = await here.remote.list(here.directory)
      expect(entries.map(({ name, type, size }) => ({ name, type, size })).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        { name: 'a.csv', type: 'file', size: 12 },
        { name: 'empty.csv', type: 'file', size: 0 },
        { name: 'folder', type: 'directory', size: 0 },
      ])
    })

    test('shows every file of a directory that takes many answers', async () => {
      const expected = Array.from({ length: 300 }, (_, index) => `file-${String(index).padStart(4, '0')}.csv`)
      await inParallel(8, expected, (name) => here.remote.write(here.at(name), chunks()))
      expect(await here.names()).toEqual(expected)
    })

    test.for([
      'two words.csv',
      'a-b--c.csv',
      'star*?[x]{y}.csv',
      '"double" \'single\' `back`.csv',
      '$HOME;&|<>#%.csv',
      '~tilde.csv',
      '.hidden',
      'übersicht-é.csv',
      'u\u0308bersicht-decomposed.csv',
      '売上・高.csv',
      'x'.repeat(200),
    ])('carries the name %j there and back', async (name) => {
      await here.put(name)
      expect(await here.names()).toEqual([name])
      expect(await here.text(name)).toBe(name)
      await here.remote.move(here.at(name), here.at('moved.csv'))
      await here.remote.move(here.at('moved.csv'), here.at(name))
      await here.remote.remove(here.at(name))
      expect(await here.names()).toEqual([])
    })

    test('tells names apart that differ in case only', async () => {
      await here.put('Sales.csv', 'upper')
      await here.put('sales.csv', 'lower')
      expect(await here.names()).toEqual(['Sales.csv', 'sales.csv'])
      expect(await here.text('Sales.csv')).toBe('upper')
    })

    test('leaves links out and refuses, escaped, names that cannot be carried', async (context) => {
      const back = here.behind(context)
      await here.put('good.csv')
      await back.link(here.at('good.csv'), here.at('link.csv'))
      await back.link(here.directory, here.at('loop'))
      for (const name of [
        Buffer.from('latin-\xe9.csv', 'latin1'),
        ...(here.server.differs?.listsInLines ? [] : [Buffer.from('two\nlines.csv')]),
        Buffer.from('back\\slash'),
        Buffer.from('-rf'),
      ])
        await back.nameOfBytes(here.directory, name)
      const { entries, refused } = await here.remote.list(here.directory)
      expect(entries.map((entry) => entry.name)).toEqual(['good.csv'])
      const twoLines = here.server.differs?.listsInLines ? [] : ['two\\u{a}lines.csv']
      expect(refused.map((entry) => entry.shown).sort()).toEqual(['-rf', 'back\\u{5c}slash', 'latin-�.csv', ...twoLines])
      expect(refused.every((entry) => entry.reason !== '')).toBe(true)
    })

    test('says not_found for a directory that is not there', async () => {
      await expect(here.remote.list(here.at('nothing'))).rejects.toMatchObject({ kind: 'not_found', code: 'remote.not_found' })
    })

    test('gives up on a directory with more entries than allowed, and the session goes on', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await here.put(name)
      await using narrow = await here.server.open({ listEntries: 3 })
      await expect(narrow.list(here.directory)).rejects.toMatchObject({ kind: 'denied', code: 'remote.listing_too_large' })
      expect(await narrow.stat(here.at('a'))).toMatchObject({ type: 'file' })
    })

    test('says permission_denied for one forbidden directory and still lists the others', async (context) => {
      const back = here.behind(context)
      await here.remote.makeDirectory(here.at('closed'))
      await back.forbid(here.at('closed'))
      await expect(here.remote.list(here.at('closed'))).rejects.toMatchObject({ kind: 'denied', code: 'remote.permission_denied' })
      expect(await here.names()).toEqual(['closed'])
    })
  })

  describe('stat', () => {
    test('sees what the listing sees', async () => {
      await here.put('a.csv', 'twelve bytes')
      await here.remote.makeDirectory(here.at('folder'))
      const { entries } = await here.remote.list(here.directory)
      for (const entry of entries) expect(await here.remote.stat(here.at(entry.name))).toEqual(entry)
    })

    test('is undefined where nothing is, also below a directory that is not there', async () => {
      expect(await here.remote.stat(here.at('nothing'))).toBeUndefined()
      expect(await here.remote.stat(here.at('nothing', 'deeper'))).toBeUndefined()
    })

    test('follows links', async (context) => {
      const back = here.behind(context)
      await here.put('good.csv', 'four')
      await back.link(here.at('good.csv'), here.at('link.csv'))
      await back.link(here.at('nothing'), here.at('dangling'))
      await back.link(here.at('loop'), here.at('loop'))
      expect(await here.remote.stat(here.at('link.csv'))).toMatchObject({
        name: 'link.csv',
        type: 'file',
        ...(!here.server.differs?.measuresLinks && { size: 4 }),
      })
      expect(await here.remote.stat(here.at('dangling'))).toBeUndefined()
      if (!here.server.differs?.failsOnLoops) expect(await here.remote.stat(here.at('loop'))).toBeUndefined()
    })
  })
}

async function inParallel<T>(lanes: number, all: T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = all.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const one of waiting) await work(one)
    }),
  )
}
