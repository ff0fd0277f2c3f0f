import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, Experiment, Figure, Readings, Setting } from './bench.ts'
import { judge, type Result } from './judge.ts'
import { measure } from './measure.ts'
import { missingOf } from './programs.ts'
import { runProgram } from './run-program.ts'
import { inWords } from './table.ts'

const rounds = 5

export type Run = {
  results: Result[]
  /** What keeps a peer from taking part, a line each. */
  absent: ReadonlySet<string>
}

export type RunOptions = Pick<Setting, 'quick' | 'profileDir' | 'signal' | 'tell'>

/** Runs benches one after the other. With `profileDir` only our side runs, once, and nothing is judged. */
export async function runBenches(chosen: readonly Bench[], options: RunOptions): Promise<Run> {
  const results: Result[] = []
  const absent = new Set<string>()
  for (const bench of chosen) {
    options.tell(`\n${bench.name}: ${bench.about}`)
    const lacking = missingOf(bench.needs).map((program) => program.package)
    if (lacking.length > 0) throw new Error(`${bench.name} needs ${lacking.join(', ')}: run bench/peers`)
    const workDir = await mkdtemp(join(tmpdir(), `drayage-bench-${bench.name}-`))
    const setting: Setting = { ...options, workDir, tell: (line) => options.tell(`  ${line}`) }
    try {
      for await (const experiment of bench.experiments(setting)) results.push(...(await runExperiment(experiment, setting, absent)))
    } finally {
      await rm(workDir, { recursive: true, force: true })
    }
  }
  return { results, absent }
}

async function runExperiment(experiment: Experiment, setting: Setting, absent: Set<string>): Promise<Result[]> {
  const profiling = setting.profileDir !== undefined
  const { title, ours } = experiment
  const peers = experiment.peers.filter((side) => {
    const lacking = missingOf(side.needs ?? [])
    for (const { command, package: name } of lacking)
      absent.add(`missing: ${side.name} needs ${command}; install ${name}, or run bench/peers`)
    return lacking.length === 0
  })
  const samples = await measure(
    { ours, peers: profiling ? [] : peers },
    {
      rounds: profiling ? 1 : (experiment.rounds ?? rounds),
      settle: () => writeEverythingOut(setting.signal),
      onRun: ({ side, round, rounds, seconds, readings }) => {
        setting.signal.throwIfAborted()
        setting.tell(`${title}, ${round}/${rounds}, ${side}: ${inWords(seconds)} s  (${told(readings)})`)
      },
    },
  )
  return judge(profiling ? { ...experiment, figures: alone(experiment.figures) } : experiment, samples)
}

/** So that no side pays for what another one wrote. */
async function writeEverythingOut(signal: AbortSignal): Promise<void> {
  await runProgram({ command: 'sync', args: [], signal })
}

/** Each figure once, without peer or goal. */
function alone(figures: readonly Figure[]): Figure[] {
  return [...new Map(figures.map(({ name, unit, reading }) => [name, { name, unit, reading }])).values()]
}

function told(readings: Readings): string {
  return Object.entries(readings)
    .map(([name, value]) => `${name} ${inWords(value)}`)
    .join(', ')
}
