import { hash } from 'node:crypto'
import { loadRatebook } from '@drayage/db/queries/load-ratebook'
import { extrasOf } from '../../extras.ts'
import type { ImportFile, Report, Row, RowIssue, RowJudge } from '../../importer.ts'
import { type Cells, cellsReader, issueMaker } from '../../read-cells.ts'
import { rateColumns } from './columns.ts'
import { checkRates } from './cross-checks.ts'
import { fileColumns } from './file-columns.ts'
import { placementOf } from './placement.ts'
import { type RateFacts, rateRules, type VehicleFacts, vehicleRules } from './rules.ts'
import { readSettings } from './settings.ts'

/** A vehicle that an earlier row of the file brought, without a word to say against it. */
type KnownVehicle = { number: number; identity: string }

export const vehicleColumns = rateColumns.filter((column) => column.level === 'vehicle')
const ofRate = rateColumns.filter((column) => column.level === 'rate')
const vehicleFields = vehicleColumns.map(({ field }) => field)
const rateFields = ofRate.map(({ field }) => field)

const staging = [
  { name: 'vehicle_number', type: 'integer' },
  { name: 'identity', type: 'text collate "C"' },
  ...ofRate.map(({ field, kind }) => ({ name: field, type: kind.type })),
  { name: 'extras', type: 'jsonb' },
  // True on the row that carries its vehicle's own cells.
  { name: 'heads', type: 'boolean' },
  ...vehicleColumns.map(({ field, kind }) => ({ name: field, type: kind.type })),
]
const wrongRow = '\t'.repeat(staging.length - 1)
const vehicleKnown = '\t'.repeat(vehicleColumns.length + 1)

/** Vehicles of a file that are remembered. One that was forgotten is kept twice in its book, which changes nothing. */
const rememberedVehicles = 50_000

/**
 * Judges the rows of a ratebook: a row is a rate of a vehicle. A vehicle has many rates, mostly far apart in the file; its
 * cells are judged and copied with the first of them.
 */
export function judgeRates(file: ImportFile): RowJudge {
  const settings = readSettings(file.settings)
  const columns = fileColumns(rateColumns, file.positions)
  const vehicleCells = columns.filter((column) => column.level === 'vehicle')
  const readVehicle = cellsReader(vehicleCells)
  const readRate = cellsReader(columns.filter((column) => column.level === 'rate'))
  const factsOfRate = rateFactsReader(settings)
  const issue = issueMaker(columns)
  const known = new Map<string, KnownVehicle>()
  let vehicles = 0
  // Of vehicles that are remembered none has a control character, so that no two of them look alike.
  const printOf = ({ cells }: Row) => hash('sha1', vehicleCells.map(({ position }) => cells[position] ?? '').join('\x1f'), 'base64')

  const remember = (print: string, vehicle: KnownVehicle) => {
    if (known.size === rememberedVehicles) known.clear()
    known.set(print, vehicle)
  }

  return {
    staging,
    row: (row, report) => {
      let wrong = false
      const found: Report = (each) => {
        if (each.severity === 'error') wrong = true
        report(each)
      }
      const rate = readRate(row, found)
      const facts = factsOfRate(rate)
      for (const rule of rateRules) if (rule.broken(facts)) found(issue(rule, row, rule.message(facts)))

      const print = printOf(row)
      const before = known.get(print)
      if (before !== undefined) {
        if (wrong) return wrongRow
        return `${before.number}\t${before.identity}\t${rate.join('\t')}\t${extrasOf(file, row)}${vehicleKnown}`
      }
      const issues: RowIssue[] = []
      const vehicle = readVehicle(row, (each) => void issues.push(each))
      const vehicleFacts = factsOfVehicle(vehicle)
      for (const rule of vehicleRules) {
        if (rule.broken(vehicleFacts)) issues.push(issue(rule, row, rule.message(vehicleFacts)))
      }
      // What is doubtful of a vehicle is told once, with the row that brings it.
      const brings = !wrong && issues.every(({ severity }) => severity !== 'error')
      for (const each of issues) if (brings || each.severity === 'error') found(each)
      if (!brings) return wrongRow
      // A copy that does not keep the block of the file alive it was cut from.
      const identity = Buffer.from(vehicleFacts.identity).toString()
      const number = ++vehicles
      remember(print, { number, identity })
      return `${number}\t${identity}\t${rate.join('\t')}\t${extrasOf(file, row)}\tt\t${vehicle.join('\t')}`
    },
    stray: () => wrongRow,
    crossCheck: (client) => checkRates(client, { file, settings, placement: placementOf(file), vehicleFields }),
    load: async (client) => {
      const { workspaceId, transferId, fileName } = file
      await loadRatebook(client, { workspaceId, transferId, fileName, placement: placementOf(file), vehicleFields, rateFields, outdated })
      return []
    },
  }
}

const outdated = {
  code: 'ratebook.outdated',
  message: 'A ratebook that came after this one is published already. That one stays; this one was archived.',
}

function rateFactsReader({ terms }: { terms: RateFacts['terms'] }): (cells: Cells) => RateFacts {
  const at = (field: string) => rateFields.indexOf(field)
  const [term, advance, monthly] = [at('term_months'), at('advance_payment'), at('monthly_payments')]
  const [mileage, finance] = [at('contract_mileage_total'), at('periodic_finance_payment')]
  return (cells) => ({
    term: numberOf(cells[term]),
    advance: numberOf(cells[advance]),
    monthly: numberOf(cells[monthly]),
    mileage: numberOf(cells[mileage]),
    finance: numberOf(cells[finance]),
    terms,
  })
}

function factsOfVehicle(cells: Cells): VehicleFacts {
  const cell = (field: string) => cells[vehicleFields.indexOf(field)]
  return {
    identity: identityOf(cell),
    fuelType: cell('fuel_type') ?? '',
    co2: numberOf(cell('co2_comb')),
    weightedCo2: numberOf(cell('co2_weighted_comb')),
    p11d: numberOf(cell('p11d_value')),
  }
}

/** By what a vehicle is known from book to book, in COPY text. Spaces within a CAP code distinguish vehicles. */
function identityOf(cell: (field: string) => string | undefined): string {
  const [own = '', capId = '', capCode = ''] = [cell('vehicle_id'), cell('cap_id'), cell('cap_code')]
  if (own !== '') return `vehicle_id ${own}`
  if (capId !== '') return `cap_id ${Number(capId)}`
  return capCode === '' ? '' : `cap_code ${capCode.toUpperCase()}`
}

function numberOf(cell: string | undefined): number {
  return cell === undefined || cell === '' ? Number.NaN : Number(cell)
}
