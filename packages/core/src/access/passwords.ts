import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { Fault } from '../faults.ts'

/** Argon2id as OWASP recommends: 19 MiB, two passes, one lane. About 40 ms. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32

/** How many may be hashed at once (19 MiB and a thread each), and how many more may wait. */
const crowd = { atOnce: 2, waiting: 100 }

/** In PHC form, so that the cost can be raised later. Faults: `password.busy`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive(password, { salt, ...cost })
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** Whether the hash is of this password. Takes as long without a hash, so that nobody learns whether there is one. */
export async function isPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', tag = ''] = phc.exec(hash ?? nobodys) ?? []
  if (memory === undefined) throw new Error('a password hash is not in PHC form')
  const stored = Buffer.from(tag, 'base64')
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), salt: Buffer.from(salt, 'base64') }
  const same = timingSafeEqual(await derive(password, parameters), stored)
  return same && typeof hash === 'string'
}

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]{43})$/
const nobodys = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

type Parameters = typeof cost & { salt: Buffer }

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, { salt, ...parameters }: Parameters): Promise<Buffer> {
  if (running >= crowd.atOnce) {
    if (waiting.length >= crowd.waiting)
      throw new Fault('unavailable', 'password.busy', 'Too many people log in at once. Try again in a moment.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running++
  try {
    // The same text typed on another keyboard may be other code points (NIST SP 800-63B: NFKC).
    const message = Buffer.from(password.normalize('NFKC'))
    return await new Promise<Buffer>((resolve, reject) => {
      argon2('argon2id', { message, nonce: salt, tagLength, ...parameters }, (error, tag) => (error ? reject(error) : resolve(tag)))
    })
  } finally {
    // The place goes to who waited longest, without becoming free in between.
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
