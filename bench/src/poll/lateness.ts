import type { Look } from '@drayage/test/servers/many-ssh'

/**
 * How late each look was, in seconds: from when it was due until its server saw it. A look that a server never saw is as
 * late as the end of the measurement.
 */
export function latenessOf(
  dues: readonly { ftpClientId: string; due: number }[],
  looks: readonly Look[],
  { from, to, healthy }: { from: number; to: number; healthy: ReadonlySet<string> },
): number[] {
  const seen = Map.groupBy(looks, ({ username }) => username)
  const times = new Map([...seen].map(([id, of]) => [id, of.map(({ at }) => at).sort((a, b) => a - b)]))
  return dues
    .filter(({ ftpClientId, due }) => healthy.has(ftpClientId) && due >= from && due < to)
    .map(({ ftpClientId, due }) => ((times.get(ftpClientId)?.find((at) => at >= due) ?? to) - due) / 1000)
}

/** The value that so many of a hundred are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN
}
