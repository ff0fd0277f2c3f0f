import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openApi } from './docs/openapi.ts'
import { schemaText } from './graphql/schema.ts'

// What is derived from the operations and committed, so that a change of the contract is seen in review: `pnpm generate`
// writes it, `pnpm check` looks whether it was written.

const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const files = {
  '../generated/openapi.json': `${JSON.stringify(openApi({ version }), null, 2)}\n`,
  '../generated/schema.graphql': schemaText(),
}

for (const [path, content] of Object.entries(files)) {
  const file = fileURLToPath(new URL(path, import.meta.url))
  if (process.argv.includes('--check')) {
    if (contentOf(file) === content) continue
    console.error(`${file} is not what the operations say. Regenerate it: pnpm generate`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
