import { and, type Column, eq, inArray, or, type SQL, sql } from '../drizzle.ts'
import type { ProductKey } from '../vocabulary.ts'

/** Whose rows may be touched: these workspaces, and in each all products or some. An empty scope matches nothing. */
export type Scope = readonly { workspaceId: string; products: 'all' | readonly ProductKey[] }[]

/** The scope as a condition on a table that has a workspace and a product. */
export function inScope(table: { workspaceId: Column; product: Column }, scope: Scope): SQL {
  const whole = scope.filter((grant) => grant.products === 'all').map((grant) => grant.workspaceId)
  const conditions: (SQL | undefined)[] = whole.length === 0 ? [] : [inArray(table.workspaceId, whole)]
  for (const { workspaceId, products } of scope) {
    if (products !== 'all') conditions.push(and(eq(table.workspaceId, workspaceId), inArray(table.product, [...products])))
  }
  return or(...conditions) ?? sql`false`
}
