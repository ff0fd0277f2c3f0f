import type { Transaction } from '@drayage/db/connect'
import type { Scope } from '@drayage/db/queries/scope'
import type { z } from 'zod'
import type { Permission } from './access/permissions.ts'
import { permit } from './access/permit.ts'
import { auditRefusal } from './audit/refusals.ts'
import type { Context } from './context.ts'
import { asFault, type Fault } from './faults.ts'
import { parseInput } from './input-faults.ts'

/** The way from some things to others that belong to them, for all of them at once. */
export type Edge<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  /** The id of the wire shape it leads away from. */
  readonly from: string
  readonly name: string
  readonly permission: Permission
  readonly input: Input
  readonly output: Output
  /**
   * For each thing what belongs to it, undefined for nothing, or why `ctx.actor` may not see it: one transaction,
   * however many things there are. A refusal is audited, once for each workspace. Fault: `input.invalid`.
   */
  follow(ctx: Context, things: readonly object[], input: unknown): Promise<(z.output<Output> | Fault | undefined)[]>
}

/** `permission` is asked for each workspace that the things are of; `load` is told of those only that the actor may see. */
export function edge<Thing extends object, Input extends z.ZodType, Output extends z.ZodType>(declared: {
  from: string
  name: string
  permission: Permission
  input: Input
  output: Output
  workspaceOf(thing: Thing): string
  /** Asks the database a fixed number of questions; what it returns says what belongs to a thing. */
  load(call: {
    transaction: Transaction
    scope: Scope
    things: readonly Thing[]
    input: z.output<Input>
  }): Promise<(thing: Thing) => z.input<Output> | undefined>
}): Edge<Input, Output> {
  const { from, name, permission, input, output, workspaceOf } = declared
  return {
    from,
    name,
    permission,
    input,
    output,
    follow: async (ctx, raw, rawInput) => {
      const parsed = parseInput(input, rawInput)
      const things = raw as readonly Thing[]
      const permitted = new Map([...new Set(things.map(workspaceOf))].map((id) => [id, permittedIn(ctx, permission, id)]))
      for (const [workspaceId, answer] of permitted) {
        if ('refusal' in answer && answer.refusal.kind === 'forbidden')
          await auditRefusal(ctx, { operation: `${from}.${name}`, workspaceId })
      }
      const scope = [...permitted.values()].flatMap((answer) => ('refusal' in answer ? [] : answer.scope))
      const seen = things.filter((thing) => scope.some((grant) => grant.workspaceId === workspaceOf(thing)))
      const of =
        seen.length === 0
          ? () => undefined
          : await ctx.db.inWorkspace(
              scope.map((grant) => grant.workspaceId),
              (transaction) => declared.load({ transaction, scope, things: seen, input: parsed }),
            )
      return things.map((thing) => {
        const answer = permitted.get(workspaceOf(thing))
        if (answer !== undefined && 'refusal' in answer) return answer.refusal
        const found = of(thing)
        return found === undefined ? undefined : output.parse(found)
      })
    },
  }
}

function permittedIn(ctx: Context, permission: Permission, workspaceId: string): { scope: Scope } | { refusal: Fault } {
  try {
    return { scope: permit(ctx.actor, { permission, workspaceId }) }
  } catch (error) {
    const refusal = asFault(error)
    if (refusal === undefined) throw error
    return { refusal }
  }
}
