import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** A stand-in for Cloudflare Access: a team's key, and what it signs with it. */

export const team = 'https://tandem.cloudflareaccess.com'
export const audience = 'a'.repeat(64)

export async function createAccessTeam() {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }
  return {
    /** What it publishes. */
    keys: { keys: [jwk] },
    /**
     * A token for this application, good for a day.
     *
     * @param at milliseconds.
     * @param change claims that are to be others.
     */
    sign(email: string, at: number, change: Record<string, unknown> = {}): Promise<string> {
      const seconds = Math.floor(at / 1000)
      return new SignJWT({
        type: 'app',
        sub: `sub of ${email}`,
        email,
        iss: team,
        aud: audience,
        iat: seconds,
        exp: seconds + 86_400,
        ...change,
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .sign(privateKey)
    },
  }
}
