import { type Pairing, type PairingState, screenLinkMs } from '#contract/people.ts'
import type { Problem } from '#contract/problem.ts'
import { kindOf, toProblem } from '#web/api/client.ts'

/**
 * How a screen comes by its access: with a one-time link if it has one, else with a code that it shows until
 * somebody approves it. It goes on by itself for as long as it takes: nobody stands in front of it.
 */

export type Progress =
  | { state: 'starting' }
  /** A one-time link is being redeemed. */
  | { state: 'redeeming'; problem: Problem | null }
  /** `problem`: what keeps it from being heard now, or why the link opened nothing. */
  | { state: 'showing'; code: string; endsAt: number; problem: Problem | null }
  /** There is no code to show; it is asked for again at `againAt`. */
  | { state: 'waiting'; problem: Problem; againAt: number }
  | { state: 'paired'; view: string }

export type PairParts = {
  /** The secret of a one-time link, or empty. */
  link: string
  begin: () => Promise<Pairing>
  claim: (secret: string) => Promise<PairingState>
  /** The page that this browser is for, if it is a screen by now: an answer may have been lost. */
  look: () => Promise<string | null>
  sleep: (ms: number) => Promise<void>
  /** Epoch ms; only differences count, so a clock that is wrong does no harm. */
  now: () => number
  tell: (progress: Progress) => void
  signal: AbortSignal
}

export const askEveryMs = 2000
/** When something is wrong: soon enough for who waits, rare enough for who is to recover. */
export const patienceMs = 5000
const longestPatienceMs = 60_000

/** Ends once the access is there, or when `signal` says so. */
export async function pair(parts: PairParts): Promise<void> {
  const { link, begin, now, sleep, tell, signal } = parts
  // Whoever calls may take it back at once; then nothing is asked for, and a link stays good.
  await Promise.resolve()
  let told: Problem | null = null
  if (link !== '' && !signal.aborted) {
    tell({ state: 'redeeming', problem: null })
    const end = await claimUntil(parts, link, now() + screenLinkMs, (problem) =>
      tell({ state: 'redeeming', problem }),
    )
    if (signal.aborted) return
    if (end.view !== null) return tell({ state: 'paired', view: end.view })
    told = end.problem
  }
  while (!signal.aborted) {
    const begun = await begin().catch(toProblem)
    if (signal.aborted) return
    if (!('secret' in begun)) {
      const ms = Math.min(Math.max((begun.retryAt ?? 0) - now(), patienceMs), longestPatienceMs)
      tell({ state: 'waiting', problem: begun, againAt: now() + ms })
      await sleep(ms)
      continue
    }
    const endsAt = now() + screenLinkMs
    const show = (problem: Problem | null) =>
      tell({ state: 'showing', code: begun.code, endsAt, problem: problem ?? told })
    show(null)
    const end = await claimUntil(parts, begun.secret, endsAt, show)
    if (signal.aborted) return
    if (end.view !== null) return tell({ state: 'paired', view: end.view })
    // That a code is over needs no words: the next one is there.
    told = null
  }
}

/** Asks until the access is there, or the secret is good no more. `tell` hears of what is in the way. */
async function claimUntil(
  { claim, look, now, sleep, signal }: PairParts,
  secret: string,
  until: number,
  tell: (problem: Problem | null) => void,
): Promise<{ view: string } | { view: null; problem: Problem | null }> {
  let problem: Problem | null = null
  while (!signal.aborted && now() < until) {
    const answer = await claim(secret).catch(toProblem)
    if (signal.aborted) break
    if ('view' in answer) return { view: answer.view }
    if (!('type' in answer)) {
      if (problem) tell(null)
      problem = null
    } else if (kindOf(answer) === 'link-spent') {
      const view = await look().catch(() => null)
      return view === null ? { view, problem: answer } : { view }
    } else {
      problem = answer
      tell(problem)
    }
    await sleep(problem ? patienceMs : askEveryMs)
  }
  return { view: null, problem }
}
