import { createHmac } from 'node:crypto'
import type { SecretBinding, Secrets } from '../context.ts'

/** Secrets for tests: bound to their place and recognised by digest, but not encrypted. */
export function testSecrets(key: Buffer): Secrets {
  const placeOf = (binding: SecretBinding) => [binding.workspaceId, binding.ownerId, binding.field].join('|')
  const mac = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    seal: async (plain, binding) => ({
      keyId: 'test',
      sealed: Buffer.from(JSON.stringify({ plain, mac: mac(`${placeOf(binding)}|${plain}`) })),
    }),
    open: async ({ sealed }, binding) => {
      const held: { plain: string; mac: string } = JSON.parse(sealed.toString())
      if (held.mac !== mac(`${placeOf(binding)}|${held.plain}`)) throw new Error('the sealed secret belongs to another place')
      return held.plain
    },
    digest: mac,
  }
}
