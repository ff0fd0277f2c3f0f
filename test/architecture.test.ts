import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The rules of ARCHITECTURE.md, read from the sources. */

const root = fileURLToPath(new URL('..', import.meta.url))
const homes: Readonly<Record<string, string>> = {
  '@drayage/core': 'packages/core/src',
  '@drayage/db': 'packages/db/src',
  '@drayage/api': 'services/api/src',
  '@drayage/worker': 'services/worker/src',
  '@drayage/standalone': 'services/standalone/src',
  '@drayage/test': 'test',
}

type Source = { path: string; text: string; code: string; imports: { from: string; typeOnly: boolean }[] }

const all: Source[] = globSync('{packages,services,test,bench,scripts}/**/*.ts', {
  cwd: root,
  exclude: (path) => basename(path) === 'node_modules',
})
  .sort()
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, code: withoutComments(text), imports: importsOf(path, text) }
  })
const isTest = (path: string) => /\.(test|conformance|fixture)\.ts$|^test\/|^bench\/|\/testing(\/|\.ts$)/.test(path)
const sources = all.filter(({ path }) => !isTest(path))
const core = sources.filter(({ path }) => path.startsWith('packages/core/'))

/** Each offence as `file: what`, so that a failure reads like a list of things to mend. */
function offences(files: readonly Source[], find: (file: Source) => Iterable<string>): string[] {
  return files.flatMap((file) => [...find(file)].map((what) => `${file.path}: ${what}`))
}
const importing = (files: readonly Source[], forbidden: (from: string) => boolean) =>
  offences(files, (file) => file.imports.map(({ from }) => from).filter(forbidden))
const within = (path: string) => all.filter((file) => file.path.startsWith(path))

test('packages/db knows nothing of the business', () => {
  expect(importing(within('packages/db/src/'), (from) => /^(packages\/core|services|test)\//.test(from))).toEqual([])
})

test('core knows no shell, no transport and no queue', () => {
  expect(importing(core, (from) => /^(services\/|test\/|fastify|@fastify|mercurius|graphql|pg-boss|pino)/.test(from))).toEqual([])
})

test('remotes and imports do not know each other, and access knows no room but the audit trail and the outbox', () => {
  const folder = (name: string) => core.filter(({ path }) => path.startsWith(`packages/core/src/${name}/`))
  expect(importing(folder('remotes'), (from) => from.startsWith('packages/core/src/imports/'))).toEqual([])
  expect(importing(folder('imports'), (from) => from.startsWith('packages/core/src/remotes/'))).toEqual([])
  // What stands in no room is everybody's, and so is the trail of what was done.
  const known = /^packages\/core\/src\/(access\/|audit\/|notifications\/queue-letter\.ts|[\w-]+\.ts$)/
  expect(importing(folder('access'), (from) => from.startsWith('packages/core/') && !known.test(from))).toEqual([])
})

test.each(['basic-ftp', 'ssh2', 'ssh2-sftp-client', 'csv-parse', 'yauzl', 'htmlparser2', 'nodemailer'])(
  'in core, %s is imported by one file at most',
  (library) => {
    const users = core.filter((file) => file.imports.some(({ from }) => from === library || from.startsWith(`${library}/`)))
    expect(users.map(({ path }) => path).slice(1)).toEqual([])
  },
)

test('drizzle is loaded by one file, which knows how', () => {
  const users = all.filter((file) => file.imports.some(({ from }) => from.startsWith('drizzle-orm')))
  expect(users.map(({ path }) => path)).toEqual(['packages/db/src/drizzle.ts'])
})

test('no import leads back to where it came from', () => {
  expect(cyclesOf(all)).toEqual([])
})

test('the environment is read in config.ts and main.ts only', () => {
  const readers = sources.filter(({ path, code }) => code.includes('process.env') && !/(^scripts\/|\/(config|main|demo)\.ts$)/.test(path))
  expect(readers.map(({ path }) => path)).toEqual([])
})

test('only the registries tell products and protocols apart', () => {
  const registries = ['packages/core/src/imports/products/registry.ts', 'packages/core/src/remotes/open-remote.ts']
  const told = /(?:[!=]==\s*|\bcase\s+)'(gst|e_invoicing|max_itc|ratebooks|ftps?|sftp)'/g
  expect(offences(sources, ({ path, code }) => (registries.includes(path) ? [] : [...code.matchAll(told)].map((hit) => hit[0])))).toEqual(
    [],
  )
})

test('every name says what is inside', () => {
  const empty = /^(utils?|helpers?|common|shared|lib|types|models|misc|index)(\.ts)?$/
  expect(offences(all, ({ path }) => path.split('/').filter((part) => empty.test(part)))).toEqual([])
  expect(offences(all, ({ code }) => code.match(/^export \* from .*$/gm) ?? [])).toEqual([])
})

test('files are short', () => {
  const lengths = sources.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b)
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(80)
  expect(offences(all, ({ text }) => (text.split('\n').length > 401 ? [`${text.split('\n').length - 1} lines`] : []))).toEqual([])
})

test('Fault is the only class', () => {
  const classes = offences(all, ({ code }) => code.match(/^[ \t]*(?:export )?(?:default )?(?:abstract )?class \w+/gm) ?? [])
  expect(classes).toEqual(['packages/core/src/faults.ts: export class Fault'])
})

test('fewer than ten any', () => {
  const uses = offences(all, ({ code }) => code.match(/(?:[:<|(,]|\bas)\s*any\b(?!\s*\()/g) ?? [])
  expect(uses.length, uses.join('\n')).toBeLessThan(10)
})

test('the names of tests are facts', () => {
  expect(offences(all, ({ code }) => code.match(/\b(?:test|it)(?:\.\w+)*\(\s*['"`][^'"`]*\bshould\b.*/g) ?? [])).toEqual([])
})

function importsOf(path: string, text: string): Source['imports'] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)
  return [...statements].map(([, type, from = '']) => ({ from: resolve(path, from), typeOnly: type !== undefined }))
}

function resolve(path: string, from: string): string {
  if (from.startsWith('.')) return normalize(join(dirname(path), from))
  const [scope, name, ...rest] = from.split('/')
  const home = homes[`${scope}/${name}`]
  return home === undefined ? from : `${home}/${rest.join('/')}.ts`
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

function cyclesOf(files: readonly Source[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) cycles.push([...trail.slice(at), path].join(' -> '))
    if (at >= 0 || done.has(path)) return
    for (const { from, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly && byPath.has(from)) visit(from, [...trail, path])
    }
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  return cycles
}
