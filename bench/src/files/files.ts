import type { Customer } from '@drayage/test/journeys/harness/customer'
import type { Bench, Readings, Setting } from '../bench.ts'
import { newCustomers, registerOf, untilArchived } from '../customers.ts'
import { type Installation, openInstallation } from '../installation.ts'
import { programs } from '../programs.ts'

/** Registers of some 4 KB. */
const rowsOfEach = 9

export const files: Bench = {
  name: 'files',
  about: 'many small files dropped into one folder, to archived with their results delivered',
  needs: [programs.sshd],
  async *experiments(setting) {
    const count = setting.quick ? 200 : 1000
    await using installation = await openInstallation(setting)
    await using _worker = await installation.startWorker('files')
    const [customer] = await newCustomers(installation, [{ pollIntervalSeconds: 1 }])
    if (customer === undefined) throw new Error('there is no customer')
    const name = `${count.toLocaleString('en')} files of 4 KB, dropped to archived`
    yield {
      title: name,
      ours: { name: 'drayage', run: () => carryAll(installation, { customer, setting, count }) },
      peers: [],
      rounds: setting.quick ? 1 : 3,
      figures: [{ name, unit: 'files/s', reading: 'files/s', goal: { of: 'value', atLeast: 40 } }],
    }
  },
}

type Task = { customer: Customer; setting: Setting; count: number }

let dropped = 0

async function carryAll(installation: Installation, { customer, setting, count }: Task): Promise<Readings> {
  const registers = Array.from({ length: count }, () => registerOf({ rows: rowsOfEach, seed: ++dropped }))
  const since = new Date()
  for (const [at, register] of registers.entries()) await customer.drop(`sales-${dropped - at}.csv`, register)
  const hauls = await untilArchived(installation, { customers: [customer], since, files: count, signal: setting.signal })
  const last = Math.max(...hauls.map(({ at }) => at.get('archived') ?? 0))
  const seconds = (last - since.getTime()) / 1000
  const mean = (from: string, to: string) =>
    hauls.reduce((sum, { at }) => sum + (at.get(to) ?? 0) - (at.get(from) ?? 0), 0) / hauls.length / 1000
  return {
    'files/s': count / seconds,
    bytes: registers.reduce((sum, { length }) => sum + length, 0) / count,
    'claim s': mean('claiming', 'claimed'),
    'fetch s': mean('claimed', 'fetched'),
    'import s': mean('fetched', 'imported'),
    'report s': mean('imported', 'reported'),
    'deliver s': mean('reported', 'delivered'),
    'archive s': mean('delivered', 'archived'),
  }
}
