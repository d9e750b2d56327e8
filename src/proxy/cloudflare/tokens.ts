import { CfTokenVerification } from '#contract/cloudflare.ts'
import type { TokenState } from '#contract/session.ts'
import { ProblemError } from '../problem.ts'
import type { Client, Tokens } from './client.ts'
import { toAt } from './translate.ts'

/**
 * How the tokens fare, in words. Cloudflare's verify addresses tell about expiry, but each of them calls
 * good tokens of the other kind invalid; only a real list call decides whether a token works.
 */
type Fare = Pick<TokenState, 'verdict' | 'sentence' | 'expiresAt'>

type Verification = CfTokenVerification | 'unknown' | null

const unchecked: Fare = { verdict: 'unchecked', sentence: 'Not checked yet.', expiresAt: null }

export function createTokenWatch(deps: {
  client: Client
  tokens: Tokens
  accountId: string
  onChange: () => void
}) {
  const { client, tokens, accountId } = deps
  const fares = { read: unchecked, write: unchecked }
  /** Counts what changed our mind, so that an answer that comes after does not turn it back. */
  let turns = 0

  function set(which: 'read' | 'write', fare: Fare) {
    if (JSON.stringify(fares[which]) === JSON.stringify(fare)) return
    fares[which] = fare
    deps.onChange()
  }

  /** What the verify addresses know: status and end; that neither knows the token; or null, no answer. */
  async function verify(): Promise<Verification> {
    for (const name of ['accountTokenVerify', 'userTokenVerify'] as const) {
      try {
        const ids = name === 'accountTokenVerify' ? { accountId } : {}
        const answer = await client.call(name, ids, { purpose: 'person' })
        return CfTokenVerification.parse(answer.result)
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        // One refusal may only mean the wrong kind of address; anything else won't get better by asking.
        if (
          !['token-rejected', 'permission-missing', 'refused-by-cloudflare'].includes(error.kind)
        ) {
          return null
        }
      }
    }
    return 'unknown'
  }

  /** Called with the end of every listing; null: it worked. Verifies only when the verdict changes. */
  async function noticeListing(error: ProblemError | null) {
    const { verdict } = fares.read
    if (!error) {
      if (verdict === 'works') return
      const expiresAt = fares.read.expiresAt
      const turn = ++turns
      set('read', { verdict: 'works', sentence: 'Works.', expiresAt })
      const known = await verify()
      if (turn !== turns) return
      const until = known === 'unknown' ? undefined : known?.expires_on
      set('read', { ...fares.read, expiresAt: toAt(until) ?? expiresAt })
      return
    }
    if (error.kind === 'token-rejected' || error.kind === 'permission-missing') {
      if (verdict !== 'works' && verdict !== 'unchecked' && verdict !== 'unreachable') return
      // At once, so that the page does not wait for the reason behind the reason.
      const turn = ++turns
      set('read', { verdict: 'rejected', sentence: error.message, expiresAt: null })
      const known = await verify()
      if (turn === turns) set('read', refusalOf(error, known))
      return
    }
    if (verdict === 'unchecked')
      set('read', { ...unchecked, verdict: 'unreachable', sentence: error.message })
  }

  /** Called with the end of every write. A 403 tells that the token lacks Write, whatever else it can. */
  function noticeWrite(error: ProblemError | null) {
    if (error?.kind === 'permission-missing') {
      set('write', {
        verdict: 'permission-missing',
        sentence: `Reading works, changing does not: ${error.message}`,
        expiresAt: fares.write.expiresAt,
      })
    } else if (!error && fares.write.verdict !== 'works') {
      set('write', { verdict: 'works', sentence: 'Works.', expiresAt: fares.write.expiresAt })
    }
  }

  /** The tokens were replaced: nothing is known of them. */
  function forget() {
    turns += 1
    fares.read = unchecked
    fares.write = unchecked
  }

  function states(): TokenState[] {
    const of = (purpose: TokenState['purpose'], which: 'read' | 'write'): TokenState => ({
      purpose,
      ...fares[which],
      lockedUntil: tokens[which].lockedUntil || null,
    })
    if (tokens.read !== tokens.write) return [of('reading', 'read'), of('writing', 'write')]
    // Of one token, what it can't do counts for more than what it can.
    const lacksWrite =
      fares.read.verdict === 'works' && fares.write.verdict === 'permission-missing'
    return [of('everything', lacksWrite ? 'write' : 'read')]
  }

  return { noticeListing, noticeWrite, forget, states }
}

function refusalOf(error: ProblemError, known: Verification): Fare {
  // Each kind of token is good at one of the two addresses, whatever it may do elsewhere.
  if (known === 'unknown') {
    return {
      verdict: 'rejected',
      sentence:
        'Cloudflare does not accept the API token: it was revoked, or it is not whole. Make a new one with “Cloudflare One Connector: WARP Write” and set it as CLOUDFLARE_API_TOKEN.',
      expiresAt: null,
    }
  }
  const expiresAt = toAt(known?.expires_on)
  if (known?.status === 'expired') {
    const on = expiresAt === null ? '' : ` on ${new Date(expiresAt).toISOString().slice(0, 10)}`
    return {
      verdict: 'expired',
      sentence: `The API token expired${on}. Make a new one and set it as CLOUDFLARE_API_TOKEN.`,
      expiresAt,
    }
  }
  if (known?.status === 'disabled') {
    return { verdict: 'rejected', sentence: 'The API token is disabled at Cloudflare.', expiresAt }
  }
  if (known?.status === 'active' || error.kind === 'permission-missing') {
    return {
      verdict: 'permission-missing',
      sentence:
        'The API token lacks the permission “Cloudflare One Connector: WARP Read” for this account. Add it to the token at Cloudflare.',
      expiresAt,
    }
  }
  return {
    verdict: 'rejected',
    sentence: `${error.message} Make a new token with “Cloudflare One Connector: WARP Write” and set it as CLOUDFLARE_API_TOKEN.`,
    expiresAt,
  }
}
