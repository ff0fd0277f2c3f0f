import { salesRegister } from '@drayage/core/testing/sales-register'
import type { InjectOptions } from 'fastify'
import { type Route, restFields } from './route.ts'

/** A file of GST: a document that is good and one that is not. */
export const csvFile = {
  body: salesRegister([{ number: 'A1' }, { number: 'A2', bad: true }]),
  headers: { 'content-type': 'text/csv' },
}

/** The input of an operation, each of its fields where it belongs; a change is one of version 1. */
export function restRequest(its: Route, request: { token?: string; input: Record<string, unknown> }): InjectOptions {
  const { token, input } = request
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => name in restFields(its)))
  const path = its.path.replace(/\{(\w+)\}/g, (_, name) => String(input[name]))
  const query = its.rest === 'query' ? `?${new URLSearchParams(rest as Record<string, string>)}` : ''
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(its.versioned && { 'if-match': '"1"' }),
    ...(its.bytes !== undefined && csvFile.headers),
  }
  const payload = its.bytes !== undefined ? csvFile.body : its.rest === 'body' ? rest : undefined
  return { method: its.method, url: path + query, headers, ...(payload !== undefined && { payload }) }
}
