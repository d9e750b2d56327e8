import type { SessionAnswer } from '#contract/session.ts'

/**
 * Whether the page to sign in is of use: not while nobody can, and to whoever is in already only to come in as somebody
 * other than Cloudflare Access says.
 */
export const maySignIn = ({ me, signIn }: SessionAnswer) =>
  me ? me.method === 'access' && signIn.methods.includes('local') : !signIn.onlySetup
