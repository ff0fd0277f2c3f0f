/** What a Dockerfile says, as far as ours says it: an instruction that is not known here throws. */
export type Stage = { name: string; from: string; steps: Step[] }

export type Step =
  | { kind: 'copy'; from?: string; chmod?: string; sources: string[]; target: string }
  | { kind: 'run'; command: string }
  | { kind: 'workdir'; path: string }
  | { kind: 'env'; values: Record<string, string> }
  | { kind: 'user'; uid: number; gid: number }
  | { kind: 'cmd'; args: string[] }

export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const stages: Stage[] = []
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? []
    if (word === 'FROM') {
      const [from = '', , name = ''] = rest.split(/\s+/)
      stages.push({ name, from, steps: [] })
      continue
    }
    const step = parseStep(word, rest)
    if (step !== undefined) stages.at(-1)?.steps.push(step)
  }
  return stages
}

function parseStep(word: string, rest: string): Step | undefined {
  const words = rest.split(/\s+/)
  switch (word) {
    case 'COPY': {
      const options = Object.fromEntries([...rest.matchAll(/(?:^|\s)--(from|chmod)=(\S+)/g)].map(([, name, value]) => [name, value]))
      const paths = words.filter((each) => !each.startsWith('--'))
      return { kind: 'copy', ...options, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' }
    }
    case 'RUN':
      return { kind: 'run', command: rest }
    case 'WORKDIR':
      return { kind: 'workdir', path: rest }
    case 'ENV':
      return { kind: 'env', values: Object.fromEntries(words.map((pair) => pair.split('=', 2) as [string, string])) }
    case 'USER': {
      const [uid, gid] = rest.split(':').map(Number)
      return { kind: 'user', uid: uid ?? Number.NaN, gid: gid ?? Number.NaN }
    }
    case 'CMD':
      return { kind: 'cmd', args: JSON.parse(rest) }
    case 'EXPOSE':
    case 'HEALTHCHECK':
      return undefined
    default:
      throw new Error(`a Dockerfile instruction that nobody reads here: ${word}`)
  }
}
