declare module 'pg-copy-streams' {
  import type { Readable, ReadableOptions, Writable, WritableOptions } from 'node:stream'
  import type { Submittable } from 'pg'

  export function from(statement: string, options?: WritableOptions): Writable & Submittable
  export function to(statement: string, options?: ReadableOptions): Readable & Submittable
}
