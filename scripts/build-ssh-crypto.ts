/**
 * Builds ssh2's native crypto for the Node that runs the services (the npm package `node`), whose headers are inside
 * that package. pnpm itself may run on another Node, and a binding built for the wrong one is silently not loaded.
 * Without a compiler nothing is lost but speed: ssh2 falls back to JavaScript, and start-up says so.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const fromCore = createRequire(new URL('../packages/core/package.json', import.meta.url))
const crypto = join(dirname(fromCore.resolve('ssh2/package.json')), 'lib/protocol/crypto')
const objectWrap = fileURLToPath(new URL('object-wrap.h', import.meta.url))
const built = join(crypto, 'build')

// Frees ciphers that nobody holds any more between two turns of the event loop, as the services do all day.
const probe = `
  const { AESGCMCipher } = require(${JSON.stringify(join(built, 'Release/sshcrypto.node'))})
  for (let made = 0; made < 1000; made++) new AESGCMCipher('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12))
  gc({ type: 'major', execution: 'async' })
`

if (!works()) build()

/** Whether the binding is there, was built for this Node and survives the garbage collector. */
function works(): boolean {
  return spawnSync(process.execPath, ['--expose-gc', '-e', probe]).status === 0
}

function build(): void {
  const headers = headersOf(`node-${process.platform}-${process.arch}`)
  const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js')
  const run = spawnSync(process.execPath, [nodeGyp, 'rebuild'], {
    cwd: crypto,
    encoding: 'utf8',
    // npm hands its own settings to child processes, and node-gyp prefers them to its arguments.
    env: { ...process.env, ...(headers === undefined ? {} : { npm_config_nodedir: headers }), CXXFLAGS: `-include '${objectWrap}'` },
  })
  if (run.status === 0 && works()) {
    console.log('ssh2: native crypto built')
    return
  }
  // ssh2 would load one that is wrong as well.
  rmSync(built, { recursive: true, force: true })
  console.log('ssh2: no native crypto (is a C++ compiler installed?); the slower JavaScript one is used')
}

/**
 * Where the headers of this Node are: in the package of its platform, beside us or inside the package `node`, which
 * installs one for itself where pnpm has not kept its result from another time.
 */
function headersOf(platformPackage: string): string | undefined {
  const places = [import.meta.resolve('node/package.json'), import.meta.url].map((from) => createRequire(from))
  for (const place of places) {
    try {
      const home = dirname(place.resolve(`${platformPackage}/package.json`))
      if (existsSync(join(home, 'include/node/node_version.h'))) return home
    } catch {
      // Not there; the next place may have it.
    }
  }
  return undefined
}
