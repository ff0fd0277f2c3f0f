import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, Experiment, Readings, Setting } from './bench.ts'
import { benches } from './benches.ts'
import { judge, type Result } from './judge.ts'
import { measure } from './measure.ts'
import { missingOf } from './programs.ts'
import { describeMachine, describeVersions, keepResults } from './results.ts'
import { inWords, textTable } from './table.ts'

const usage = `pnpm bench [names...] [--quick] [--profile]

${benches.map((bench) => `  ${bench.name.padEnd(12)}${bench.about}`).join('\n')}

  --quick     smaller data, for a first impression
  --profile   runs only our side, once, and leaves CPU profiles of it in bench/results/`

const resultsDir = fileURLToPath(new URL('../results', import.meta.url))
const tell = (line: string) => console.log(line)

const options = readArguments()
if (options === undefined) {
  console.error(usage)
  process.exitCode = 2
} else await runBenches(options)

type Options = { chosen: readonly Bench[]; quick: boolean; profile: boolean }

function readArguments(): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
    })
    const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name))
    if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(', ')}`)
    const chosen = positionals.length === 0 ? benches : benches.filter((bench) => positionals.includes(bench.name))
    return { chosen, ...values }
  } catch (error) {
    console.error(`${(error as Error).message}\n`)
    return undefined
  }
}

async function runBenches({ chosen, quick, profile }: Options): Promise<void> {
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new Error('stopped')))
  const results: Result[] = []
  const absent = new Set<string>()
  if (quick) tell('quick: smaller data; the cost of starting weighs more than in a full run')

  for (const bench of chosen) {
    tell(`\n${bench.name}: ${bench.about}`)
    const lacking = missingOf(bench.needs)
    if (lacking.length > 0) throw new Error(`${bench.name} needs ${lacking.map((p) => p.package).join(', ')}: run bench/peers`)
    const workDir = await mkdtemp(join(tmpdir(), `drayage-bench-${bench.name}-`))
    const profileDir = profile ? join(resultsDir, 'profiles') : undefined
    if (profileDir !== undefined) await mkdir(profileDir, { recursive: true })
    try {
      const setting = { quick, profileDir, workDir, signal: stopping.signal, tell: (line: string) => tell(`  ${line}`) }
      for await (const experiment of bench.experiments(setting)) results.push(...(await runExperiment(experiment, setting, absent)))
    } finally {
      await rm(workDir, { recursive: true, force: true })
    }
  }

  tell(`\n${textTable(results)}\n`)
  for (const line of absent) tell(line)
  if (profile) return tell(`CPU profiles, for the developer tools of a browser: ${join(resultsDir, 'profiles')}`)
  const names = chosen.map((bench) => bench.name)
  const kept = {
    date: new Date().toISOString(),
    benches: names,
    quick,
    figures: results,
    machine: describeMachine(),
    versions: describeVersions(),
  }
  tell(`kept in ${await keepResults(resultsDir, kept)}`)
  const missed = results.filter((result) => result.met === false)
  for (const { name, value, unit, ratio, peer, goal } of missed) {
    console.error(
      `missed: ${name}: ${inWords(value)} ${unit}${ratio === null ? '' : `, ${ratio.toFixed(2)} x ${peer}`}; the goal is ${goal}`,
    )
  }
  process.exitCode = missed.length > 0 ? 1 : 0
}

async function runExperiment(experiment: Experiment, setting: Setting, absent: Set<string>): Promise<Result[]> {
  const profiling = setting.profileDir !== undefined
  const present = experiment.peers.filter((side) => {
    const lacking = missingOf(side.needs ?? [])
    for (const program of lacking)
      absent.add(`missing peer: ${side.name} needs ${program.command}; Debian package ${program.package}, or run bench/peers`)
    return lacking.length === 0
  })
  const peers = profiling ? [] : present
  const samples = await measure(
    { ours: experiment.ours, peers },
    {
      rounds: profiling ? 1 : (experiment.rounds ?? 5),
      onRun: ({ side, round, rounds, seconds, readings }) => {
        setting.signal.throwIfAborted()
        setting.tell(`${experiment.title}, ${round}/${rounds}, ${side}: ${inWords(seconds)} s  ${told(readings)}`)
      },
    },
  )
  const results = judge(experiment, samples)
  return profiling ? results.map((result) => ({ ...result, goal: null, met: null })) : results
}

function told(readings: Readings): string {
  return Object.entries(readings)
    .map(([name, value]) => `${name} ${inWords(value)}`)
    .join(', ')
}
