import type { Database } from '@drayage/db/connect'
import { forgetOldAttempts } from '@drayage/db/queries/attempts'
import { forgetExpiredPasswordLinks } from '@drayage/db/queries/password-links'
import { forgetExpiredRevocations } from '@drayage/db/queries/revoked-tokens'
import { forgetExpiredSessions } from '@drayage/db/queries/sessions'

/** Removes what time has made worthless: sessions, links, withdrawn tokens, tries of yesterday. To be done now and then. */
export async function forgetExpired(db: Database): Promise<void> {
  await db.inWorkspace([], async (transaction) => {
    await forgetExpiredSessions(transaction)
    await forgetExpiredPasswordLinks(transaction)
    await forgetExpiredRevocations(transaction)
    await forgetOldAttempts(transaction, { olderThanSeconds: 24 * 3600 })
  })
}
