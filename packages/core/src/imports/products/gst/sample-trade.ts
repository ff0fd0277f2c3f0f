import { checkCharacter } from './gstin.ts'
import type { Random } from './sample-random.ts'
import { stateName } from './states.ts'

/** The parties and goods of a sample register. Names and registrations are made up; check characters are right. */
export type Customer = { gstin: string; name: string; address: string; city: string; state: string; place: string }
export type Item = { description: string; category: 'G' | 'S'; code: string; unit: string; pricePaise: number; rate: number }

const families = 'Sharma Patel Iyer Reddy Das Khan Singh Nair Mehta Bose Joshi Kulkarni Gupta Rao Pillai Chawla Shetty Menon'.split(' ')
const trades = ['Traders', 'Steel & Pipes', 'Textiles, Wholesale', 'Electricals', 'Agro Foods', 'Motors "Deluxe"', 'Infotech', 'Ceramics']
const forms = ['Pvt. Ltd.', 'LLP', '& Sons', 'Enterprises', 'Company']
const streets = ['MG Road', 'Station Road', 'Industrial Area, Phase II', 'Ring Road', 'Market Yard', 'Nehru Nagar']
const towns: readonly (readonly [state: string, town: string])[] = [
  ['27', 'Mumbai'],
  ['27', 'Pune'],
  ['29', 'Bengaluru'],
  ['29', 'Mysuru'],
  ['07', 'New Delhi'],
  ['33', 'Chennai'],
  ['24', 'Ahmedabad'],
  ['36', 'Hyderabad'],
  ['19', 'Kolkata'],
  ['09', 'Lucknow'],
  ['32', 'Kochi'],
]

const goods: readonly (readonly [description: string, code: string, unit: string, rate: number])[] = [
  ['Cotton shirt, checked', '62052000', 'PCS', 5],
  ['LED lamp 9 W', '85395000', 'NOS', 18],
  ['Steel pipe 2" x 6 m', '73063090', 'MTR', 18],
  ['Basmati rice, 25 kg bag', '10063020', 'BAG', 5],
  ['Office chair', '94013000', 'NOS', 18],
  ['Floor tile 600 x 600 mm', '69072100', 'BOX', 18],
  ['Motor car', '87032391', 'NOS', 40],
  ['Gold chain, 22 ct', '71131910', 'GMS', 3],
  ['Copper wire, insulated', '85444999', 'KGS', 18],
  ['Milk powder', '04021010', 'KGS', 5],
]
const services: readonly (readonly [description: string, code: string, unit: string, rate: number])[] = [
  ['Maintenance of software', '998313', 'NA', 18],
  ['Transport of goods by road', '996511', 'NA', 5],
]

export const suppliers = ['27', '29', '07'].map((state, index) => ({
  state,
  gstin: registration(state, 'AAQCS8719H', 1),
  name: `Saraswati Trading Company Ltd., ${stateName(state)}`,
  prefix: ['MH', 'KA', 'DL'][index] ?? '',
}))

export function customers(random: Random): Customer[] {
  return Array.from({ length: 400 }, (_, index) => {
    const [state, city] = index % 40 === 39 ? ['96', 'Dubai'] : random.pick(towns)
    const registered = state !== '96' && index % 8 !== 0
    const pan = `${letters(random, 3)}${random.pick(['C', 'P', 'F'])}${letters(random, 1)}${String(random.integer(0, 9999)).padStart(4, '0')}${letters(random, 1)}`
    return {
      gstin: registered ? registration(state, pan, random.integer(1, 9)) : state === '96' ? '' : 'NRP',
      name: `${random.pick(families)} ${random.pick(trades)} ${random.pick(forms)}`,
      address: `${random.integer(1, 300)}, ${random.pick(streets)}`,
      city,
      state,
      place: index % 3 === 0 ? state : `${state}-${stateName(state)}`,
    }
  })
}

export function items(random: Random): Item[] {
  const all = [...goods.map((each) => ['G', each] as const), ...services.map((each) => ['S', each] as const)]
  return Array.from({ length: 60 }, (_, index) => {
    const [category, [name, code, unit, rate]] = random.pick(all)
    return { description: `${name}, no. ${index + 1}`, category, code, unit, pricePaise: random.integer(500, 900_000), rate }
  })
}

function registration(state: string, pan: string, ordinal: number): string {
  const start = `${state}${pan}${ordinal}Z`
  return start + checkCharacter(start)
}

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(65 + random.integer(0, 25))).join('')
}
