/**
 * Builds ssh2's native crypto for the Node that runs the services (the npm package `node`), whose headers are inside
 * that package. pnpm itself may run on another Node, and a binding built for the wrong one is silently not loaded.
 * Without a compiler nothing is lost but speed: ssh2 falls back to JavaScript, and start-up says so.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const fromCore = createRequire(new URL('../packages/core/package.json', import.meta.url))
const crypto = join(dirname(fromCore.resolve('ssh2/package.json')), 'lib/protocol/crypto')

if (!loads()) build()

function loads(): boolean {
  const probe = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(join(crypto, 'build/Release/sshcrypto.node'))})`])
  return probe.status === 0
}

function build(): void {
  const home = join(dirname(process.execPath), '..')
  const headers = [home, join(home, 'node_modules', `node-${process.platform}-${process.arch}`)].find((at) =>
    existsSync(join(at, 'include/node/node_version.h')),
  )
  const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js')
  const run = spawnSync(process.execPath, [nodeGyp, 'rebuild'], {
    cwd: crypto,
    encoding: 'utf8',
    // npm hands its own settings to child processes, and node-gyp prefers them to its arguments.
    env: { ...process.env, npm_config_nodedir: headers ?? home },
  })
  if (run.status === 0 && loads()) console.log('ssh2: native crypto built')
  else console.log('ssh2: no native crypto (is a C++ compiler installed?); the slower JavaScript one is used')
}
