import { ServerResponse } from 'node:http'
import pg from 'pg'

/**
 * The main file of an API process that dies when it makes a change that is asked for with an Idempotency-Key: right before
 * the change counts, or right after, before anything of the reply has been sent. All else is the service as it is deployed.
 */
export type ApiDeath = 'before the commit' | 'before the reply'

const death = process.env.API_DIES as ApiDeath | undefined
const die = () => process.kill(process.pid, 'SIGKILL')
const changing = new WeakSet<pg.Client>()
let committed = false

const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [first] = args
  const text = typeof first === 'string' ? first : String((first as { text?: string }).text ?? '')
  if (/insert into "?idempotent_replies/i.test(text)) changing.add(this)
  if (death === undefined || text !== 'commit' || !changing.delete(this)) return query.apply(this, args)
  if (death === 'before the commit') die()
  committed = true
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

const writeHead = ServerResponse.prototype.writeHead as (...args: unknown[]) => ServerResponse
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...args: unknown[]) {
  if (committed) die()
  return writeHead.apply(this, args)
} as typeof ServerResponse.prototype.writeHead

await import('../../../services/api/src/main.ts')
