import { createRequire } from 'node:module'

const fromCore = createRequire(new URL('../../packages/core/package.json', import.meta.url))

/** Which of its two implementations ssh2 uses here: it takes the native one, if that was built for this very Node, without a word. */
export function sshCrypto(): 'native' | 'JavaScript' {
  const { bindingAvailable }: { bindingAvailable: boolean } = fromCore('ssh2/lib/protocol/crypto.js')
  return bindingAvailable ? 'native' : 'JavaScript'
}
