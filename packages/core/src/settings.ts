import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { parseApiKeyring } from './access/api-keyring.ts'
import { asFault, Fault } from './faults.ts'
import { parseKeyring } from './keyring.ts'

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is not between ${least} and ${most}`)

const listOf = <Entry extends z.ZodType<unknown, string>>(entry: Entry) =>
  z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(entry))

const address = z.union([z.ipv4(), z.ipv6()], 'is not a list of IP addresses')
const origin = z
  .url({ protocol: /^https?$/, error: 'is not a list of origins such as https://admin.example.com' })
  .refine((url) => URL.parse(url)?.origin === url, 'is not a list of origins: no path, no slash at the end')
const cidr = z.union([z.cidrv4(), z.cidrv6()], 'is not a list of networks such as 10.0.0.0/8,fd00::/8')

const readBy = <Read>(read: (text: string) => Read) =>
  z.string().transform((text, check) => {
    try {
      return read(text)
    } catch (error) {
      check.addIssue(`is wrong: ${asFault(error)?.message}`)
      return z.NEVER
    }
  })

/** @param text `50000-50999` */
export function portRange(text: string): { from: number; to: number } {
  const [from = Number.NaN, to = Number.NaN] = text.split('-').map(Number)
  return { from, to }
}

function isPortRange({ from, to }: { from: number; to: number }): boolean {
  return from >= 1024 && from <= to && to <= 65_535
}

/** Every setting of the services: its form, what it is for, and its default. A service reads those it needs. */
export const settings = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'is not a URL such as postgres://user:password@host/database' })
    .describe('PostgreSQL 16 or newer. The user must be allowed to create roles, or the roles must exist'),
  HOST: z.string().min(1).default('127.0.0.1').describe('the address that the API listens at; 0.0.0.0 for all'),
  PORT: wholeNumber(0, 65535).default(3000).describe('the port that the API listens at'),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'is not a URL such as https://drayage.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('where others reach the API; without it http://HOST:PORT. Its tokens and links name it'),
  ENVIRONMENT: z
    .enum(['sandbox', 'production'], 'is neither sandbox nor production')
    .describe('production, or sandbox, which accepts GSTINs whose check digit is wrong, so that made-up data can be tried'),
  ROOT_FOLDER: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'is not a plain folder name')
    .default('CLEARTAX')
    .describe("the operator's brand: the folder made below a customer's base directory; copied into a client when it is made"),
  EGRESS_ALLOW_CIDRS: listOf(cidr).describe(
    'private networks that file servers may be in, comma-separated; none unless you host them yourself',
  ),
  EGRESS_ADDRESSES: listOf(address).describe('the addresses that our connections come from, for customers to allow in their firewalls'),
  ACTIVE_MODE_ADDRESS: z
    .union([z.ipv4(), z.ipv6()], 'is not an IP address')
    .optional()
    .describe('the address at which FTP servers reach the workers in active mode; without it there is passive mode only'),
  ACTIVE_MODE_PORTS: z
    .string()
    .regex(/^\d{1,5}-\d{1,5}$/, 'is not a range of ports such as 50000-50999')
    .refine((text) => isPortRange(portRange(text)), 'is not a range between 1024 and 65535')
    .default('50000-50999')
    .describe('the ports at which FTP servers reach the workers in active mode'),
  SECRETS_KEYRING: readBy(parseKeyring).describe(
    "keys that seal customers' passwords: workers hold the private half, the API the public one",
  ),
  API_KEYRING: readBy(parseApiKeyring).describe(
    'keys of the API, the same for all its processes: tokens, digests, the seal of the audit trail',
  ),
  BOOTSTRAP_EMAIL: z
    .email('is not an e-mail address')
    .toLowerCase()
    .optional()
    .describe('the operator that the first start of the API makes; without it operator@example.com'),
  BOOTSTRAP_PASSWORD: z
    .string()
    .min(12, 'has fewer than 12 characters')
    .max(200, 'has more than 200 characters')
    .optional()
    .describe('the password of that operator; without it one is made up and shown once'),
  CORS_ORIGINS: listOf(origin).describe('origins of admin frontends, whose scripts may read replies of the API'),
  TRUSTED_PROXIES: listOf(cidr).describe("networks of the proxies in front of the API, whose word on a sender's address is taken"),
  RATE_LIMIT_REQUESTS: wholeNumber(1, 1_000_000).default(600).describe('requests a minute that a person or an API client may send'),
  RATE_LIMIT_LOG_INS: wholeNumber(1, 1_000_000)
    .default(60)
    .describe('requests a minute that an address may send without an access token, log-ins and tokens among them'),
  RETENTION_DAYS: wholeNumber(1, 3650).default(90).describe('how long originals and results are kept'),
  MAX_FILE_BYTES: wholeNumber(1, 2 ** 40)
    .default(1024 ** 3)
    .describe('larger files are answered with an error'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'is not a URL such as smtp://user:password@host:587' })
    .describe('the relay that mail goes through'),
  MAIL_FROM: z.email('is not an e-mail address').describe('the sender of all mail'),
  WORKER_CONCURRENCY: wholeNumber(1, 1000)
    .default(8)
    .describe('transfers that one worker carries side by side, at most three quarters of them of one workspace'),
  WARM_SESSIONS: wholeNumber(0, 100_000)
    .default(2000)
    .describe('idle sessions with file servers that one worker keeps open for the next look; each costs it memory'),
  LEASE_SECONDS: wholeNumber(1, 300).default(15).describe('how long a worker may be silent before another takes its transfers over'),
  METRICS_PORT: wholeNumber(0, 65535)
    .optional()
    .describe('the port at which each worker answers /metrics, /livez and /readyz; without it none does'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'is none of debug, info, warn, error, silent')
    .default('info')
    .describe('the least that is logged'),
  DATA_DIR: z.string().min(1).default('.drayage').describe('standalone only: where everything is kept'),
} satisfies Record<string, z.ZodType>

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads settings from the environment; each may instead be in a file that NAME_FILE names. An empty one is not set.
 * Throws `settings.invalid`, naming every wrong one and never its value.
 */
export function readSettings<Wanted extends Record<string, z.ZodType>>(
  wanted: Wanted,
  env: Environment,
): { [Name in keyof Wanted]: z.output<Wanted[Name]> } {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(wanted)) {
    const raw = readOne(name, env, faults)
    const parsed = schema.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    else if (raw === undefined) faults.push(`${name} is not set: ${schema.description}`)
    else faults.push(`${name} ${parsed.error.issues[0]?.message}`)
  }
  if (faults.length > 0) throw new Fault('invalid', 'settings.invalid', faults.join('\n'), { details: { faults } })
  return values as { [Name in keyof Wanted]: z.output<Wanted[Name]> }
}

function readOne(name: string, env: Environment, faults: string[]): string | undefined {
  const value = env[name] || undefined
  const file = env[`${name}_FILE`] || undefined
  if (file === undefined) return value
  if (value !== undefined) faults.push(`${name} and ${name}_FILE are both set; keep one`)
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined
  } catch (error) {
    faults.push(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`)
    return undefined
  }
}
