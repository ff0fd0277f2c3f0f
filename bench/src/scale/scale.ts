import type { Customer } from '@drayage/test/journeys/harness/customer'
import type { Bench, Readings, Setting } from '../bench.ts'
import { newCustomers, registerOf, untilArchived } from '../customers.ts'
import { type DistantServers, startDistantServers } from '../distance.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { programs } from '../programs.ts'

const clientCount = 40
const roundTripMs = 20
const placesOfEach = 4
const sessionsOfEach = 2
const rowsOfEach = 9

export const scale: Bench = {
  name: 'scale',
  about: 'the same files with 1, 2 and 4 workers, on forty servers that are 20 ms away',
  needs: [programs.sshd],
  async *experiments(setting) {
    await using installation = await openInstallation(setting)
    const { port } = installation.server.endpoint
    await using servers = await startDistantServers({ ways: Array.from({ length: clientCount }, () => ({ port })), roundTripMs })
    const fields = servers.ports.map((port) => ({ port, pollIntervalSeconds: 10, maxSessions: sessionsOfEach }))
    const customers = await newCustomers(installation, fields)
    const count = setting.quick ? 120 : 400
    yield {
      title: 'workers',
      ours: { name: 'drayage', run: () => compare({ installation, servers, customers, setting, count }) },
      peers: [],
      rounds: setting.quick ? 1 : 3,
      figures: [
        { name: '1 worker', unit: 'files/s', reading: '1 worker' },
        { name: '2 workers', unit: 'files/s', reading: '2 workers' },
        { name: '4 workers', unit: 'files/s', reading: '4 workers' },
        { name: '4 workers beside 1', unit: 'times', reading: 'times', goal: { of: 'value', atLeast: 3.5 } },
        { name: 'files taken twice', unit: 'files', reading: 'twice', goal: { of: 'value', atMost: 0 } },
        { name: 'most sessions with one server', unit: 'sessions', reading: 'sessions', goal: { of: 'value', atMost: sessionsOfEach } },
        { name: 'one file in a worker', unit: 's', reading: 'one file' },
      ],
    }
  },
}

let dropped = 0

type Task = { installation: Installation; servers: DistantServers; customers: readonly Customer[]; setting: Setting; count: number }

async function compare(task: Task): Promise<Readings> {
  const one = await carryAll(task, { workers: 1 })
  const two = await carryAll(task, { workers: 2 })
  const four = await carryAll(task, { workers: 4 })
  const all = [one, two, four]
  return {
    '1 worker': one.rate,
    '2 workers': two.rate,
    '4 workers': four.rate,
    times: four.rate / one.rate,
    twice: all.reduce((sum, { twice }) => sum + twice, 0),
    sessions: Math.max(...all.map(({ sessions }) => sessions)),
    'one file': one.secondsOfOne,
  }
}

/** Everything is dropped before the workers come; the time begins with the first file that one takes. */
async function carryAll({ installation, servers, customers, setting, count }: Task, { workers }: { workers: number }) {
  const since = new Date()
  for (let at = 0; at < count; at++) {
    const seed = ++dropped
    await customers[at % clientCount]?.drop(`sales-${seed}.csv`, registerOf({ rows: rowsOfEach, seed }))
  }
  await servers.mostConnections()
  await using parts = new AsyncDisposableStack()
  const env = { WORKER_CONCURRENCY: String(placesOfEach) }
  const starting = Array.from({ length: workers }, (_, at) => installation.startWorker(`scale-${workers}-${at}`, env))
  for (const worker of await Promise.all(starting)) parts.use(worker)
  const hauls = await untilArchived(installation, { customers, since, files: count, signal: setting.signal })
  const times = hauls.map(({ at }) => ({ claiming: at.get('claiming') ?? Number.NaN, archived: at.get('archived') ?? Number.NaN }))
  const seconds = (Math.max(...times.map(({ archived }) => archived)) - Math.min(...times.map(({ claiming }) => claiming))) / 1000
  return {
    rate: count / seconds,
    secondsOfOne: times.reduce((sum, { claiming, archived }) => sum + archived - claiming, 0) / count / 1000,
    twice: hauls.length - count + hauls.filter(({ claims }) => claims > 1).length,
    sessions: Math.max(...(await servers.mostConnections())),
  }
}
