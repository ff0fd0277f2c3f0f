/** States and union territories by the two digits that begin a GSTIN and name a place of supply. */
const states: Readonly<Record<string, string>> = {
  '01': 'Jammu and Kashmir',
  '02': 'Himachal Pradesh',
  '03': 'Punjab',
  '04': 'Chandigarh',
  '05': 'Uttarakhand',
  '06': 'Haryana',
  '07': 'Delhi',
  '08': 'Rajasthan',
  '09': 'Uttar Pradesh',
  '10': 'Bihar',
  '11': 'Sikkim',
  '12': 'Arunachal Pradesh',
  '13': 'Nagaland',
  '14': 'Manipur',
  '15': 'Mizoram',
  '16': 'Tripura',
  '17': 'Meghalaya',
  '18': 'Assam',
  '19': 'West Bengal',
  '20': 'Jharkhand',
  '21': 'Odisha',
  '22': 'Chhattisgarh',
  '23': 'Madhya Pradesh',
  '24': 'Gujarat',
  '25': 'Daman and Diu',
  '26': 'Dadra and Nagar Haveli and Daman and Diu',
  '27': 'Maharashtra',
  '28': 'Andhra Pradesh (before 2014)',
  '29': 'Karnataka',
  '30': 'Goa',
  '31': 'Lakshadweep',
  '32': 'Kerala',
  '33': 'Tamil Nadu',
  '34': 'Puducherry',
  '35': 'Andaman and Nicobar Islands',
  '36': 'Telangana',
  '37': 'Andhra Pradesh',
  '38': 'Ladakh',
  '96': 'Other Country',
  '97': 'Other Territory',
}

/** Spellings that registers use beside the official ones. */
const otherNames: Readonly<Record<string, string>> = {
  'j and k': '01',
  uttaranchal: '05',
  'new delhi': '07',
  'nct of delhi': '07',
  up: '09',
  orissa: '21',
  chattisgarh: '22',
  mp: '23',
  'dadra and nagar haveli': '26',
  pondicherry: '34',
  'andaman and nicobar': '35',
  'foreign country': '96',
  outside: '96',
}

const codeOfName = new Map([
  ...Object.entries(states).map(([code, name]): [string, string] => [nameKey(name), code]),
  ...Object.entries(otherNames),
])

/**
 * Codes that are not valid on every day of the tax: the first day with a code or the first without it, and what stands for
 * it since. Daman and Diu was merged, Andhra Pradesh divided, Ladakh taken out of Jammu and Kashmir.
 */
const changes = new Map<string, { from?: string; until?: string; successor?: string }>([
  ['25', { until: '2020-01-26', successor: '26' }],
  ['28', { until: '2014-06-02', successor: '37' }],
  ['38', { from: '2019-10-31' }],
])

/** Whether a code that is one was valid on a day, YYYY-MM-DD. Of an unknown day nothing is said. */
export function stateAt(code: string, day: string): 'valid' | 'former' | 'not_yet' {
  const change = changes.get(code)
  if (change === undefined || day === '') return 'valid'
  if (change.until !== undefined && day >= change.until) return 'former'
  return change.from !== undefined && day < change.from ? 'not_yet' : 'valid'
}

/** What stands for a code that ended, and since when one that is new is valid. */
export function stateChange(code: string): { from: string; successor: string } {
  const { from = '', successor = '' } = changes.get(code) ?? {}
  return { from, successor }
}

/** The state's name, or undefined for a code that is none. */
export function stateName(code: string): string | undefined {
  return states[code]
}

/** The two digits that `29`, `29-Karnataka` or `Karnataka` stand for; undefined for anything else. */
export function stateCode(text: string): string | undefined {
  // The most usual way, and by far the fastest.
  if (states[text] !== undefined) return text
  const [, digits] = /^(\d{1,2})(?:\s*-.*)?$/.exec(text) ?? []
  if (digits === undefined) return codeOfName.get(nameKey(text))
  const code = digits.padStart(2, '0')
  return states[code] === undefined ? undefined : code
}

function nameKey(name: string): string {
  return name.trim().toLowerCase().replace(/&/g, ' and ').replace(/\s+/g, ' ')
}
