import type { Context } from '../context.ts'
import { newId } from '../id.ts'
import { type AccessTokenClaims, credentialsOf, tokenLifeSeconds } from './credentials.ts'

/** A new access token, and for how many seconds it is good. @param wanted.lifeSeconds at most, if it is shorter than usual */
export async function accessToken(
  ctx: Context,
  wanted: Pick<AccessTokenClaims, 'aud' | 'sub' | 'client_id' | 'scope' | 'sid'> & { lifeSeconds?: number },
): Promise<{ token: string; expiresIn: number }> {
  const { issuer, sign } = credentialsOf(ctx)
  const { lifeSeconds = tokenLifeSeconds, ...claims } = wanted
  const expiresIn = Math.min(tokenLifeSeconds, Math.floor(lifeSeconds))
  // What reads it compares with the clock of its machine.
  const iat = Math.floor(Date.now() / 1000)
  return { token: await sign({ iss: issuer, ...claims, jti: newId(), iat, exp: iat + expiresIn }), expiresIn }
}
