import { verifyTrail } from '@drayage/core/audit/verify'
import { asFault } from '@drayage/core/faults'
import { connect } from '@drayage/db/connect'
import { readAuditConfig } from './config.ts'

// Walks the audit trail of every workspace and of the installation: `pnpm audit:verify`. Exits 1 if one is broken.
try {
  const { DATABASE_URL, API_KEYRING } = readAuditConfig()
  await using db = connect({ url: DATABASE_URL, role: 'drayage_worker', connections: 1 })
  const whole = await verifyTrail(db, { sealKey: API_KEYRING.sealKey, onChain: say })
  console.log(`${whole.chains} trails, ${whole.events} events, ${whole.sealed} of them sealed, ${whole.broken} trails broken.`)
  process.exitCode = whole.broken === 0 ? 0 : 1
} catch (error) {
  console.error(asFault(error)?.message ?? error)
  process.exitCode = 1
}

function say({ workspaceId, broken }: Parameters<Parameters<typeof verifyTrail>[1]['onChain']>[0]): void {
  if (broken !== undefined) console.log(`BROKEN  workspace ${workspaceId}, event ${broken.ordinal}: ${broken.reason}`)
}
