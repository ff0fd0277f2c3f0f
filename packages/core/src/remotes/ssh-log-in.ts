/**
 * Which way to try next to log in: the key first, then the password once, by the method the server offers for it. A wrong
 * password is never tried twice, because that is how accounts get locked.
 */
export type LogInMethod = 'none' | 'publickey' | 'password' | 'keyboard-interactive'

export function logInOrder(options: { hasKey: boolean; hasPassword: boolean }) {
  let { hasKey, hasPassword } = options
  /** @param offered what the server lets us go on with; null before it was asked. Undefined: there is no way left. */
  return (offered: readonly string[] | null): LogInMethod | undefined => {
    // Asking with no method at all is how to learn which there are.
    if (offered === null) return 'none'
    if (hasKey && offered.includes('publickey')) {
      hasKey = false
      return 'publickey'
    }
    const method = (['password', 'keyboard-interactive'] as const).find((way) => offered.includes(way))
    if (hasPassword && method !== undefined) {
      hasPassword = false
      return method
    }
    return undefined
  }
}
