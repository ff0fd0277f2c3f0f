import type { Client, Database } from '@drayage/db/connect'

/** A database that notes the hand-written statements it is asked, oldest first. */
export type NotedDatabase = {
  db: Database
  statements: Statement[]
  /** How PostgreSQL does each of the statements, which it does once more, for these workspaces: a line a step, with its rows. */
  plans(workspaceIds: string | readonly string[]): Promise<string[]>
}

export type Statement = { text: string; values: unknown[] }

export function notedDatabase(inner: Database): NotedDatabase {
  const statements: Statement[] = []
  const noted = (client: Client): Client => {
    const query = (asked: string | Statement, values: unknown[] = []) => {
      statements.push(typeof asked === 'string' ? { text: asked, values } : { text: asked.text, values: asked.values })
      return typeof asked === 'string' ? client.query(asked, values) : client.query(asked)
    }
    return Object.assign(Object.create(client), { query })
  }
  return {
    db: {
      ...inner,
      inWorkspace: (workspaceIds, work) => inner.inWorkspace(workspaceIds, ({ tx, client }) => work({ tx, client: noted(client) })),
    },
    statements,
    plans: (workspaceIds) =>
      inner.inWorkspace(workspaceIds, async ({ client }) => {
        const plans: string[] = []
        for (const { text, values } of statements) {
          const { rows } = await client.query<{ 'QUERY PLAN': string }>(
            `explain (analyze, costs off, timing off, summary off, buffers off) ${text}`,
            values,
          )
          plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
        }
        return plans
      }),
  }
}
