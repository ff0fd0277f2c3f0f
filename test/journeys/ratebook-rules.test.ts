import { readFile } from 'node:fs/promises'
import { ofBooks, ofRow, ofRows } from '@drayage/core/imports/products/ratebooks/rate-rules.fixture'
import { readCsv } from '@drayage/core/imports/read-csv'
import { plainCsv } from '@drayage/core/imports/scan-csv'
import { sampleRate, sampleRatebook } from '@drayage/core/testing/ratebook'
import { describe, expect, test } from 'vitest'
import { missingOpenSsh, startOpenSsh } from '../servers/openssh.ts'
import { missingProftpd, startProftpd } from '../servers/proftpd.ts'
import type { Customer } from './harness/customer.ts'
import { type FileServer, type Scene, setSceneOn } from './harness/scene.ts'
import { until } from './harness/until.ts'

/** The catalogue of rules, on real servers: what is dropped comes back as a report that names the rule, or nothing. */

type Finding = { row: string; severity: string; code: string }
/** A book for the test folder, and the findings that its report has. */
type Case = { name: string; book: string; findings: readonly Finding[] }

const golf = { ...sampleRate, tag_line: '' }
const pair = (code: string, at: number, rows: { row: number; severity: string; broken: object[]; kept: object[] }): Case[] => {
  const book = (rates: object[]) => sampleRatebook(rates.map((rate) => ({ ...golf, ...rate })))
  const name = `${at}-${code.replace('.', '-')}`
  const finding = { row: String(rows.row), severity: rows.severity, code }
  return [
    { name: `${name}-broken`, book: book(rows.broken), findings: [finding] },
    { name: `${name}-kept`, book: book(rows.kept), findings: [] },
  ]
}
const alone = [
  ...ofRow.flatMap(([code, severity, broken, kept], at) => pair(code, at, { row: 1, severity, broken: [broken], kept: [kept] })),
  ...ofRows.flatMap(([code, severity, row, broken, kept], at) =>
    pair(code, 100 + at, { row, severity, broken: [...broken], kept: [...kept] }),
  ),
]

describe.each<[string, string | undefined, () => Promise<FileServer>]>([
  ['FTPS, ProFTPD', missingProftpd(), () => startProftpd({ encryption: 'explicit' })],
  ['SFTP with a public key, OpenSSH', missingOpenSsh(), () => startOpenSsh()],
])('over %s', (_, missing, start) => {
  test.skipIf(missing !== undefined)('each rule is told of a row that breaks it, and of none that just does not', async () => {
    await using scene = await setSceneOn(await start(), { leaseMs: 15_000 })
    const { protocol, privateKey } = scene.server.endpoint
    expect(protocol).toBe(privateKey === undefined ? 'ftps' : 'sftp')
    const broker = await scene.customer({ product: 'ratebooks', duplicatePolicy: 'process', pollIntervalSeconds: 1 })
    for (const { name, book } of alone) await broker.drop(`${name}.csv`, book, 'test')
    await scene.worker()
    await ended(scene, alone.length)
    await expectReports(broker, alone)

    for (const [at, [code, severity, row, before, broken, kept]] of ofBooks.entries()) {
      await broker.drop(`before-${at}.csv`, sampleRatebook(before), 'ratebooks')
      await ended(scene, alone.length + 3 * at + 1)
      const cases = pair(code, 200 + at, { row, severity, broken: [...broken], kept: [...kept] })
      for (const { name, book } of cases) await broker.drop(`${name}.csv`, book, 'test')
      await ended(scene, alone.length + 3 * at + 3)
      await expectReports(broker, cases)
    }
  })
})

/** So many files came to their end. */
async function ended({ database }: Pick<Scene<FileServer>, 'database'>, count: number): Promise<void> {
  const files = async () => (await database.owner.query('select from transfers where ended_at is not null and run_at is null')).rowCount
  await until(async () => (await files()) === count)
}

async function expectReports({ layout }: Customer, cases: readonly Case[]): Promise<void> {
  const reported = await Promise.all(
    cases.map(async ({ name }) => ({ name, findings: await findingsIn(layout.path(`reports/${name}.report.csv`)) })),
  )
  expect(reported).toEqual(cases.map(({ name, findings }) => ({ name, findings })))
}

async function findingsIn(path: string): Promise<Finding[]> {
  const source = async function* () {
    yield await readFile(path)
  }
  const [headings = [], ...lines] = (await Array.fromAsync(readCsv(source(), { csv: plainCsv }))).flatMap(({ records }) => records)
  const cell = (line: readonly string[], heading: string) => line[headings.indexOf(heading)] ?? ''
  return lines.map((line) => ({ row: cell(line, 'row'), severity: cell(line, 'severity'), code: cell(line, 'code') }))
}
