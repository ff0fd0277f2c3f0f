import { expect, test } from 'vitest'
import { summarise } from './profile-summary.ts'

const root = 'file:///home/somebody/drayage'
const frames: Record<string, [functionName: string, url: string]> = {
  idle: ['(idle)', ''],
  gc: ['(garbage collector)', ''],
  scan: ['scanCsv', `${root}/packages/core/src/imports/scan-csv.ts`],
  quoted: ['quoted', `${root}/packages/core/src/imports/scan-csv.ts`],
  decrypt: ['decrypt', `${root}/node_modules/.pnpm/ssh2@1.17.0/node_modules/ssh2/lib/protocol/crypto.js`],
  hpke: ['open', `${root}/node_modules/.pnpm/@hpke+core@1.9.0/node_modules/@hpke/core/esm/mod.js`],
  net: ['onread', 'node:internal/stream_base_commons'],
  native: ['writeBuffer', ''],
}

test('time is shared out to our files, libraries, Node and the garbage collector', () => {
  const names = Object.keys(frames)
  const nodes = Object.values(frames).map(([functionName, url], id) => ({ id, callFrame: { functionName, url } }))
  const spent = { idle: 500, gc: 100, scan: 300, quoted: 50, decrypt: 20, hpke: 10, net: 15, native: 5 }
  const samples = Object.keys(spent).map((name) => names.indexOf(name))
  const timeDeltas = Object.values(spent).map((milliseconds) => milliseconds * 1000)
  const { seconds, busySeconds, places } = summarise({ nodes, samples, timeDeltas })
  expect([seconds, busySeconds]).toEqual([1, 0.5])
  expect(places.map(({ place, share }) => `${place} ${Math.round(share * 100)} %`)).toEqual([
    'packages/core/src/imports/scan-csv.ts 70 %',
    'garbage collection 20 %',
    'ssh2 4 %',
    'Node itself 4 %',
    '@hpke/core 2 %',
  ])
})
