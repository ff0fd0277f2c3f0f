import { invalidInput, parseInput } from '@drayage/core/input-faults'
import { z } from 'zod'

const request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
})

export type GraphqlRequest = { query: string; variables: Record<string, unknown>; operationName?: string }

/** The body of a request, as GraphQL over HTTP has it. Fault: `input.invalid`, also for more than one at once. */
export function readRequest(body: unknown): GraphqlRequest {
  if (Array.isArray(body)) throw invalidInput([{ pointer: '', code: 'batch', message: 'Send one request at a time.' }])
  const { query, variables, operationName } = parseInput(request, body)
  return { query, variables: variables ?? {}, ...(operationName && { operationName }) }
}
