import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settings } from '@drayage/core/settings'
import { expect, test } from 'vitest'

/** What the pages say is so. */

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md', '.github/**/*.md'], { cwd: root }).map((path) => ({ path, text: read(path) }))

test('every page that is linked is there', () => {
  const missing = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  )
  expect(missing).toEqual([])
})

test('every file that is named is there', () => {
  const homes = ['', 'packages/', 'packages/core/src/', 'packages/core/', 'packages/db/', 'test/', 'docs/']
  const named = /`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|md|sql|json|yaml))`/g
  const missing = pages.flatMap(({ path, text }) =>
    [...text.matchAll(named)]
      .map(([, file = '']) => file)
      .filter((file) => !homes.some((home) => existsSync(join(root, home, file))))
      .map((file) => `${path}: ${file}`),
  )
  expect(missing).toEqual([])
})

test('every command that is given exists', () => {
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts)
  const known = new Set([...scripts, 'install', 'exec'])
  const unknown = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\bpnpm ([a-z][\w:]*)/g)].filter(([, name = '']) => !known.has(name)).map(([command]) => `${path}: ${command}`),
  )
  expect(unknown).toEqual([])
})

test('docs/operations.md lists the settings as they are', () => {
  const rows = Object.entries(settings).map(([name, schema]) => {
    const byDefault = schema.safeParse(undefined)
    const value = byDefault.success && String(byDefault.data ?? '') !== '' ? `\`${byDefault.data}\`` : ''
    return ['', `\`${name}\``, value, schema.description, ''].join(' | ').trim().replace('|  |', '| |')
  })
  const listed = read('docs/operations.md').match(/^\| `[A-Z_]+` \|.*$/gm)
  expect(listed).toEqual(rows)
})

test('ARCHITECTURE.md names the file that imports a library', () => {
  const named = [...read('ARCHITECTURE.md').matchAll(/`([\w-]+)` by\s+`([\w/-]+\.ts)`/g)].map(([, library, file]) => ({ library, file }))
  expect(named.map(({ library }) => library)).toEqual(['basic-ftp', 'ssh2-sftp-client', 'csv-parse', 'yauzl', 'htmlparser2', 'nodemailer'])
  const wrong = named.filter(({ library, file }) => !read(`packages/core/src/${file}`).includes(`from '${library}`))
  expect(wrong).toEqual([])
})

test('the changelog has a line for what is not released yet', () => {
  expect(read('CHANGELOG.md')).toMatch(/^## /m)
})

test('docs/security.md names a test that is there for every promise', () => {
  const [, table = ''] = read('docs/security.md').split('## What is promised')
  const promises =
    table
      .split('## ')[0]
      ?.match(/^\| (?!promise|-).*$/gm)
      ?.filter((line) => !line.startsWith('|---')) ?? []
  expect(promises.length).toBeGreaterThan(15)
  for (const promise of promises) {
    const named = [...(promise.split('|')[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
    expect(named, promise).not.toEqual([])
    for (const path of named) expect([path, existsSync(join(root, path))]).toEqual([path, true])
  }
})

test('docs/conformance.md names a test that is there for every case', () => {
  const [covered = ''] = read('docs/conformance.md').split('## Not covered')
  const cases = covered.match(/^\| [A-F]\d.*$/gm) ?? []
  expect(cases.length).toBeGreaterThan(60)
  const missing = cases.filter((line) => {
    const [, path = '', , title = ''] = /`([^`]+)`(: “([^”]+)”)? \|$/.exec(line) ?? []
    return !existsSync(join(root, path)) || !read(path).includes(title)
  })
  expect(missing).toEqual([])
})
