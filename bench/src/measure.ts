import type { Experiment, Readings, Side } from './bench.ts'
import type { Samples } from './judge.ts'

/** A peer that takes this many times as long as we do is not waited for again. */
const slowFactor = 5

export type MeasureOptions = {
  rounds: number
  /** Before each run: lets end what the one before left the machine to do. */
  settle(): Promise<void>
  /** Told about each run as it ends. */
  onRun(run: { side: string; round: number; rounds: number; seconds: number; readings: Readings }): void
}

/**
 * Runs all sides in turn, round after round, so that a machine that gets slower or faster meanwhile does so to all of
 * them.
 */
export async function measure(experiment: Pick<Experiment, 'ours' | 'peers'>, { rounds, settle, onRun }: MeasureOptions): Promise<Samples> {
  const samples = new Map<string, Readings[]>()
  const firstSeconds = new Map<string, number>()
  const { ours, peers } = experiment
  const isSlow = (side: Side) => (firstSeconds.get(side.name) ?? 0) > slowFactor * (firstSeconds.get(ours.name) ?? 0)

  for (let round = 1; round <= rounds; round++) {
    for (const side of [ours, ...peers]) {
      if (round > 1 && side !== ours && (side.once || isSlow(side))) continue
      await settle()
      const startedAt = performance.now()
      const readings = await side.run()
      const seconds = (performance.now() - startedAt) / 1000
      if (round === 1) firstSeconds.set(side.name, seconds)
      samples.set(side.name, [...(samples.get(side.name) ?? []), readings])
      onRun({ side: side.name, round, rounds, seconds, readings })
    }
  }
  return samples
}
