import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Fault } from './faults.ts'
import { readSettings, settings } from './settings.ts'

const { DATABASE_URL, PORT, EGRESS_ALLOW_CIDRS, MAIL_FROM, WORKER_CONCURRENCY } = settings

const faultsOf = (read: () => unknown): readonly string[] => {
  try {
    read()
  } catch (error) {
    if (error instanceof Fault) return error.details.faults as string[]
    throw error
  }
  return []
}

test('every wrong setting is named at once, none with its value', () => {
  const env = { DATABASE_URL: 'mysql://user:hunter2@host', PORT: '99999', EGRESS_ALLOW_CIDRS: '10.0.0.0/99' }
  const faults = faultsOf(() => readSettings({ DATABASE_URL, PORT, EGRESS_ALLOW_CIDRS, MAIL_FROM }, env))
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['DATABASE_URL', 'PORT', 'EGRESS_ALLOW_CIDRS', 'MAIL_FROM'])
  expect(faults.join()).not.toMatch(/hunter2|99999/)
})

test('a word that is no URL is named as a wrong origin', () => {
  const faults = faultsOf(() => readSettings({ CORS_ORIGINS: settings.CORS_ORIGINS }, { CORS_ORIGINS: 'null, https://admin.example.com' }))
  expect(faults).toEqual([expect.stringMatching(/^CORS_ORIGINS is not a list of origins/)])
})

test('defaults apply to what is absent and to what is empty', () => {
  expect(readSettings({ PORT, WORKER_CONCURRENCY, EGRESS_ALLOW_CIDRS }, { PORT: '' })).toEqual({
    PORT: 3000,
    WORKER_CONCURRENCY: 8,
    EGRESS_ALLOW_CIDRS: [],
  })
})

test('lists are split at commas and spaces', () => {
  const read = readSettings({ EGRESS_ALLOW_CIDRS }, { EGRESS_ALLOW_CIDRS: '127.0.0.0/8, ::1/128' })
  expect(read.EGRESS_ALLOW_CIDRS).toEqual(['127.0.0.0/8', '::1/128'])
})

test('a setting may be in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drayage-settings-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'mail-from')
  await writeFile(file, 'drayage@example.com\n')
  expect(readSettings({ MAIL_FROM }, { MAIL_FROM_FILE: file })).toEqual({ MAIL_FROM: 'drayage@example.com' })
})

test('a setting that is given twice, or whose file cannot be read, is wrong', () => {
  expect(faultsOf(() => readSettings({ MAIL_FROM }, { MAIL_FROM: 'a@example.com', MAIL_FROM_FILE: '/nowhere' }))).toEqual([
    'MAIL_FROM and MAIL_FROM_FILE are both set; keep one',
    'MAIL_FROM_FILE cannot be read: ENOENT',
    expect.stringMatching(/^MAIL_FROM is not set/),
  ])
})
