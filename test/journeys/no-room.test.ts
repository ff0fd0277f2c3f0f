import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { salesRegister } from '@drayage/core/testing/sales-register'
import { expect, test } from 'vitest'
import { type OpenSsh, startOpenSsh } from '../servers/openssh.ts'
import { atRest } from './harness/at-rest.ts'
import { type Customer, newCustomer } from './harness/customer.ts'
import { copiesOf, outcomeOf } from './harness/outcome.ts'
import { type Scene, setScene } from './harness/scene.ts'
import { timePasses } from './harness/time-passes.ts'
import { until } from './harness/until.ts'

/** Makes a server refuse to go on, for a reason, and lets it go on again. */
type Trouble = {
  name: string
  code: string
  waitsIn: string
  begin(customer: Customer, server: OpenSsh, after: AsyncDisposableStack): Promise<() => Promise<void>>
}

const success = 'UPLOAD_SALES/OUTPUT/SUCCESS'
const life = ['seen', 'claiming', 'claimed', 'fetched', 'imported', 'reported', 'delivered', 'archived']

const permissionRefused = (folder: string) => async (customer: Customer) => {
  await chmod(customer.layout.path(folder), 0o555)
  return () => chmod(customer.layout.path(folder), 0o755)
}

const troubles: Trouble[] = [
  {
    name: 'the user may not write results',
    code: 'remote.permission_denied',
    waitsIn: 'UPLOAD_SALES/INPUT/PROCESSING',
    begin: permissionRefused(success),
  },
  {
    name: 'the user may not take files out of the inbox',
    code: 'remote.permission_denied',
    waitsIn: 'UPLOAD_SALES/INPUT/INIT',
    begin: permissionRefused('UPLOAD_SALES/INPUT/INIT'),
  },
  {
    name: 'the quota of the user is used up',
    code: 'remote.no_space',
    waitsIn: 'UPLOAD_SALES/INPUT/PROCESSING',
    begin: async (_, server) => {
      await server.allowWriting(false)
      return () => server.allowWriting(true)
    },
  },
]

/** A disk of its own for one folder, which only a system that lets us mount can give. */
const fullDisk: Trouble = {
  name: 'the disk is full',
  code: 'remote.no_space',
  waitsIn: 'UPLOAD_SALES/INPUT/PROCESSING',
  begin: async (customer, _, after) => {
    const folder = customer.layout.path(success)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,mode=0777', 'tmpfs', folder])
    after.defer(() => void execFileSync('umount', ['--lazy', folder]))
    const ballast = join(folder, '.ballast')
    await writeFile(ballast, Buffer.alloc(16 * 1024))
    return () => rm(ballast)
  },
}

test.for((await mayMount()) ? [fullDisk, ...troubles] : troubles)(
  '$name: the file waits, the client says why, and it goes on by itself',
  async (trouble) => {
    await using scene = await setScene({ leaseMs: 15_000 })
    await using server = await startOpenSsh()
    const customer = await newCustomer(scene.ctx, server)
    await using after = new AsyncDisposableStack()
    const end = await trouble.begin(customer, server, after)
    await customer.drop('june.csv', salesRegister([{ number: 'A1' }, { number: 'A2', bad: true }]))
    await scene.worker()
    await until(async () => (await attentionOf(scene, customer)) === trouble.code)

    await until(async () => (await timesFailed(scene, customer)) >= 2, { withinMs: 60_000, meanwhile: () => timePasses(scene.database) })
    await until(() => copiesOf(scene, customer) > 0, { meanwhile: () => timePasses(scene.database) })
    const waiting = await outcomeOf(scene, customer)
    expect(Object.keys(waiting.files).filter((path) => path.startsWith(trouble.waitsIn))).toHaveLength(1)
    expect(Object.keys(waiting.files).filter((path) => path.startsWith(success) && !path.endsWith('.ballast'))).toEqual([])
    expect(waiting.letters).toEqual([expect.stringContaining('needs attention')])

    await end()
    await atRest(scene, { withinMs: 60_000, meanwhile: () => timePasses(scene.database) })
    expect(await attentionOf(scene, customer)).toBeUndefined()
    const done = await outcomeOf(scene, customer)
    expect(done).toMatchObject({ ledgers: [life], attempts: [0], documents: 1, stored: 3 })
    expect(Object.keys(done.files)).toEqual(expect.arrayContaining([`${success}/june.csv`, 'UPLOAD_SALES/INPUT/PROCESSED/june.csv']))
    expect(done.letters).toHaveLength(3)
  },
)

async function attentionOf(scene: Scene, { ftpClientId }: Customer): Promise<string | undefined> {
  const { rows } = await scene.database.owner.query('select code from ftp_client_attentions where ftp_client_id = $1 and not stops', [
    ftpClientId,
  ])
  return rows[0]?.code
}

async function timesFailed(scene: Scene, { ftpClientId }: Customer): Promise<number> {
  const { rows } = await scene.database.owner.query('select failures from transfers where ftp_client_id = $1', [ftpClientId])
  return rows[0]?.failures ?? 0
}

async function mayMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'drayage-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]).status === 0
  if (mounted) execFileSync('umount', [folder])
  await rmdir(folder)
  return mounted
}
