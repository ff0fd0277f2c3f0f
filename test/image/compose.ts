import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A service as the compose file has it, its variables replaced by their defaults. */
export type ComposeService = {
  image: string
  build?: { target: string }
  command?: string[]
  environment?: Record<string, string | number>
  secrets?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  profiles?: string[]
}

type Compose = { services: Record<string, ComposeService>; secrets: Record<string, { file: string }> }

const file = new URL('../../docker/compose.yaml', import.meta.url)

/** As it is written. */
export function parseCompose(): Compose {
  return parse(readFileSync(file, 'utf8'), { merge: true })
}

export function readCompose(): Compose {
  return JSON.parse(JSON.stringify(parseCompose()).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'))
}
