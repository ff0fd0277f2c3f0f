import { type TestDatabase, testDatabase } from '@drayage/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importDesk } from '../../../testing/import-desk.ts'
import { csvWriter } from '../../write-csv.ts'
import { funderLayouts } from './funder-layouts.ts'
import { ratebooks } from './product.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

type Cells = Readonly<Record<string, string>>

/** As a funder writes it; some put a space before each heading. */
const lex: Cells = {
  ' CAP_CODE': 'VWGO15LIF5HPTM  4',
  ' Manufacturer': 'Volkswagen',
  ' Model_Name': 'Golf',
  ' Variant': '1.5 TSI Life 5dr',
  ' Commercial': 'N',
  ' CO2_g_per_km': '121',
  ' P11D': '27035.00',
  ' Basic_List_Price': '22000.00',
  ' Term': '36',
  ' Mileage': '10000',
  ' Rental': '266.50',
  ' Payment_Plan': 'Spread Rentals with 3 down',
  ' Contract_Type': 'CH',
  ' Fuel_Type': 'Petrol',
  ' Model_Year': '2026',
  ' Lease_Rental': '245.10',
  ' Service_Rental': '21.40',
  ' Excess_Mileage': '7.5',
  ' Body_Style': 'Hatchback',
  ' TRANSMISSION': 'Manual',
  ' EURO_RATING': 'Euro 6',
  ' RDE_Certification_Level': 'RDE2',
  ' INSURANCE_GROUP': '21E',
}
const network: Cells = {
  CAP_Id: '107366',
  CAP_Code: 'VWGO15LIF5HPTM  4',
  VehicleType: 'Car',
  Manufacturer: 'Volkswagen',
  Range: 'Golf',
  Model: 'Golf Hatchback',
  Variant: '1.5 TSI Life 5dr',
  P11D: '27035.00',
  CO2: '121',
  Product: 'BCH',
  Term: '48',
  Mileage: '8000',
  Advance: '6',
  FinanceRental: '245.10',
  ServiceRental: '0',
  Balloon: '9000',
  ModelYear: '2026',
  BodyStyle: 'Hatchback',
  Doors: '5',
  Seats: '5',
  FuelType: 'Petrol',
  TransmissionType: 'Manual',
  MPG: '52.3',
  InsuranceGroup50: '21',
}

const write = csvWriter({ delimiter: ',', quote: '"' })
const fileOf = (...rows: Cells[]) => write(Object.keys(rows[0] ?? {})) + rows.map((row) => write(Object.values(row))).join('')
const take = async (...rows: Cells[]) => {
  const desk = await importDesk(database, { product: ratebooks, action: 'publish_rates' })
  const taken = await desk.take(fileOf(...rows))
  const { rows: rates } = await database.owner.query(
    `select v.cap_code, v.cap_id, v.make, v.model, v.derivative, v.insurance_group, r.term_months, r.advance_payment, r.monthly_payments,
       r.contract_mileage_total, r.periodic_finance_payment::text, r.periodic_service_payment::text, r.sales_category
     from ratebook_rates r join ratebook_vehicles v on v.workspace_id = r.workspace_id and v.book_id = r.book_id and v.number = r.vehicle_number
     where r.workspace_id = $1 order by r.number`,
    [desk.workspaceId],
  )
  return { ...taken, rates }
}

test('a file as Lex Autolease sends it is a ratebook: miles of a year become those of the contract, a payment plan its payments', async () => {
  const { issues, rates } = await take(lex, { ...lex, ' Term': '24', ' Payment_Plan': '1 in Advance', ' Mileage': '8000' })
  const shared = { cap_code: 'VWGO15LIF5HPTM  4', cap_id: null, make: 'Volkswagen', model: 'Golf', derivative: '1.5 TSI Life 5dr' }
  const priced = { insurance_group: '21E', periodic_finance_payment: '245.10', periodic_service_payment: '21.40', sales_category: 'CH' }
  expect(rates).toEqual([
    { ...shared, ...priced, term_months: 36, advance_payment: 3, monthly_payments: 35, contract_mileage_total: 30_000 },
    { ...shared, ...priced, term_months: 24, advance_payment: 1, monthly_payments: 23, contract_mileage_total: 16_000 },
  ])
  expect(issues).toMatchObject([{ row: 0, severity: 'notice', code: 'header.translated' }])
  expect(issues[0]?.message).toContain('Lex Autolease')
})

test('a file as Network sends it is a ratebook', async () => {
  const { issues, rates } = await take(network)
  expect(rates).toEqual([
    {
      ...{
        cap_code: 'VWGO15LIF5HPTM  4',
        cap_id: 107_366,
        make: 'Volkswagen',
        model: 'Golf',
        derivative: 'Golf Hatchback 1.5 TSI Life 5dr',
      },
      ...{ insurance_group: '21', periodic_finance_payment: '245.10', periodic_service_payment: '0.00', sales_category: 'BCH' },
      ...{ term_months: 48, advance_payment: 6, monthly_payments: 47, contract_mileage_total: 32_000 },
    },
  ])
  expect(issues).toMatchObject([{ row: 0, code: 'header.translated' }])
})

describe('what cannot be converted is shown as it was sent', () => {
  test.each<[Cells, string, string]>([
    [{ ' Payment_Plan': 'Paid when it suits' }, 'advance_payment.unreadable', 'Paid when it suits'],
    [{ ' Mileage': '10k' }, 'contract_mileage_total.unreadable', '10k a year'],
    [{ ' Mileage': '-1' }, 'contract_mileage_total.negative', '-1 a year'],
    [{ ' Mileage': '' }, 'contract_mileage_total.missing', ''],
    [{ ' Term': 'three years' }, 'term_months.unreadable', 'three years'],
  ])('%o: %s', async (cells, code, value) => {
    const { issues, outcome } = await take({ ...lex, ...cells })
    expect(outcome).toMatchObject({ rejected: 1 })
    expect(issues.find((issue) => issue.code === code)).toMatchObject({ row: 1, severity: 'error', ...(value !== '' && { value }) })
  })

  test('a year of more miles than anybody drives is no total', async () => {
    expect((await take({ ...lex, ' Mileage': '100001' })).issues).toMatchObject([{}, { row: 1, code: 'contract_mileage_total.absurd' }])
  })

  test('a row of other than the header’s number of cells', async () => {
    const desk = await importDesk(database, { product: ratebooks, action: 'publish_rates' })
    const { issues } = await desk.take(`${fileOf(network)}107366,VWGO\r\n`)
    expect(issues).toMatchObject([{ row: 0 }, { row: 2, code: 'row.wrong_cell_count' }])
    expect(issues[1]?.message).toContain(`2 cells and the header line ${Object.keys(network).length}`)
  })
})

test('every column that a layout fills is one of the agreed format', () => {
  const headers = new Set(ratebooks.actions[0]?.columns.map(({ header }) => header))
  for (const { title, columns } of funderLayouts) {
    expect(
      columns.filter(({ header }) => !headers.has(header)),
      title,
    ).toEqual([])
    expect(new Set(columns.map(({ header }) => header)).size, title).toBe(columns.length)
  }
})
