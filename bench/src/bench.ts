/**
 * What is measured, as data. A bench is a name on the command line, an experiment does the same work in several ways, a
 * figure is one number of it and what it has to be.
 */
export type Bench = {
  name: string
  /** One line for the list of benches. */
  about: string
  /** Programs without which nothing can be measured. Peers that are missing only leave their column empty. */
  needs: readonly Program[]
  /**
   * Makes data and starts servers, yields what is to be measured on them and takes all of it away again when asked for
   * more, or told to stop.
   */
  experiments(setting: Setting): AsyncGenerator<Experiment, void, void>
}

export type Setting = {
  /** Smaller data, for a first impression: ratios then hold the cost of starting more than that of working. */
  quick: boolean
  /** Where our own processes leave CPU profiles, when asked for. */
  profileDir?: string
  /** An empty folder; removed at the end. */
  workDir: string
  signal: AbortSignal
  /** Tells the person who waits what is being done. */
  tell(line: string): void
}

export type Experiment = {
  title: string
  ours: Side
  peers: readonly Side[]
  /** How often each side runs. */
  rounds?: number
  figures: readonly Figure[]
}

/** One way to do the work: ours, or a tool one would use instead. */
export type Side = {
  name: string
  /** Does the work once, having undone what an earlier run left behind, and says what it measured. */
  run(): Promise<Readings>
  /** Programs it is made of. */
  needs?: readonly Program[]
  /** Known to be slow: one run is enough. */
  once?: true
}

/** What one run measured, by name. Sides that are compared use the same names. */
export type Readings = Readonly<Record<string, number>>

export type Figure = {
  name: string
  unit: string
  /** Which reading it is the median of. */
  reading: string
  /** Names of peers: the best of them is compared with. */
  peers?: readonly string[]
  goal?: Goal
}

/** A `value` is compared in its own unit, a `ratio` is ours divided by the peer's. */
export type Goal = { of: 'value' | 'ratio'; atLeast: number } | { of: 'value' | 'ratio'; atMost: number }

/** A program of the machine that is measured against, or needed to. */
export type Program = {
  command: string
  /** Debian's package of it. */
  package: string
  /** Says its version. */
  version: readonly [string, ...string[]]
}
