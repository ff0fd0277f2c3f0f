import type { Experiment, Figure, Goal, Readings } from './bench.ts'
import { median, spread } from './statistics.ts'

/** What each side's runs measured, by its name. A side that could not run is not there. */
export type Samples = ReadonlyMap<string, readonly Readings[]>

/** One figure as it stands in the results. `met` is null without a goal, and where the peer of the goal is missing. */
export type Result = {
  name: string
  /** Median over the runs. */
  value: number
  unit: string
  peer: string | null
  /** `value` divided by `peerValue`. */
  ratio: number | null
  goal: string | null
  met: boolean | null
  /** Half of the range of the runs, as a share of the median. */
  spread: number
  runs: number
  peerValue: number | null
  peerSpread: number | null
  peerRuns: number | null
}

export function judge(experiment: Experiment, samples: Samples): Result[] {
  return experiment.figures.map((figure) => judgeFigure(figure, experiment.ours.name, samples))
}

function judgeFigure(figure: Figure, ours: string, samples: Samples): Result {
  const { name, unit, goal } = figure
  const readings = (side: string) => samples.get(side)?.map((run) => readingOf(run, figure.reading, side))
  const own = readings(ours)
  if (own === undefined) throw new Error(`${name}: ${ours} did not run`)
  const value = median(own)

  const peers = (figure.peers ?? []).flatMap((peer) => {
    const runs = readings(peer)
    return runs === undefined ? [] : [{ peer, runs, value: median(runs) }]
  })
  const lessIsBetter = goal !== undefined && 'atMost' in goal
  const [best] = peers.sort((a, b) => (lessIsBetter ? a.value - b.value : b.value - a.value))
  const ratio = best === undefined ? null : value / best.value
  const judged = goal?.of === 'value' ? value : ratio
  return {
    name,
    value,
    unit,
    peer: best?.peer ?? figure.peers?.join(' or ') ?? null,
    ratio,
    goal: goal === undefined ? null : goalInWords(goal, unit),
    met: goal === undefined || judged === null ? null : isMet(goal, judged),
    spread: spread(own),
    runs: own.length,
    peerValue: best?.value ?? null,
    peerSpread: best === undefined ? null : spread(best.runs),
    peerRuns: best?.runs.length ?? null,
  }
}

function readingOf(run: Readings, reading: string, side: string): number {
  const value = run[reading]
  if (value === undefined) throw new Error(`${side} does not measure '${reading}'`)
  return value
}

export function isMet(goal: Goal, judged: number): boolean {
  return 'atLeast' in goal ? judged >= goal.atLeast : judged <= goal.atMost
}

export function goalInWords(goal: Goal, unit: string): string {
  const bound = 'atLeast' in goal ? `>= ${goal.atLeast.toLocaleString('en')}` : `<= ${goal.atMost.toLocaleString('en')}`
  return goal.of === 'ratio' ? `${bound} x` : `${bound} ${unit}`
}
