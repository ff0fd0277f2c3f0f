import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { pino } from 'pino'

/** JSON, a line each, of what happened and never of what was sent: no bodies, no secrets, no rows. */
export function openLog(options: { level: string; destination?: pino.DestinationStream }): pino.Logger {
  const { level, destination } = options
  const settings: pino.LoggerOptions = {
    level,
    base: { service: 'api', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError, error: describeError, req: describeRequest },
    // Nobody logs these; should somebody begin to, they are not there. What is within objects is looked for by our own
    // walk, since paths with wildcards cost as much as the rest of a line.
    redact: { paths: [...secretNames], censor: '***' },
    formatters: { log: (line) => withoutSecrets(line, { depth: 3, except: described }) },
  }
  return destination === undefined ? pino(settings) : pino(settings, destination)
}

/** A line for each request, when it has been answered: with what was asked and what came of it. */
export function requestLines(): LogController {
  return Object.assign(new LogController({ requestIdLogLabel: 'requestId' }), {
    incomingRequest: () => {},
    requestCompleted: (error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply) => {
      const line = { req: request, res: reply, responseTime: reply.elapsedTime }
      if (error) reply.log.error({ ...line, err: error }, 'request errored')
      else reply.log.info(line, 'request completed')
    },
  })
}

const secretNames = new Set([
  'authorization',
  'cookie',
  'password',
  'privateKey',
  'passphrase',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
])

/** What a serializer writes, which shows only what it names, or what fastify's own shows of a reply: a status. */
const described = new Set(['req', 'res', 'err', 'error'])

/** The same object if it names no secret, down to `depth` objects; else a copy in which each secret is `***`. */
function withoutSecrets<Line extends object>(line: Line, { depth, except }: { depth: number; except?: ReadonlySet<string> }): Line {
  const shown = (name: string, value: unknown) => {
    if (secretNames.has(name)) return '***'
    return depth > 1 && isObject(value) && !except?.has(name) ? withoutSecrets(value, { depth: depth - 1 }) : value
  }
  const parts = Object.entries(line).map(([name, value]) => [name, value, shown(name, value)] as const)
  const changed = parts.filter(([, value, clean]) => value !== clean).map(([name, , clean]) => [name, clean])
  if (changed.length === 0) return line
  return Object.assign(Array.isArray(line) ? [...line] : { ...line }, Object.fromEntries(changed)) as Line
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

type Asked = { method: string; url: string; host?: string; ip?: string }

/** Without the query: some put a token there, though nobody reads it. */
function describeRequest({ method, url, host, ip }: Asked): unknown {
  return { method, url: url.split('?', 1)[0], host, remoteAddress: ip }
}

/** Where a bug is. Drivers put the values of a row into messages and details of their own: those stay out. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : typeof error
  const { code } = error as { code?: unknown }
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    message: error.message.split('\n')[0]?.replace(/^(Failed query: \w+).*/, '$1'),
    stack: frames.join('\n'),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  }
}
