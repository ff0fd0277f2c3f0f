import type { Operation } from '@drayage/core/operation'
import { z } from 'zod'
import type { Quotas } from '../admission.ts'
import { bytesField } from './files.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One operation at one address. Fields of the input come from the path, from If-Match, and the others as `rest` says. */
export type Route = {
  method: Method
  /** As OpenAPI writes it; what stands in braces is a field of the input. */
  path: string
  operation: Operation
  /** Of a reply that tells of success. */
  status: number
  /** Where the thing that was made can be read; its id follows. */
  at?: string
  /** With `Prefer: wait=N` a reply waits, N seconds at most, until this is so. */
  until?(reply: Record<string, unknown>): boolean
  /** What it costs besides a request. */
  quota?: keyof Quotas
  pathFields: readonly string[]
  /** `expectedVersion` is a field: the change takes If-Match. */
  versioned: boolean
  /** The field that is the body, as it comes. */
  bytes?: string
  /** Where fields that are neither in the path nor in If-Match stand. */
  rest: 'query' | 'body'
  fields: Readonly<Record<string, z.ZodType>>
}

export function route(
  line: `${Method} /${string}`,
  operation: Operation,
  options: Partial<Pick<Route, 'status' | 'at' | 'until' | 'quota'>> = {},
): Route {
  const [method, path] = line.split(' ') as [Method, string]
  if (!(operation.input instanceof z.ZodObject)) throw new Error(`the input of ${operation.name} is no object`)
  const fields: Record<string, z.ZodType> = operation.input.shape
  const pathFields = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  for (const name of pathFields) if (!(name in fields)) throw new Error(`${line}: ${operation.name} has no field ${name}`)
  const bytes = bytesField(fields)
  return {
    method,
    path,
    operation,
    status: 200,
    ...options,
    pathFields,
    versioned: 'expectedVersion' in fields,
    bytes,
    rest: method === 'GET' || method === 'DELETE' || bytes !== undefined ? 'query' : 'body',
    fields,
  }
}

/** The fields that a caller sends in the query or the body. */
export function restFields(its: Route): Record<string, z.ZodType> {
  const taken = [...its.pathFields, 'expectedVersion', its.bytes]
  return Object.fromEntries(Object.entries(its.fields).filter(([name]) => !taken.includes(name)))
}
