import { seededRandom } from '@drayage/core/imports/products/gst/sample-random'
import type { Experiment, Readings, Setting } from '../bench.ts'
import { dropRegister } from '../import/drop-register.ts'
import { psql } from '../import/flat-table.ts'
import { quantile } from '../statistics.ts'
import { askRates, threeFilters } from './reader.ts'
import type { RatebookSite } from './site.ts'

const channels = ['c1', 'c2', 'c3', 'c4', 'c5']
const p95Ms = 20

/** Rates asked for one after the other, of all channels. */
export async function reading(site: RatebookSite, setting: Setting): Promise<Experiment> {
  const rates = setting.quick ? 20_000 : 1_000_000
  const book = await site.writeBook({ rates, seed: 3 })
  await psql(site.databaseUrl, 'truncate ratebooks, ratebook_vehicles, ratebook_rates', setting.signal)
  for (const channel of channels) {
    await dropRegister(await site.inboxOf(channel), book, setting.signal)
    setting.tell(`${rates.toLocaleString('en')} rates are in channel ${channel}`)
  }
  const name = `GET /v1/rates, three filters, ${(channels.length * rates).toLocaleString('en')} rates`
  return {
    title: name,
    ours: { name: 'drayage', run: () => ask(site, { setting, requests: setting.quick ? 200 : 2000 }) },
    peers: [],
    rounds: 3,
    figures: [
      { name: `${name}, p50`, unit: 'ms', reading: 'p50' },
      { name: `${name}, p95`, unit: 'ms', reading: 'p95', goal: { of: 'value', atMost: p95Ms } },
      { name: `${name}, p99`, unit: 'ms', reading: 'p99' },
    ],
  }
}

let seed = 0

async function ask(site: RatebookSite, { setting, requests }: { setting: Setting; requests: number }): Promise<Readings> {
  const at = await site.rates()
  const random = seededRandom(++seed)
  const times: number[] = []
  for (let count = 0; count < requests; count++) {
    const query = { ...threeFilters(random), workspaceId: site.workspaceId, channel: random.pick(channels) }
    const startedAt = performance.now()
    await askRates(at, query, setting.signal)
    times.push(performance.now() - startedAt)
  }
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99) }
}
