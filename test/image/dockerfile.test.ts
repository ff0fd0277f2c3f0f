import { readFileSync } from 'node:fs'
import { workerFlags } from '@drayage/worker/node-flags'
import { expect, test } from 'vitest'
import { dockerfile } from './build-image.ts'
import { parseDockerfile } from './dockerfile.ts'

const text = readFileSync(dockerfile, 'utf8')
const stages = parseDockerfile(text)
const project = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

test('lines that go on, comments and the words of an instruction are read', () => {
  const [stage] = parseDockerfile(
    'FROM node:1 AS made\n# told\nENV A=1 B=2\nRUN one \\\n # between\n && two\nCOPY --from=other /a ./\nCOPY --chmod=755 b c d/\nCMD ["x", "y z"]\n',
  )
  expect(stage).toMatchObject({ name: 'made', from: 'node:1' })
  expect(stage?.steps).toMatchObject([
    { kind: 'env', values: { A: '1', B: '2' } },
    { kind: 'run', command: expect.stringMatching(/^one +&& two$/) },
    { kind: 'copy', from: 'other', sources: ['/a'], target: './' },
    { kind: 'copy', chmod: '755', sources: ['b', 'c'], target: 'd/' },
    { kind: 'cmd', args: ['x', 'y z'] },
  ])
  expect(() => parseDockerfile('FROM node:1\nADD a b\n')).toThrow('ADD')
})

test('images have the Node and the pnpm that the project is tested with', () => {
  const names = new Set(stages.map(({ name }) => name))
  const bases = stages.map(({ from }) => from).filter((from) => !names.has(from))
  expect(new Set(bases.map((base) => base.replace(/-slim$/, '')))).toEqual(new Set([`node:${project.devDependencies.node}-trixie`]))
  const versions = new Set([...text.matchAll(/pnpm@([\d.]+)/g)].map(([, version]) => version))
  expect(versions).toEqual(new Set([project.devEngines.packageManager.version]))
})

test('what is copied from a clone can be read by who runs the services, whoever could read it there', () => {
  const copied = stages.flatMap(({ steps }) => steps.filter((step) => step.kind === 'copy' && step.from === undefined))
  expect(copied.length).toBeGreaterThan(0)
  for (const step of copied) expect(step).toMatchObject({ chmod: '755' })
})

test('a worker in its image has the flags that bound its memory', () => {
  const command = stages.find(({ name }) => name === 'worker')?.steps.find((step) => step.kind === 'cmd')?.args
  expect(command).toEqual(['node', ...workerFlags, 'services/worker/src/main.ts'])
})
