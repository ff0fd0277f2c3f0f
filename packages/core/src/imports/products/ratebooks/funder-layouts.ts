import type { ForeignColumn, ForeignLayout } from '../../foreign-layout.ts'

/**
 * Layouts in which funders send their rates to brokers. Sources: what importers of such files document publicly. A funder
 * states the miles of a year, where our format has those of the whole contract.
 */
export const funderLayouts: readonly ForeignLayout[] = [
  {
    title: 'Lex Autolease, extended',
    knownBy: ['CAP_CODE', 'Model_Name', 'Term', 'Mileage', 'Payment_Plan', 'Lease_Rental'],
    columns: [
      taken('cap_code', 'CAP_CODE'),
      taken('make', 'Manufacturer'),
      taken('model', 'Model_Name'),
      taken('derivative', 'Variant'),
      taken('model_year', 'Model_Year'),
      taken('co2_comb', 'CO2_g_per_km'),
      taken('bodytype', 'Body_Style'),
      taken('fuel_type', 'Fuel_Type'),
      taken('p11d_value', 'P11D'),
      taken('transmission', 'TRANSMISSION'),
      taken('insurance_group', 'INSURANCE_GROUP'),
      taken('rde_certification_level', 'RDE_Certification_Level'),
      taken('standard_emissions', 'EURO_RATING'),
      taken('term_months', 'Term'),
      { header: 'advance_payment', of: ['Payment_Plan'], read: advanceOf },
      { header: 'monthly_payments', of: ['Term'], read: spread },
      { header: 'contract_mileage_total', of: ['Mileage', 'Term'], read: milesOfContract },
      taken('periodic_finance_payment', 'Lease_Rental'),
      taken('periodic_service_payment', 'Service_Rental'),
      taken('sales_category', 'Contract_Type'),
    ],
  },
  {
    title: 'Network',
    knownBy: ['CAP_Id', 'CAP_Code', 'Range', 'Term', 'Mileage', 'Advance', 'FinanceRental'],
    columns: [
      taken('cap_id', 'CAP_Id'),
      taken('cap_code', 'CAP_Code'),
      taken('make', 'Manufacturer'),
      taken('model', 'Range'),
      { header: 'derivative', of: ['Model', 'Variant'], read: joined },
      taken('model_year', 'ModelYear'),
      taken('co2_comb', 'CO2'),
      taken('combined_mpg_wltp', 'MPG'),
      taken('bodytype', 'BodyStyle'),
      taken('num_doors', 'Doors'),
      taken('num_seats', 'Seats'),
      taken('fuel_type', 'FuelType'),
      taken('p11d_value', 'P11D'),
      taken('transmission', 'TransmissionType'),
      taken('insurance_group', 'InsuranceGroup50'),
      taken('term_months', 'Term'),
      taken('advance_payment', 'Advance'),
      { header: 'monthly_payments', of: ['Term'], read: spread },
      { header: 'contract_mileage_total', of: ['Mileage', 'Term'], read: milesOfContract },
      taken('periodic_finance_payment', 'FinanceRental'),
      taken('periodic_service_payment', 'ServiceRental'),
      taken('residual_value', 'Balloon'),
      taken('sales_category', 'Product'),
    ],
  },
]

function taken(header: string, of: string): ForeignColumn {
  return { header, of: [of] }
}

const wholeNumber = /^\d{1,6}$/

/** `Spread Rentals with 3 down`, `Spread with 6 up front`, `1 in Advance`: the rentals that are paid first. */
function advanceOf(plan = ''): string {
  return /^(?:spread(?: rentals)? with )?(\d{1,2}) (?:down|up front|in advance)$/i.exec(plan)?.[1] ?? plan
}

/** A plan that spreads its rentals has one fewer after those in advance than its term has months: 3 and 35 for 36. */
function spread(term = ''): string {
  return wholeNumber.test(term) ? String(Number(term) - 1) : term
}

/** Miles of a year over the months of the term; what is no number says that it is of a year, so that nobody takes it for the total. */
function milesOfContract(year = '', term = ''): string {
  if (year === '') return ''
  if (!wholeNumber.test(year) || !wholeNumber.test(term)) return `${year} a year`
  return String(Math.round((Number(year) * Number(term)) / 12))
}

/** The variant, behind the model's own name where that says more. */
function joined(model = '', variant = ''): string {
  return [model, variant].filter((word) => word !== '').join(' ')
}
