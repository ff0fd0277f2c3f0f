import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { openLog, requestLines } from './log.ts'

function logged(write: (log: ReturnType<typeof openLog>) => void): Record<string, unknown> {
  const lines: string[] = []
  write(openLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }))
  return JSON.parse(lines.join(''))
}

test('a line says when, which service and what', () => {
  const line = logged((log) => log.info({ requestId: 'r-1' }, 'ready'))
  expect(line).toMatchObject({ service: 'api', requestId: 'r-1', msg: 'ready', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) })
})

test('secrets that somebody logs by mistake are not there', () => {
  const line = logged((log) =>
    log.info(
      { password: 'hunter2', body: { accessToken: 'hunter2', deep: { authorization: 'hunter2' }, err: { token: 'hunter2' } } },
      'oops',
    ),
  )
  expect(JSON.stringify(line)).not.toContain('hunter2')
  expect(line).toMatchObject({ password: '***', body: { accessToken: '***', deep: { authorization: '***' } } })
})

test('secrets in what each line of a child has, or in a list, are not there either, and what was logged is left as it was', () => {
  const people = [{ name: 'Asha', token: 'hunter2' }]
  const line = logged((log) => log.child({ cookie: 'hunter2', requestId: 'r-1' }).info({ people }, 'oops'))
  expect(line).toMatchObject({ cookie: '***', requestId: 'r-1', people: [{ name: 'Asha', token: '***' }] })
  expect(people[0]?.token).toBe('hunter2')
})

test('a request is told without its query', () => {
  const line = logged((log) =>
    log.info({ req: { method: 'GET', url: '/v1/me?access_token=hunter2', ip: '203.0.113.9' } }, 'incoming request'),
  )
  expect(line.req).toEqual({ method: 'GET', url: '/v1/me', remoteAddress: '203.0.113.9' })
})

test('a request has one line, with what was asked and what came of it', async () => {
  const lines: string[] = []
  const log = openLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
  const app = fastify({ loggerInstance: log, logController: requestLines(), genReqId: () => 'r-1' })
  app.get('/tea', async (_, reply) => reply.code(418).send('short and stout'))
  await app.inject('/tea?token=hunter2')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { requestId: 'r-1', req: { method: 'GET', url: '/tea' }, res: { statusCode: 418 }, responseTime: expect.any(Number) },
  ])
})

test('an error of the database is told without the values of the row', () => {
  const cause = Object.assign(new Error('duplicate key value'), { code: '23505', detail: 'Key (email)=(hunter2@example.com) exists' })
  const error = new Error('Failed query: insert into users values ($1)\nparams: hunter2', { cause })
  const line = logged((log) => log.error({ err: error }, 'a request met a bug'))
  expect(JSON.stringify(line)).not.toContain('hunter2')
  expect(line.err).toMatchObject({
    type: 'Error',
    cause: { code: '23505', message: 'duplicate key value' },
    stack: expect.stringMatching(/^\s+at /),
  })
})
