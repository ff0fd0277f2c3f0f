/** Where a process spent its time, from a CPU profile of V8. */
export type ProfileSummary = {
  /** Seconds that the profile lasted, and of them those in which the process did something. */
  seconds: number
  busySeconds: number
  /** Places by their share of the busy time, the largest first. */
  places: { place: string; share: number }[]
}

/** The form that V8 writes; times in microseconds. */
export type CpuProfile = {
  nodes: readonly { id: number; callFrame: { functionName: string; url: string } }[]
  samples: readonly number[]
  timeDeltas: readonly number[]
}

export function summarise(profile: CpuProfile): ProfileSummary {
  const placeOfNode = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const times = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    const place = placeOfNode.get(id) ?? 'unknown'
    times.set(place, (times.get(place) ?? 0) + (profile.timeDeltas[index] ?? 0))
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  const busy = all - (times.get('idle') ?? 0)
  times.delete('idle')
  const places = [...times].map(([place, time]) => ({ place, share: time / busy })).sort((a, b) => b.share - a.share)
  return { seconds: all / 1e6, busySeconds: busy / 1e6, places }
}

/** Our files by their path, libraries by their name, all of Node as one. */
function placeOf({ functionName, url }: { functionName: string; url: string }): string {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage collection'
  const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (library !== undefined) return library
  return /\/((?:packages|services|bench)\/.*)$/.exec(url)?.[1] ?? 'Node itself'
}
