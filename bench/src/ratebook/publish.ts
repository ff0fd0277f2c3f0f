import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rateColumns } from '@drayage/core/imports/products/ratebooks/columns'
import type { Experiment, Setting, Side } from '../bench.ts'
import { dropRegister } from '../import/drop-register.ts'
import { psql } from '../import/flat-table.ts'
import type { Register } from '../import/registers.ts'
import { programs } from '../programs.ts'
import { lftp } from '../transfer/ftps.ts'
import { sha256Of } from '../transfer/random-file.ts'
import type { RatebookSite } from './site.ts'

const ratesPerSecond = 25_000

/** A large book, dropped where an earlier one is published. */
export async function publishing(site: RatebookSite, setting: Setting): Promise<Experiment> {
  const rates = setting.quick ? 50_000 : 1_000_000
  const books = [await site.writeBook({ rates, seed: 1 }), await site.writeBook({ rates, seed: 2 })]
  const name = `${rates.toLocaleString('en')} rates over FTPS, published`
  const byCopy = copy(site, { setting, book: books[0] as Register })
  return {
    title: name,
    ours: ours(site, { setting, books }),
    peers: [byCopy],
    rounds: 3,
    figures: [
      { name, unit: 'rates/s', reading: 'rows/s', peers: [byCopy.name], goal: { of: 'value', atLeast: ratesPerSecond } },
      { name: `${name}, from the drop`, unit: 's', reading: 'from drop' },
    ],
  }
}

function ours(site: RatebookSite, { setting, books }: { setting: Setting; books: readonly Register[] }): Side {
  let round = 0
  return {
    name: 'drayage',
    run: async () => {
      const inbox = await site.inboxOf('default')
      const drop = () => dropRegister(inbox, books[round++ % books.length] as Register, setting.signal)
      // One of the two is always published; the first time, it has to be first.
      if (round === 0) await drop()
      await psql(site.databaseUrl, 'checkpoint', setting.signal)
      return drop()
    },
  }
}

const flatTable = 'bench_rates'
const fields = rateColumns.map(({ field }) => field)
const createFlatTable = `
  create table ${flatTable} (${rateColumns.map(({ field, kind }) => `${field} ${kind.type}`).join(', ')});
  create unique index on ${flatTable} (cap_id, term_months, contract_mileage_total, advance_payment);
  create index on ${flatTable} (term_months, contract_mileage_total, periodic_finance_payment);`

/** What a script would do: fetch the file and load it as it is, so that rates are found by vehicle, and in a profile by price. */
function copy(site: RatebookSite, { setting, book }: { setting: Setting; book: Register }): Side {
  const name = 'lftp get, psql \\copy'
  return {
    name,
    needs: [programs.lftp, programs.psql],
    run: async () => {
      const { server, databaseUrl } = site
      await psql(databaseUrl, `drop table if exists ${flatTable}; ${createFlatTable} checkpoint;`, setting.signal)
      const authority = join(setting.workDir, 'authority.pem')
      await writeFile(authority, server.endpoint.trustedCertificate ?? '')
      const localPath = join(setting.workDir, 'fetched.csv')
      const [{ size: bytes }, sha256] = [await stat(book.path), await sha256Of(book.path)]
      const fetching = lftp({ server, authority, bytes, sha256, setting, direction: 'read', remotePath: book.path, localPath })
      const { seconds: fetch = Number.NaN } = await fetching.run()
      const statement = `\\copy ${flatTable} (${fields.join(', ')}) from '${localPath}' with (format csv, header true)\n`
      const { seconds: load } = await psql(databaseUrl, statement, setting.signal)
      return { seconds: fetch + load, 'rows/s': book.rows / (fetch + load), 'from drop': fetch + load, fetch, load }
    },
  }
}
