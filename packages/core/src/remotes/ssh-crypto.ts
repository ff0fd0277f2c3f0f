import { createRequire } from 'node:module'

/**
 * Which of its two implementations of ciphers ssh2 uses in this process: it takes the native one if that was built for
 * this very Node, and says nothing where it was not. The JavaScript one is right as well, and slower.
 */
export function sshCrypto(): 'native' | 'JavaScript' {
  const { bindingAvailable }: { bindingAvailable: boolean } = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js')
  return bindingAvailable ? 'native' : 'JavaScript'
}
