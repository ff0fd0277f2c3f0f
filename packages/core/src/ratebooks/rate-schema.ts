import type { RateRow } from '@drayage/db/queries/rates'
import { z } from 'zod'
import { nthId } from '../id.ts'
import { type RateColumn, rateColumns } from '../imports/products/ratebooks/columns.ts'
import { id } from '../wire.ts'

/** The wire shape of a rate, which is what the columns of the format say. */

const fieldsOf = (level: RateColumn['level']) => rateColumns.filter((column) => column.level === level)
const vehicleColumns = fieldsOf('vehicle')
// The mileage has the name it is asked for by.
const names: Readonly<Record<string, string>> = { contract_mileage_total: 'mileage' }
const ofRate = fieldsOf('rate')

type ShownColumn = { field: string; name: string; isNumber: boolean }
const [shownOfVehicle, shownOfRate] = [shownColumns(vehicleColumns), shownColumns(ofRate)]

/** The columns that a rate is shown with. */
export const rateFields = { vehicleFields: vehicleColumns.map(({ field }) => field), rateFields: ofRate.map(({ field }) => field) }

export const rate = z
  .object({
    id,
    ratebookId: id,
    payment: z.number().meta({ description: 'pounds a month: finance and service' }),
    vehicle: z.object(shapeOf(vehicleColumns)).meta({ id: 'RatebookVehicle' }),
    ...shapeOf(ofRate),
  })
  .meta({ id: 'Rate' })

export function showRate(row: RateRow): z.input<typeof rate> {
  return {
    id: nthId(row.book_id, row.number),
    ratebookId: row.book_id,
    payment: Number(row.payment),
    vehicle: shown(shownOfVehicle, row),
    ...shown(shownOfRate, row),
  }
}

function shapeOf(columns: readonly RateColumn[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    columns.map(({ field, kind, needed, help }) => {
      const type = typeOf(kind.type).meta({ description: help })
      return [wireName(field), needed ? type : type.optional()]
    }),
  )
}

function typeOf(type: string): z.ZodType {
  if (type === 'integer') return z.int()
  if (type === 'boolean') return z.boolean()
  return type.startsWith('numeric') ? z.number() : z.string()
}

/** How a column is shown, looked up once: a page has thousands of cells. */
function shownColumns(columns: readonly RateColumn[]): ShownColumn[] {
  return columns.map(({ field, kind }) => ({ field, name: wireName(field), isNumber: kind.type.startsWith('numeric') }))
}

function shown(columns: readonly ShownColumn[], row: RateRow): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const { field, name, isNumber } of columns) {
    const value = row[field]
    if (value !== null && value !== undefined) fields[name] = isNumber ? Number(value) : value
  }
  return fields
}

function wireName(field: string): string {
  return names[field] ?? field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
