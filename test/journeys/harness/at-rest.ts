import type { Scene } from './scene.ts'
import { until } from './until.ts'

/**
 * Resolves when every customer has a transfer, every transfer has come to its end and every letter is sent; throws with
 * what is still open after `withinMs`.
 *
 * @param options.meanwhile done before each look
 */
export async function atRest(
  { database }: Pick<Scene, 'database'>,
  options: { withinMs?: number; meanwhile?: () => Promise<unknown> } = {},
): Promise<void> {
  let open: unknown
  const isAtRest = async () => {
    const { rows } = await database.owner.query<{ idle: number; transfers: unknown[] | null; letters: unknown[] | null }>(
      `select (select count(*)::int from ftp_clients c where not exists (select from transfers t where t.ftp_client_id = c.id)) as idle,
         (select jsonb_agg(t) from transfers t where ended_at is null or run_at is not null) as transfers,
         (select jsonb_agg(o) from outbox o where sent_at is null) as letters`,
    )
    open = rows[0]
    return rows[0]?.idle === 0 && rows[0].transfers === null && rows[0].letters === null
  }
  try {
    await until(isAtRest, options)
  } catch (cause) {
    throw new Error(`not at rest: ${JSON.stringify(open, null, 2)}`, { cause })
  }
}
