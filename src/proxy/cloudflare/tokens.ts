import { CfTokenVerification } from '#contract/cloudflare.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import type { TokenPermission, TokenState } from '#contract/session.ts'
import { ProblemError } from '../problem.ts'
import type { Client, Tokens } from './client.ts'
import { toAt } from './translate.ts'

/**
 * How the tokens fare, in words. Cloudflare's verify addresses tell about expiry, but each of them calls
 * good tokens of the other kind invalid; only a real list call decides whether a token works.
 */
type Fare = Pick<TokenState, 'verdict' | 'sentence' | 'expiresAt'>

type Verification = CfTokenVerification | 'unknown' | null

/** How a verify address answers for a token that it does not know. */
const refusals = new Set<ProblemKind>([
  'token-rejected',
  'permission-missing',
  'refused-by-cloudflare',
])

/** What Cloudflare says of a token that it knows; another word, or none, tells nothing. */
const statuses = new Set<string | undefined>(['active', 'disabled', 'expired'])

/** Of a token that only a change would try, or has to try again. */
const unproven: Fare = {
  verdict: 'unchecked',
  sentence: 'Cloudflare knows it. What it may change shows with the first change.',
  expiresAt: null,
}

/** Of a single token that no change has tried yet. */
const readingWorks = 'Reading works. What it may change shows with the first change.'

/** Cloudflare is asked this often about a token that it knows, because nothing else tells its end; sooner while in doubt. */
const everyMs = 86_400_000
const doubtEveryMs = 600_000

const unchecked: Fare = { verdict: 'unchecked', sentence: 'Not checked yet.', expiresAt: null }

export function createTokenWatch(deps: {
  client: Client
  tokens: Tokens
  accountId: string
  now: () => number
  onChange: () => void
}) {
  const { client, tokens, accountId, now } = deps
  const fares = { read: unchecked, write: unchecked }
  /** When Cloudflare last said something about each; kept apart, because it is no change worth telling. */
  const heardAt: Record<'read' | 'write', number | null> = { read: null, write: null }
  /** Counts what changed our mind, so that an answer that comes after does not turn it back. */
  let turns = 0
  /** How a listing was last refused; null: none was since the last that worked. */
  let refusedAs: ProblemError['kind'] | null = null
  /** Accounts in which a change was refused, while the verdict on writing is that. */
  const refusedIn = new Set<string>()
  let readingDueAt = 0
  let writingDueAt = 0

  function set(which: 'read' | 'write', fare: Fare) {
    if (JSON.stringify(fares[which]) === JSON.stringify(fare)) return
    fares[which] = fare
    deps.onChange()
  }

  /** What the verify addresses know: status and end; that neither knows the token; or null, no answer. */
  async function verify(which: 'read' | 'write'): Promise<Verification> {
    for (const name of ['accountTokenVerify', 'userTokenVerify'] as const) {
      const isOfAccount = name === 'accountTokenVerify'
      try {
        const answer = await client.call(name, isOfAccount ? { accountId } : {}, {
          purpose: 'look',
          withWriting: which === 'write',
        })
        return CfTokenVerification.parse(answer.result)
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        // One refusal may only mean the wrong kind of address; anything else won't get better by asking.
        if (!refusals.has(error.kind) && !(isOfAccount && error.kind === 'not-found')) return null
      }
    }
    return 'unknown'
  }

  /** The same of the writing token; where its status tells nothing, it is none only if it can't list either. */
  async function verifyWriting(): Promise<Verification> {
    const known = await verify('write')
    if (known === null || (known !== 'unknown' && statuses.has(known.status))) return known
    const query = { is_deleted: false, per_page: 1 }
    return client
      .call('tunnelList', { accountId }, { purpose: 'look', withWriting: true, query })
      .then(
        () =>
          CfTokenVerification.parse({ ...(known === 'unknown' ? {} : known), status: 'active' }),
        (error: unknown) => (error instanceof ProblemError && isRefusal(error) ? 'unknown' : null),
      )
  }

  /**
   * Called with the end of every listing; null: it worked. Verifies only when the verdict changes, and now and
   * then.
   */
  async function noticeListing(error: ProblemError | null) {
    const isHeard = !error || isRefusal(error)
    if (isHeard) heardAt.read = now()
    const isKnown = error
      ? isRefusal(error) && error.kind === refusedAs
      : fares.read.verdict === 'works' && now() < readingDueAt
    if (!isKnown) await judgeListing(error)
    if (isHeard && now() >= writingDueAt) await judgeWriting()
  }

  async function judgeListing(error: ProblemError | null) {
    const { verdict, expiresAt } = fares.read
    if (!error) {
      if (refusedAs !== null) doubtWriting()
      refusedAs = null
      const turn = ++turns
      set('read', { verdict: 'works', sentence: 'Works.', expiresAt })
      // Before the call: the next listing must not ask once more.
      readingDueAt = now() + doubtEveryMs
      const known = await verify('read')
      if (turn !== turns || known === null) return
      readingDueAt = now() + everyMs
      if (known !== 'unknown') set('read', { ...fares.read, expiresAt: toAt(known.expires_on) })
    } else if (isRefusal(error)) {
      refusedAs = error.kind
      // At once, so that the page does not wait for the reason behind the reason.
      const turn = ++turns
      if (verdict === 'works' || verdict === 'unchecked' || verdict === 'unreachable')
        set('read', { verdict: 'rejected', sentence: error.message, expiresAt: null })
      const known = await verify('read')
      if (turn === turns) set('read', refusalOf(error, known))
    } else if (verdict === 'unchecked') {
      set('read', { ...unchecked, verdict: 'unreachable', sentence: error.message })
    }
  }

  /** A single token that was refused a change may have been given the permission, or come back, since. */
  function doubtWriting() {
    const isMissing = fares.write.verdict === 'permission-missing'
    if (tokens.read === tokens.write && isMissing) set('write', unproven)
  }

  /**
   * What a token may write can't be found out without writing, but whether Cloudflare knows a second one,
   * and until when, can.
   *
   * @param isAsked somebody wants to know: a missing permission may have been given to it since.
   */
  async function judgeWriting(isAsked = false) {
    const { write } = tokens
    if (tokens.read === write) {
      if (isAsked && fares.read.verdict === 'works') doubtWriting()
      return
    }
    // Before the call: the next listing must not ask once more.
    writingDueAt = now() + doubtEveryMs
    const known = await verifyWriting()
    if (known === null || tokens.write !== write) return
    heardAt.write = now()
    if (known !== 'unknown' && known.status === 'active') writingDueAt = now() + everyMs
    const { verdict } = fares.write
    if (known !== 'unknown' && known.status === 'active') {
      const expiresAt = toAt(known.expires_on)
      const isTold = verdict === 'works' || (verdict === 'permission-missing' && !isAsked)
      set('write', isTold ? { ...fares.write, expiresAt } : { ...unproven, expiresAt })
    } else {
      set('write', refusalOf(new ProblemError('token-rejected', 'Cloudflare rejected it.'), known))
    }
  }

  /**
   * Somebody wants to know now.
   *
   * @param error how a listing has just ended; null: it worked
   */
  async function recheck(error: ProblemError | null) {
    if (!error || isRefusal(error)) heardAt.read = now()
    await judgeListing(error)
    await judgeWriting(true)
  }

  /**
   * Called with the end of every write. A missing permission tells that the token lacks Write in that account, whatever
   * else it can, and wherever else; a change that is refused for a reason of its own tells nothing of the others.
   */
  function noticeWrite(error: ProblemError | null, accountId: string) {
    if (!error || error.kind === 'permission-missing') heardAt.write = now()
    // Whether Cloudflare knows it at all is asked after the next listing.
    if (error && isRefusal(error)) writingDueAt = 0
    if (error?.kind === 'permission-missing') {
      if (fares.write.verdict !== 'permission-missing') refusedIn.clear()
      refusedIn.add(accountId)
      set('write', {
        verdict: 'permission-missing',
        sentence: `Reading works, changing does not: ${error.message}`,
        expiresAt: fares.write.expiresAt,
      })
    } else if (!error) {
      refusedIn.delete(accountId)
      const isElsewhere = fares.write.verdict === 'permission-missing' && refusedIn.size > 0
      if (fares.write.verdict === 'works' || isElsewhere) return
      set('write', { verdict: 'works', sentence: 'Works.', expiresAt: fares.write.expiresAt })
    }
  }

  /** Why no change would be taken in that account, as far as it is known; null: nothing speaks against it. */
  function whyNotWrite(accountId: string): string | null {
    const { verdict, sentence } = fares.write
    if (verdict === 'rejected' || verdict === 'expired') return sentence
    return verdict === 'permission-missing' && refusedIn.has(accountId)
      ? 'Cloudflare refused the last change: the API token lacks “Cloudflare One Connector: WARP Write”. Once it has it, press “Check again” where the top of the page tells how Tandem is polling.'
      : null
  }

  /** The tokens were replaced: nothing is known of them. */
  function forget() {
    turns += 1
    refusedAs = null
    refusedIn.clear()
    readingDueAt = 0
    writingDueAt = 0
    fares.read = unchecked
    fares.write = unchecked
    heardAt.read = null
    heardAt.write = null
  }

  function states(): TokenState[] {
    const of = (purpose: TokenState['purpose'], which: 'read' | 'write'): TokenState => ({
      purpose,
      ...fares[which],
      lockedUntil: tokens[which].lockedUntil || null,
      permissions: permissionsOf(purpose, fares),
      checkedAt: purpose === 'writing' ? heardAt.write : heardAt.read,
    })
    if (tokens.read !== tokens.write) return [of('reading', 'read'), of('writing', 'write')]
    // Of one token, what it can't do counts for more than what it can.
    const lacksWrite =
      fares.read.verdict === 'works' && fares.write.verdict === 'permission-missing'
    const state = of('everything', lacksWrite ? 'write' : 'read')
    const isProven = fares.read.verdict !== 'works' || fares.write.verdict !== 'unchecked'
    return [isProven ? state : { ...state, sentence: readingWorks }]
  }

  return { noticeListing, noticeWrite, whyNotWrite, recheck, forget, states }
}

const isRefusal = ({ kind }: ProblemError) =>
  kind === 'token-rejected' || kind === 'permission-missing'

/** What is known of each permission that the purpose needs, and how. */
function permissionsOf(
  purpose: TokenState['purpose'],
  { read, write }: Record<'read' | 'write', Fare>,
): TokenPermission[] {
  const reading: TokenPermission = {
    group: 'WARP Read',
    ...(read.verdict === 'works'
      ? { found: 'granted', sentence: 'Cloudflare answers with the list of tunnels.' }
      : read.verdict === 'permission-missing'
        ? { found: 'missing', sentence: 'Cloudflare refuses the list of tunnels.' }
        : { found: 'not-known', sentence: silence[read.verdict] }),
  }
  // Of a single token the listing tells whether Cloudflare takes it at all.
  const bearing = purpose === 'everything' && read.verdict !== 'works' ? read : write
  const writing: TokenPermission = {
    group: 'WARP Write',
    ...(bearing.verdict === 'works'
      ? { found: 'granted', sentence: 'Cloudflare did what needs it.' }
      : write.verdict === 'permission-missing'
        ? { found: 'missing', sentence: 'Cloudflare refused a change because it is missing.' }
        : {
            found: 'not-known',
            sentence:
              bearing.verdict === 'unchecked' || bearing.verdict === 'permission-missing'
                ? 'The first change will show it: Tandem changes nothing to find out.'
                : silence[bearing.verdict],
          }),
  }
  return { everything: [reading, writing], reading: [reading], writing: [writing] }[purpose]
}

const refused = 'Cloudflare does not take the token.'
/** Why a verdict leaves it open what the token may do. */
const silence: Record<Exclude<Fare['verdict'], 'works' | 'permission-missing'>, string> = {
  unchecked: 'Cloudflare was not asked yet.',
  unreachable: 'Cloudflare did not answer.',
  rejected: refused,
  expired: refused,
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
