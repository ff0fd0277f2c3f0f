import type { Log } from '@drayage/core/context'
import { type JobName, type JobOrigin, type Jobs, jobNames } from '@drayage/core/jobs'
import type { Job, PgBoss } from 'pg-boss'

/** What runs for each job name. */
export type JobTable = { [Name in JobName]: JobKind<Name> }

export type JobKind<Name extends JobName> = {
  /** How many of them side by side. */
  atOnce: number
  /** How many of those are of one workspace, so that the slow servers of one do not hold up all others. All, if not given. */
  ofOneWorkspace?: number
  /** Whether a stop lets running ones end, for a while, or aborts them at once because nothing is lost with them. */
  onStop: 'finish' | 'abort'
  run(payload: Jobs[Name], call: JobCall): Promise<unknown>
}

/** `signal` tells the work to end. */
export type JobCall = JobOrigin & { signal: AbortSignal }

export type JobLoop = {
  /** Looks for jobs of these names now instead of at the next look. */
  wake(names: Iterable<JobName>): void
  /** How many more jobs of this name it would run now. */
  room(name: JobName): number
  /** Runs what is due here and now, without a job in the queue. What is being worked on already is left out. */
  begin<Name extends JobName>(name: Name, payloads: readonly Jobs[Name][]): void
  /** Takes nothing new and resolves when all that runs has ended, or was told to by its signal and given up on. */
  stop(): Promise<void>
}

export type JobLoopOptions = {
  boss: Pick<PgBoss, 'fetch' | 'complete' | 'fail' | 'touch'>
  jobs: JobTable
  log: Log
  /** Milliseconds between looks while there is nothing to do. */
  idleMs: number
  touchMs: number
  /** How long `stop` lets jobs finish before it aborts them, and how long after that it gives up on them. */
  drainMs: number
  abortMs: number
}

/**
 * Fetches jobs in blocks, runs them side by side and settles those that ended together. A job whose payload is already
 * being worked on waits for that to end, so that a wake-up is never lost to work that had just looked; more than one
 * waiting says nothing new.
 */
export function startJobLoop(options: JobLoopOptions): JobLoop {
  const lanes = new Map(jobNames.map((name) => [name, startLane(name, options)]))
  return {
    wake: (names) => {
      for (const name of names) lanes.get(name)?.wake()
    },
    room: (name) => lanes.get(name)?.room() ?? 0,
    begin: (name, payloads) => {
      const lane = lanes.get(name) as { begin(payload: Jobs[typeof name]): void } | undefined
      for (const payload of payloads) lane?.begin(payload)
    },
    stop: async () => {
      const ended = Promise.all([...lanes.values()].map((lane) => lane.stop()))
      if (await within(ended, options.drainMs)) return
      for (const lane of lanes.values()) lane.abort()
      if (!(await within(ended, options.abortMs))) options.log.warn({}, 'worker: gave up on running jobs')
    },
  }
}

const blockSize = 100

function startLane<Name extends JobName>(name: Name, options: JobLoopOptions) {
  type Taken = Job<Jobs[Name] & JobOrigin>
  const { boss, log } = options
  const { atOnce, ofOneWorkspace = atOnce, onStop, run } = options.jobs[name]
  const aborted = new AbortController()
  /** Undefined: it was begun without a job. */
  const running = new Map<string, Taken | undefined>()
  const waiting = new Map<string, Taken>()
  /** Workspaces, with how many of their jobs run. */
  const places = new Map<string, number>()
  let done: Taken[] = []
  let failed: Taken[] = []
  let stopping = false
  let away = false
  let woken = false
  let rouse = () => {}
  const wake = () => {
    woken = true
    rouse()
  }

  const touching = setInterval(() => {
    const held = [...running.values(), ...waiting.values(), ...done, ...failed].filter((job) => job !== undefined)
    if (held.length > 0) boss.touch(name, held).catch(() => {})
  }, options.touchMs)
  const ended = loop().finally(() => clearInterval(touching))
  return {
    wake,
    room: () => (stopping ? 0 : Math.max(0, atOnce - running.size)),
    begin: (payload: Jobs[Name]) => {
      const key = keyOf(payload)
      if (!stopping && !running.has(key)) start(key, payload)
    },
    abort: () => aborted.abort(),
    stop: () => {
      stopping = true
      if (onStop === 'abort') aborted.abort()
      wake()
      return ended
    },
  }

  async function loop(): Promise<void> {
    while (!stopping || running.size > 0) {
      woken = false
      try {
        await settle()
        const more = !stopping && (await take())
        if (away) log.info({ queue: name }, 'queue: reached again')
        away = false
        if (more) continue
      } catch (error) {
        if (!away) log.warn({ queue: name, error: words(error) }, 'queue: cannot be reached; trying again')
        away = true
      }
      await nap()
    }
    await settle().catch(() => {})
  }

  /** Whether there may be more at once. */
  async function take(): Promise<boolean> {
    const full = [...places].filter(([, count]) => count >= ofOneWorkspace).map(([workspaceId]) => workspaceId)
    // Whosever they are, no workspace gets more than its share by them.
    const share = ofOneWorkspace - Math.max(0, ...[...places.values()].filter((count) => count < ofOneWorkspace))
    const room = Math.min(blockSize, atOnce - running.size, share)
    if (room <= 0) return false
    const jobs = await boss.fetch<Jobs[Name] & JobOrigin>(name, { batchSize: room, ...(full.length > 0 && { ignoreGroups: full }) })
    for (const job of jobs) {
      const key = keyOf(job.data)
      if (!running.has(key)) start(key, job.data, job)
      else if (waiting.has(key)) done.push(job)
      else waiting.set(key, job)
    }
    return jobs.length === room
  }

  function start(key: string, payload: Jobs[Name] & JobOrigin, job?: Taken): void {
    running.set(key, job)
    const { workspaceId } = payload
    places.set(workspaceId, (places.get(workspaceId) ?? 0) + 1)
    run(payload, { signal: aborted.signal, requestId: payload.requestId })
      .then(
        () => job && done.push(job),
        (error) => {
          if (job) failed.push(job)
          log.error({ job: name, ...payload, error: words(error) }, 'worker: a job failed')
        },
      )
      .finally(() => {
        const left = (places.get(workspaceId) ?? 1) - 1
        const full = running.size >= atOnce || left + 1 >= ofOneWorkspace
        running.delete(key)
        if (left === 0) places.delete(workspaceId)
        else places.set(workspaceId, left)
        const next = waiting.get(key)
        waiting.delete(key)
        if (next !== undefined && stopping) done.push(next)
        else if (next !== undefined) start(key, next.data, next)
        // With room to spare, ended jobs are settled together at the next look.
        if (full || stopping) wake()
      })
  }

  async function settle(): Promise<void> {
    // Job objects, not ids: an attempt that was given up on meanwhile then settles nothing.
    const [completed, broken] = [done, failed]
    done = []
    failed = []
    try {
      if (completed.length > 0) await boss.complete(name, completed)
      if (broken.length > 0) await boss.fail(name, broken)
    } catch (error) {
      done.push(...completed)
      failed.push(...broken)
      throw error
    }
  }

  function nap(): Promise<void> {
    if (woken) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, options.idleMs)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** The same for the same ids, whoever asked for it and whatever order the queue's own table brought them into. */
function keyOf({ requestId: _, ...ids }: object & JobOrigin): string {
  return JSON.stringify(Object.entries(ids).sort())
}

async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([work.then(() => true as const), late])
  } finally {
    clearTimeout(timer)
  }
}

function words(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
