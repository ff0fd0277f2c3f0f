import { setTimeout as pause } from 'node:timers/promises'
import type { Customer } from '@drayage/test/journeys/harness/customer'
import type { Bench, Readings, Setting } from '../bench.ts'
import { type Haul, newCustomers, registerOf, untilArchived } from '../customers.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { programs } from '../programs.ts'
import { quantile } from '../statistics.ts'

const clientCount = 5
/** Between two drops: no multiple of the interval, so that drops fall on all moments between two looks. */
const betweenMs = 370
const rowsOfEach = 100
/** They are all one user of one server: a session for each, as if each had a server. */
const client = { pollIntervalSeconds: 2, quietSeconds: 2, maxSessions: 2 * clientCount }

export const latency: Bench = {
  name: 'latency',
  about: 'from a dropped file to its delivered result, looked for every 2 seconds and quiet for 2',
  needs: [programs.sshd],
  async *experiments(setting) {
    await using installation = await openInstallation(setting)
    await using _worker = await installation.startWorker('latency')
    const customers = await newCustomers(installation, Array(clientCount).fill(client))
    const name = 'drop to delivered result'
    yield {
      title: name,
      ours: { name: 'drayage', run: () => follow(installation, { customers, setting, files: setting.quick ? 60 : 300 }) },
      peers: [],
      rounds: setting.quick ? 1 : 2,
      figures: [
        { name: `${name}, p50`, unit: 's', reading: 'p50', goal: { of: 'value', atMost: 3.5 } },
        { name: `${name}, p99`, unit: 's', reading: 'p99', goal: { of: 'value', atMost: 6 } },
      ],
    }
  },
}

type Task = { customers: readonly Customer[]; setting: Setting; files: number }

let made = 0

async function follow(installation: Installation, { customers, setting, files }: Task): Promise<Readings> {
  const since = new Date()
  const dropped = new Map<string, number>()
  for (let at = 0; at < files; at++) {
    const seed = ++made
    const fileName = `sales-${seed}.csv`
    const register = registerOf({ rows: rowsOfEach, seed })
    await customers[at % clientCount]?.drop(fileName, register)
    dropped.set(fileName, Date.now())
    await pause(betweenMs, undefined, { signal: setting.signal })
  }
  const hauls = await untilArchived(installation, { customers, since, files, signal: setting.signal })
  const between = (from: (haul: Haul) => number | undefined, to: string) =>
    hauls.map((haul) => ((haul.at.get(to) ?? Number.NaN) - (from(haul) ?? Number.NaN)) / 1000)
  const whole = between(({ fileName }) => dropped.get(fileName), 'delivered')
  const half = (from: string, to: string) =>
    quantile(
      between(({ at }) => at.get(from), to),
      0.5,
    )
  return {
    p50: quantile(whole, 0.5),
    p99: quantile(whole, 0.99),
    'drop to seen': quantile(
      between(({ fileName }) => dropped.get(fileName), 'seen'),
      0.5,
    ),
    'seen to claim': half('seen', 'claiming'),
    'claim to delivered': half('claiming', 'delivered'),
  }
}
