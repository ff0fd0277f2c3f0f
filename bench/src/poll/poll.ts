import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Experiment, Figure, Readings, Setting } from '../bench.ts'
import { growth, type Point } from '../growth.ts'
import { type Fleet, openFleet } from './fleet.ts'
import { latenessOf, percentile } from './lateness.ts'
import { processorSeconds, residentMegabytes } from './process-use.ts'

export const poll: Bench = {
  name: 'poll',
  about: 'looks at idle folders over SFTP: what one costs a worker, and ten thousand clients on one',
  needs: [],
  async *experiments(setting) {
    const servers = setting.quick ? 40 : 200
    await using fleet = await openFleet(setting, { servers, dead: servers / 40, silent: servers / 40 })
    yield cost({ fleet, setting, kind: 'warm', clients: 400, intervalSeconds: 1, atLeast: 1_500 })
    yield cost({ fleet, setting, kind: 'cold', clients: 60, intervalSeconds: 1, atLeast: 120 })
    const points = { time: [], memory: [] }
    for (const clients of [100, 200, 400]) yield looking({ fleet, setting, clients, points })
    if (setting.profileDir === undefined) yield growth('poll', points)
    yield many({ fleet, setting, clients: setting.quick ? 2_000 : 10_000 })
  },
}

const seconds = (setting: Setting) => (setting.quick ? 10 : 30)

function cost(task: {
  fleet: Fleet
  setting: Setting
  kind: 'warm' | 'cold'
  clients: number
  intervalSeconds: number
  atLeast: number
}): Experiment {
  const { fleet, setting, kind, clients, intervalSeconds, atLeast } = task
  const name = `looks at idle folders, ${kind}, per second of a worker's processor time`
  const run = async (): Promise<Readings> => {
    const healthy = await fleet.addClients({ count: clients, intervalSeconds })
    await using worker = await fleet.startWorker(kind, kind === 'cold' ? { settings: { WARM_SESSIONS: '0' } } : {})
    // What starting costs, and opening the sessions that stay.
    await pause(5_000, undefined, setting)
    const measured = await watch(fleet, worker.pid(), { ms: seconds(setting) * 1000, setting, healthy })
    await fleet.removeClients()
    return {
      'looks/s of CPU': measured.looks / measured.cpu,
      'looks/s': measured.looks / seconds(setting),
      'ms each': (1000 * measured.cpu) / measured.looks,
    }
  }
  const figure: Figure = { name, unit: 'looks/s', reading: 'looks/s of CPU', goal: { of: 'value', atLeast } }
  return { title: name, ours: { name: 'drayage', run }, peers: [], rounds: setting.quick ? 1 : 3, figures: [figure] }
}

/** What so many clients cost a worker, each looked at every second: points of growth. */
function looking(task: { fleet: Fleet; setting: Setting; clients: number; points: { time: Point[]; memory: Point[] } }): Experiment {
  const { fleet, setting, clients, points } = task
  const name = `${clients} clients, 1 s interval`
  const run = async (): Promise<Readings> => {
    const healthy = await fleet.addClients({ count: clients, intervalSeconds: 1 })
    await using worker = await fleet.startWorker(`growth-${clients}`)
    await pause(5_000, undefined, setting)
    const ms = 10_000
    const { cpu, megabytes, looks } = await watch(fleet, worker.pid(), { ms, setting, healthy })
    await fleet.removeClients()
    points.time.push({ size: clients, cost: cpu })
    points.memory.push({ size: clients, cost: megabytes })
    return { '% of a core': (100_000 * cpu) / ms, MB: megabytes, looks }
  }
  const figure: Figure = { name: `${name}: processor`, unit: '% of a core', reading: '% of a core' }
  return { title: name, ours: { name: 'drayage', run }, peers: [], rounds: 1, figures: [figure] }
}

function many({ fleet, setting, clients }: { fleet: Fleet; setting: Setting; clients: number }): Experiment {
  const name = `${clients.toLocaleString('en')} clients, 60 s interval, one worker`
  const run = async (): Promise<Readings> => {
    const healthy = await fleet.addClients({ count: clients, intervalSeconds: 60 })
    // What docs/operations.md says for so many clients.
    await using worker = await fleet.startWorker('many', { settings: { WARM_SESSIONS: '7000' }, nodeFlags: ['--max-old-space-size=200'] })
    await pause(65_000, undefined, setting)
    const ms = setting.quick ? 30_000 : 180_000
    const measured = await watch(fleet, worker.pid(), { ms, setting, healthy })
    await fleet.removeClients()
    return {
      'p99 s late': percentile(measured.late, 99),
      '% of a core': (100_000 * measured.cpu) / ms,
      MB: measured.megabytes,
      looks: measured.looks,
    }
  }
  return {
    title: name,
    ours: { name: 'drayage', run },
    peers: [],
    rounds: 1,
    figures: [
      { name: `${name}: lateness, 99th percentile`, unit: 's', reading: 'p99 s late', goal: { of: 'value', atMost: 2 } },
      { name: `${name}: processor`, unit: '% of a core', reading: '% of a core', goal: { of: 'value', atMost: 40 } },
      { name: `${name}: memory`, unit: 'MB', reading: 'MB', goal: { of: 'value', atMost: 400 } },
    ],
  }
}

async function watch(
  fleet: Fleet,
  pid: number | undefined,
  { ms, setting, healthy }: { ms: number; setting: Setting; healthy: ReadonlySet<string> },
): Promise<{ looks: number; cpu: number; megabytes: number; late: number[] }> {
  await fleet.looks()
  await fleet.dues()
  const [from, before] = [Date.now(), processorSeconds(pid)]
  await pause(ms, undefined, setting)
  const [to, after] = [Date.now(), processorSeconds(pid)]
  const megabytes = residentMegabytes(pid)
  const looks = await fleet.looks()
  // What was due in the last seconds may not have been looked at yet.
  const late = latenessOf(await fleet.dues(), looks, { from, to: to - 3_000, healthy })
  return { looks: looks.length, cpu: after - before, megabytes, late }
}
