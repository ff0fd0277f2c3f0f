import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { newId } from '../id.ts'

/**
 * An API client's secret: `dry_<environment>_client_<id>_<random>_<crc>`. The fixed beginning lets scanners find leaked
 * ones, the id finds it without a search, 256 random bits make it hard to guess, and the CRC-32 tells a typing mistake
 * from a wrong secret. All parts are base62.
 */
export type ClientSecret = { id: string; text: string; last4: string }

/** For scanners of leaked secrets. */
export const clientSecretPattern = /^dry_(sandbox|production)_client_([0-9A-Za-z]{22})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/

export function newClientSecret(environment: 'sandbox' | 'production'): ClientSecret {
  const id = newId()
  const random = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)
  const body = `dry_${environment}_client_${base62(BigInt(`0x${id.replaceAll('-', '')}`), 22)}_${random}`
  return { id, text: `${body}_${checksum(body)}`, last4: random.slice(-4) }
}

/** The id of the secret that `text` says it is; undefined for what cannot be one. */
export function clientSecretId(text: string): string | undefined {
  const [, , id = '', , crc] = clientSecretPattern.exec(text) ?? []
  if (crc === undefined || crc !== checksum(text.slice(0, -7))) return undefined
  const number = [...id].reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n)
  const hex = number.toString(16).padStart(32, '0')
  return hex.length > 32 ? undefined : hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(number: bigint, length: number): string {
  let text = ''
  for (let rest = number; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)] + text
  return text.padStart(length, '0')
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), 6)
}
