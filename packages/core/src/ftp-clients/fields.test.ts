import { expect, test } from 'vitest'
import { newId } from '../id.ts'
import { parseInput } from '../input-faults.ts'
import { newClient } from '../testing/new-client.ts'
import { newFtpClient } from './schema.ts'

const parse = (fields: Record<string, unknown>) => parseInput(newFtpClient, newClient(newId(), fields))

test.each([
  ['host', ['sftp.example.com', 'SFTP.Example.com', '203.0.113.7', '2001:db8::1', 'sftp', 'xn--bcher-kva.example', 'bücher.example']],
  ['port', [1, 22, 65535]],
  ['baseDirectory', ['/', '/data', '/data/', '//data//in', '/Daten Eingang', 'C:/ftp', `/${'a'.repeat(255)}`]],
  ['username', ['lotus', 'DOMAIN\\lotus', 'lotus@example.com']],
  [
    'notificationEmails',
    [[], ['a@example.com'], ["o'brien+tag@mail.example.co.in"], Array.from({ length: 20 }, (_, at) => `p${at}@example.com`)],
  ],
  ['timeZone', ['Asia/Kolkata', 'Europe/Berlin', 'UTC']],
  ['pollIntervalSeconds', [1, 86_400]],
  ['maxSessions', [1, 10]],
  ['quietSeconds', [0, 3_600]],
  ['trustedHostKeys', [[], [`SHA256:${'a'.repeat(43)}`]]],
  ['csv', [{}, { delimiter: '\t', quote: "'" }, { delimiter: '|' }]],
  ['label', ['Tally', ' Tally ', 'Buchhaltung Süd']],
  ['settings', [{}, { multiRatebook: true }]],
])('%s takes what is right', (field, values) => {
  for (const value of values) expect(() => parse({ [field]: value })).not.toThrow()
})

test.each([
  [
    'host',
    [
      '',
      'a b',
      'sftp..example.com',
      '-a.example',
      '0177.0.0.1',
      '2130706433',
      '0x7f.1',
      '①②⑦.0.0.1',
      'fe80::1%eth0',
      'http://a.example',
      'a.example:22',
      'a.example/x',
      'a\n.example',
    ],
  ],
  ['port', [0, 65536, 22.5, '22']],
  [
    'baseDirectory',
    ['', 'data', '/data/../etc', '/./data', '/da\0ta', '/da\r\nta', `/${'a'.repeat(256)}`, `/${'a/'.repeat(600)}`, '\\data'],
  ],
  ['username', ['', 'a\r\nPASS x', 'a\0']],
  ['password', ['', 'a\r\nDELE x', 'a\0b', 7]],
  [
    'notificationEmails',
    [
      ['a'],
      ['a@b'],
      ['a@example.com, b@example.com'],
      ['a@example.com\r\nBcc: b@example.com'],
      ['Ann <a@example.com>'],
      ['"a b"@example.com'],
      ['a@exämple.com'],
      ['.a@example.com'],
      ['a@-example.com'],
      [`${'a'.repeat(65)}@example.com`],
      Array.from({ length: 21 }, (_, at) => `p${at}@example.com`),
    ],
  ],
  ['timeZone', ['', 'Mars/Olympus', '+05:30', 'Asia/Kolkata; drop']],
  ['pollIntervalSeconds', [0, 86_401]],
  ['maxSessions', [0, 11]],
  ['quietSeconds', [-1, 3_601]],
  ['trustedHostKeys', [['MD5:aa'], ['SHA256:short'], Array(6).fill(`SHA256:${'a'.repeat(43)}`)]],
  ['trustedCertificate', ['-----BEGIN CERTIFICATE-----', '']],
  ['csv', [{ delimiter: '.' }, { delimiter: '"' }, { quote: ',' }, { encoding: 'latin1' }, { escape: '\\' }]],
  ['label', ['', '   ', 'a\nb', 'a\u202eb', 'a'.repeat(65)]],
  ['protocol', ['http', 'SFTP']],
  ['product', ['gstr', '']],
  ['settings', [{ a: 'a'.repeat(5000) }]],
  ['algorithms', ['weak']],
])('%s refuses what is wrong and points to it', (field, values) => {
  for (const value of values) {
    const pointer = expect.stringMatching(new RegExp(`^/${field}`))
    const details = { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) }
    expect(() => parse({ [field]: value }), JSON.stringify(value)).toThrow(expect.objectContaining({ kind: 'invalid', details }))
  }
})

test('what may be left out has its default', () => {
  const { workspaceId, product, label, host, port, baseDirectory, username, password } = newClient(newId())
  const parsed = parseInput(newFtpClient, { workspaceId, product, label, host, port, baseDirectory, username, password })
  expect(parsed).toMatchObject({
    protocol: 'sftp',
    transferMode: 'passive',
    csv: { delimiter: ',', quote: '"', encoding: 'utf-8' },
    timeZone: 'Asia/Kolkata',
    pollIntervalSeconds: 60,
    quietSeconds: 10,
    duplicatePolicy: 'skip',
    algorithms: 'default',
    trustedHostKeys: [],
    settings: {},
  })
})

test('host and addresses are kept in lower case, each address once, a directory without its last slash', () => {
  expect(parse({ host: 'SFTP.Example.COM' }).host).toBe('sftp.example.com')
  expect(parse({ notificationEmails: ['A@Example.com', 'a@example.com'] }).notificationEmails).toEqual(['a@example.com'])
  expect(parse({ baseDirectory: '//data//in/' }).baseDirectory).toBe('/data/in')
})
