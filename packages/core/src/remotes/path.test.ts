import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkBaseDirectory, checkName, directoryOf, joinPath, nameOf, normaliseBaseDirectory, showName } from './path.ts'

const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '.', '..', '../../etc/passwd', '-rf'),
)
const goodName = anyName.filter((name) => checkName(name) === undefined)

describe('a name', () => {
  test.each([
    ['', 'it is empty'],
    ['.', 'it points to a folder'],
    ['..', 'it points to a folder'],
    ['a/b', 'it holds a path separator'],
    ['..\\boot.ini', 'it holds a path separator'],
    ['a\r\nDELE b', 'it holds a control character'],
    ['a\0.csv', 'it holds a control character'],
    ['\u001b[2J', 'it holds a control character'],
    ['a\u007f', 'it holds a control character'],
    ['a\u0085b', 'it holds a control character'],
    ['a\u2028b', 'it holds a control character'],
    ['invoice\u202egpj.exe', 'it holds a character that changes the reading direction'],
    ['-rf', 'it starts with a dash'],
    [' a.csv', 'it starts or ends with a space'],
    ['a.csv ', 'it starts or ends with a space'],
    ['caf\ufffd.csv', 'it is not valid UTF-8'],
    ['\ud800.csv', 'it is not valid UTF-8'],
    ['é'.repeat(101), 'it is longer than 200 bytes'],
  ])('%j is refused because %s', (name, reason) => {
    expect(checkName(name)).toBe(reason)
  })

  test.each([
    'sales.csv',
    'Sales 07-2026.csv',
    "it's 100% [done] *?.csv",
    '"quoted".csv',
    'übersicht.csv',
    'u\u0308bersicht.csv',
    '売上.csv',
    '.hidden',
    '👩‍💻.csv',
    'x'.repeat(200),
  ])('%j is good', (name) => {
    expect(checkName(name)).toBeUndefined()
  })

  test('is shown without anything that could not be seen or could break a line', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const shown = showName(name)
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        expect(shown.length).toBeLessThanOrEqual(200)
      }),
    )
    expect(showName('a\r\nb\u202e')).toBe('a\\u{d}\\u{a}b\\u{202e}')
    expect(showName('plain name.csv')).toBe('plain name.csv')
  })
})

describe('a joined path', () => {
  test('lies directly in its directory, whatever the name', () => {
    fc.assert(
      fc.property(fc.constantFrom('/', '/in', '/a/b', 'C:/', 'C:/in'), goodName, (directory, name) => {
        const path = joinPath(directory, name)
        expect(directoryOf(path)).toBe(directory)
        expect(nameOf(path)).toBe(name)
      }),
    )
  })

  test('is never made of a name that leaves the directory', () => {
    for (const name of ['', '.', '..', '../x', '/etc/passwd', 'a\0b'])
      expect(() => joinPath('/in', name)).toThrow(expect.objectContaining({ code: 'remote.name_refused' }))
  })

  test('has room for a name of our own made of the longest good one', () => {
    expect(joinPath('/in', `0198c0de-0000-7000-8000-000000000000~${'x'.repeat(200)}`)).toHaveLength(4 + 237)
  })
})

describe('a base directory', () => {
  test.each([
    ['relative/folder', 'it is not absolute: start with a slash'],
    ['', 'it is not absolute: start with a slash'],
    ['/a/../b', 'it points to a folder'],
    ['/a/./b', 'it points to a folder'],
    ['/a\nb', 'it holds a control character'],
    ['\\\\server\\share', 'it is not absolute: start with a slash'],
    [`/${'x'.repeat(256)}`, 'it is longer than 255 bytes'],
    ['/x'.repeat(600), 'it is longer than 1024 bytes'],
  ])('%j is refused because %s', (text, reason) => {
    expect(checkBaseDirectory(text)).toBe(reason)
  })

  test.each([
    ['/', '/'],
    ['/home/erp', '/home/erp'],
    ['//home//erp/', '/home/erp'],
    ['C:/inetpub/erp/', 'C:/inetpub/erp'],
  ])('%j is kept as %j', (text, kept) => {
    expect(checkBaseDirectory(text)).toBeUndefined()
    expect(normaliseBaseDirectory(text)).toBe(kept)
  })

  test('stays the same when it is normalised again', () => {
    fc.assert(
      fc.property(fc.array(goodName), (names) => {
        const once = normaliseBaseDirectory(`/${names.join('//')}/`)
        expect(normaliseBaseDirectory(once)).toBe(once)
      }),
    )
  })
})
