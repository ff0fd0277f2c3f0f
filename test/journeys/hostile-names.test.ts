import { sendLetter } from '@drayage/core/notifications/send-letter'
import { createEgress } from '@drayage/core/remotes/egress'
import { openRemote } from '@drayage/core/remotes/open-remote'
import { remoteLimits } from '@drayage/core/remotes/remote'
import { activeClient } from '@drayage/core/testing/active-client'
import { testContext } from '@drayage/core/testing/context'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { pollClient } from '@drayage/core/transfers/poll'
import { runTransfer } from '@drayage/core/transfers/run-transfer'
import { testDatabase } from '@drayage/db/testing'
import { afterFailure } from '@drayage/worker/errors'
import { expect, test } from 'vitest'
import { startRogueSsh } from '../servers/rogue-ssh.ts'

const hostile = [
  '..',
  '../../etc/passwd',
  'a/b.csv',
  'C:\\a.csv',
  'a\r\nRNTO b.csv',
  'a\u0000.csv',
  '-rf.csv',
  'a\u202evsc.csv',
  `${'x'.repeat(300)}.csv`,
]

test('a server that lists hostile names is told of once, is asked for none of them, and its good file is worked on', async () => {
  await using database = await testDatabase()
  await using rogue = await startRogueSsh()
  const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] })
  const ctx = testContext({ database, openRemote: (endpoint) => openRemote({ endpoint, egress, limits: remoteLimits }) })
  const { protocol, host, port, username, password, trustedHostKeys } = rogue.endpoint
  const fields = { protocol, host, port, username, password, trustedHostKeys: [...trustedHostKeys], baseDirectory: '/base' }
  const { workspaceId, ftpClientId, layout } = await activeClient(ctx, fields)
  for (const folder of layout.folders) rogue.files.set(folder, 'directory')
  const inbox = layout.path('UPLOAD_SALES/INPUT/INIT')
  rogue.files.set(`${inbox}/good.csv`, Buffer.from(salesRegister([{ number: 'G1' }])))
  const listed = [...hostile, 'good.csv'].map((filename) => ({ filename, attrs: { mode: 0o100644, size: 1, mtime: 1 } }))
  rogue.behaviour.listing = (page, directory) => {
    if (page > 0 || directory !== inbox) return undefined
    return rogue.files.has(`${inbox}/good.csv`) ? listed : listed.slice(0, -1)
  }

  const worker = { worker: 'w', signal: new AbortController().signal, afterFailure }
  for (let looks = 0; looks < 3; looks++) {
    await pollClient(ctx, { workspaceId, ftpClientId }, worker)
    await ctx.drain({
      'transfer.run': (_, key) => runTransfer(ctx, key, worker),
      'mail.send': (_, key) => sendLetter(ctx, key),
    })
  }

  const { rows } = await database.owner.query('select file_name, state from transfers')
  expect(rows).toEqual([{ file_name: 'good.csv', state: 'archived' }])
  expect(rogue.files.has(layout.path('UPLOAD_SALES/INPUT/PROCESSED/good.csv'))).toBe(true)
  const asked = rogue.requests.map(({ path }) => path.replace(layout.path(''), ''))
  expect(asked.filter((path) => hostile.some((name) => path.includes(name) && name !== '..'))).toEqual([])
  expect(asked.filter((path) => path.split('/').includes('..'))).toEqual([])
  expect(ctx.mailbox).toHaveLength(1)
  expect(ctx.mailbox[0]?.text).toContain('holds characters that cannot be carried safely')
})
