import type { Transaction } from '@drayage/db/connect'
import type { Scope } from '@drayage/db/queries/scope'
import type { ProductKey } from '@drayage/db/vocabulary'
import type { z } from 'zod'
import type { Permission } from './access/permissions.ts'
import { permit } from './access/permit.ts'
import { auditRefusal } from './audit/refusals.ts'
import type { Context } from './context.ts'
import { asFault } from './faults.ts'
import { parseInput } from './input-faults.ts'

/**
 * Something people and ERPs can do, declared once; REST and GraphQL each bind it in a line. `name` is its GraphQL field
 * and its OpenAPI operationId.
 */
export type Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  readonly name: string
  readonly permission: Permission
  readonly input: Input
  readonly output: Output
  /**
   * Does it for `ctx.actor`: all of it or, when it throws, nothing. What comes back has passed the output schema, so that
   * nothing else of a row can leave. A refusal is audited. Faults: `input.invalid`, those of `permit`, and the operation's
   * own.
   */
  run(ctx: Context, input: unknown): Promise<z.output<Output>>
}

/** What an operation has at hand: one transaction, opened for the scope's workspaces, that all it does belongs to. */
export type Call<Input> = { ctx: Context; transaction: Transaction; scope: Scope; input: Input }

type Declared<Input extends z.ZodType, Output extends z.ZodType, Given> = {
  name: string
  permission: Permission
  /** Of what it is about, where its input does not say so. */
  product?: ProductKey
  input: Input
  output: Output
  run(call: Given): Promise<z.input<Output>>
}

/**
 * The permission is checked against `workspaceId` and `product` of the input, where it has them, and the declared product
 * otherwise; an operation on a thing named by its id looks it up within `scope`.
 */
export function operation<Input extends z.ZodType<Record<string, unknown>>, Output extends z.ZodType>(
  declared: Declared<Input, Output, Call<z.output<Input>>>,
): Operation<Input, Output> {
  return operationInSteps({
    ...declared,
    run: ({ ctx, scope, input }) => {
      const workspaceIds = scope.map((grant) => grant.workspaceId)
      return ctx.db.inWorkspace(workspaceIds, (transaction) => declared.run({ ctx, transaction, scope, input }))
    },
  })
}

/**
 * An operation that opens its transactions itself, because something slow lies between them or because what it records
 * must stay when it is refused.
 */
export function operationInSteps<Input extends z.ZodType<Record<string, unknown>>, Output extends z.ZodType>(
  declared: Declared<Input, Output, Omit<Call<z.output<Input>>, 'transaction'>>,
): Operation<Input, Output> {
  const { name, permission, input, output } = declared
  return {
    name,
    permission,
    input,
    output,
    run: async (ctx, raw) => {
      const parsed = parseInput(input, raw)
      const { workspaceId, product = declared.product }: { workspaceId?: string; product?: ProductKey } = parsed
      try {
        const scope = permit(ctx.actor, { permission, workspaceId, product })
        return output.parse(await declared.run({ ctx, scope, input: parsed }))
      } catch (error) {
        if (asFault(error)?.kind === 'forbidden') await auditRefusal(ctx, { operation: name, workspaceId, product })
        throw error
      }
    },
  }
}
