import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { benches } from './benches.ts'
import { describeMachine, describeVersions, keepResults } from './results.ts'
import { runBenches } from './run-benches.ts'
import { inWords, textTable } from './table.ts'

const usage = `pnpm bench [names...] [--quick] [--profile]

${benches.map((bench) => `  ${bench.name.padEnd(12)}${bench.about}`).join('\n')}

  --quick     smaller data, for a first impression
  --profile   runs only our side, once, and leaves CPU profiles of it in bench/results/profiles`

const resultsDir = fileURLToPath(new URL('../results', import.meta.url))
const options = readArguments()
if (options === undefined) {
  console.error(usage)
  process.exitCode = 2
} else process.exitCode = await main(options)

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

/** @returns the exit code: 1 if a goal is missed */
async function main({ chosen, quick, profile }: Options): Promise<number> {
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new Error('stopped')))
  const tell = (line: string) => console.log(line)
  const profileDir = profile ? join(resultsDir, 'profiles') : undefined
  if (profileDir !== undefined) await mkdir(profileDir, { recursive: true })
  if (quick) tell('quick: smaller data; the cost of starting weighs more than in a full run')

  const { results, absent } = await runBenches(chosen, { quick, profileDir, signal: stopping.signal, tell })
  tell(`\n${textTable(results)}\n`)
  for (const line of absent) tell(line)
  if (profileDir !== undefined) {
    tell(`CPU profiles, for the developer tools of a browser: ${profileDir}`)
    return 0
  }
  const kept = await keepResults(resultsDir, {
    date: new Date().toISOString(),
    benches: chosen.map((bench) => bench.name),
    quick,
    figures: results,
    machine: describeMachine(),
    versions: describeVersions(),
  })
  tell(`kept in ${kept}`)
  const missed = results.filter((result) => result.met === false)
  for (const { name, value, unit, ratio, peer, goal } of missed) {
    const beside = ratio === null ? '' : `, ${ratio.toFixed(2)} x ${peer}`
    console.error(`missed: ${name}: ${inWords(value)} ${unit}${beside}; the goal is ${goal}`)
  }
  return missed.length > 0 ? 1 : 0
}
