import {
  type AfterFact,
  type Failover,
  isRunning,
  lateAtOf,
  measuredOf,
  oldOnes,
  transitionMs,
} from '#contract/failover.ts'
import { shortId } from '#web/ui/names.ts'
import { preciseText } from '#web/ui/time.ts'

/** How far is a failover, and how did it end? What a person is shown, out of the facts. Pure. */

export type Phase = {
  id: 'sent' | 'accepted' | 'demoted' | 'promoted' | 'confirmed'
  word: string
  meaning: string
  /**
   * `current` is waited for · `unclear` no answer came · `unseen` it happened while nobody looked ·
   * `failed` it did not happen ·
   * `skipped` it was never come to.
   */
  state: 'done' | 'current' | 'waiting' | 'unclear' | 'unseen' | 'failed' | 'skipped'
  /** Since the phase before it, milliseconds; null unless done. */
  tookMs: number | null
}

const words: Record<Phase['id'], readonly [word: string, meaning: string]> = {
  sent: ['Sent', 'Written down, then sent to Cloudflare once'],
  accepted: ['Accepted', 'Cloudflare took the request'],
  demoted: ['Demoted', 'Cloudflare no longer reports the old one active'],
  promoted: ['Promoted', 'Cloudflare reports the new one active'],
  confirmed: ['Confirmed', 'A read after the request showed both'],
}

/** The five phases in their order. */
export function phasesOf(failover: Failover): Phase[] {
  const { state, sentAt, acceptedAt, demotedAt, promotedAt, endedAt } = failover
  const running = isRunning(state)
  const times: readonly [Phase['id'], number | null][] = [
    ['sent', sentAt],
    ['accepted', acceptedAt],
    ['demoted', demotedAt],
    ['promoted', promotedAt],
    ['confirmed', state === 'confirmed' ? endedAt : null],
  ]
  let previousAt = failover.requestedAt
  let waitedFor = false
  return times.map(([id, at]) => {
    const [word, meaning] = words[id]
    const of = (state: Phase['state'], tookMs: number | null = null): Phase => ({
      id,
      word,
      meaning,
      state,
      tookMs,
    })
    if (at !== null) {
      const tookMs = Math.max(0, at - previousAt)
      previousAt = Math.max(previousAt, at)
      return of('done', tookMs)
    }
    if (id === 'accepted' && state === 'rejected') return of('failed')
    // The answer got lost; what came after it is seen by reading.
    if (id === 'accepted' && state !== 'sending') return of('unclear')
    if (state === 'rejected') return of('skipped')
    // It is confirmed, so it happened; nobody looked at the time.
    if (state === 'confirmed') return of('unseen')
    if (!running) return of('failed')
    if (waitedFor) return of('waiting')
    waitedFor = true
    return of('current')
  })
}

/** What who started it does or did. */
export function deedOf(failover: Failover): string {
  if (isRunning(failover.state)) return 'is failing over'
  return isDone(failover) ? 'failed over' : 'tried to fail over'
}

export type Ending = { tone: 'info' | 'good' | 'warn' | 'bad'; title: string; text: string }

/**
 * Where it stands, in a title and a sentence.
 *
 * @param ms since it was sent, while it runs.
 */
export function endingOf(failover: Failover, ms: number): Ending {
  const { state, detail, endedAt } = failover
  const lateAt = lateAtOf(failover)
  const target = shortId(failover.to.connectorId)
  const startedAt = failover.sentAt ?? failover.requestedAt
  const took = endedAt === null ? '' : secondsText(endedAt - startedAt)
  switch (state) {
    case 'sending':
      return { tone: 'info', title: 'Sending…', text: 'The request is on its way to Cloudflare.' }
    case 'accepted':
      return (
        slowSwitchOf(failover, ms) ?? {
          tone: 'info',
          title: 'Accepted. Checking what is active…',
          text: `Tandem reads the connectors until Cloudflare reports ${target} active and connected, for 60 s at most.`,
        }
      )
    case 'unknown':
      return (
        (ms > transitionMs ? slowSwitchOf(failover, ms) : null) ?? {
          tone: 'warn',
          title: `${failover.acceptedAt === null ? 'No clear answer' : 'Accepted, then interrupted'}. Checking what is active…`,
          text:
            detail ?? 'The request is not sent again; Tandem reads the connectors until they tell.',
        }
      )
    case 'rejected':
      return {
        tone: 'bad',
        title: 'Cloudflare refused',
        // Its own words, where there are no others, stand below.
        text: `${detail === null ? 'It gave no reason. ' : detail === saidOf(failover) ? '' : `${detail} `}Nothing has changed: Cloudflare reported ${namesOf(failover.activeNow)} active just before.`,
      }
    case 'confirmed':
      return {
        tone: isUndone(failover) ? 'bad' : 'good',
        title: `${detail ? 'Confirmed afterwards' : `Confirmed after ${took}`}${isUndone(failover) ? ', but not for long' : ''}`,
        text: `${detail ? `${detail} ` : ''}Cloudflare reported ${target} active${
          isUndone(failover)
            ? `, then ${namesOf(lastActiveOf(failover))}.`
            : '. That means connected: whether the services behind it answer, only the site can tell.'
        }`,
      }
    case 'other-active':
      return {
        tone: 'bad',
        title: 'Another connector became active',
        text: detail ?? `Cloudflare reported ${namesOf(failover.activeNow)} active, not ${target}.`,
      }
    case 'not-confirmed':
      return lateAt === null
        ? {
            tone: 'bad',
            title: `Not confirmed after ${took}`,
            text: detail ?? `Cloudflare reported ${namesOf(failover.activeNow)} active.`,
          }
        : {
            tone: isUndone(failover) ? 'bad' : 'warn',
            title: `Late: ${target} was active and connected after ${secondsText(lateAt - startedAt)}${isUndone(failover) ? ', but not for long' : ''}`,
            text: `It was not confirmed within ${took}; Cloudflare reported it active and connected later${isUndone(failover) ? `, then ${namesOf(lastActiveOf(failover))}` : ''}.`,
          }
    default:
      return state satisfies never
  }
}

/** As the proxy writes it into its sentences. */
const saidOf = ({ cloudflare }: Failover): string =>
  cloudflare.map(({ code, message }) => `${message} (${code})`).join('; ')

/** What Cloudflare said, where the sentence above does not say it; null: nothing more. */
export function ownWordsOf(failover: Failover): string | null {
  const [said, { detail }] = [saidOf(failover), failover]
  return said === '' || (detail !== said && detail?.includes(said)) ? null : said
}

/** Ids of those that were active when it was last looked for this failover: under way, or in the ten minutes after. */
export const lastActiveOf = ({ activeNow, afterwards }: Failover): string[] =>
  afterwards.at(-1)?.activeNow ?? activeNow

/** The traffic came to the target, and left it again within the ten minutes after. */
export function isUndone(failover: Failover): boolean {
  if (failover.afterwards.length === 0 || !isDone(failover)) return false
  const actives = lastActiveOf(failover)
  return actives.length !== 1 || actives[0] !== failover.to.connectorId
}

/** What the connectors showed, in time or late. */
export const isDone = (failover: Failover): boolean =>
  failover.state === 'confirmed' || lateAtOf(failover) !== null

/**
 * Both machines and the way between them, as they were seen last. What is not active may be passive or gone: that
 * is not told.
 */
export function handoverOf(failover: Failover) {
  const actives = lastActiveOf(failover)
  const roleOf = (isActive: boolean) => (isActive ? 'active' : 'not-active')
  const from = roleOf(oldOnes(failover).some((id) => actives.includes(id)))
  const to = roleOf(actives.includes(failover.to.connectorId))
  const isOpen = isRunning(failover.state)
  const isMoved = from === 'not-active' && to === 'active' && (isOpen || isDone(failover))
  const way = isMoved ? 'moved' : isOpen ? 'planned' : isUndone(failover) ? 'undone' : 'stayed'
  return { from, to, way } as const
}

/** A switch has a moment with nobody active, or with two; when it lasts, that is no moment any more. */
function slowSwitchOf({ activeNow }: Failover, ms: number): Ending | null {
  if (activeNow.length === 1) return null
  const isSlow = ms > transitionMs
  const nobody = activeNow.length === 0
  if (!isSlow) {
    return {
      tone: 'warn',
      title: nobody
        ? 'Switching: no connector is active'
        : `Switching: ${activeNow.length} are active`,
      text: 'That is how a switch looks for some seconds. Tandem goes on reading the connectors.',
    }
  }
  return {
    tone: 'bad',
    title: nobody
      ? 'No connector is active'
      : `Cloudflare reports ${namesOf(activeNow)} active at once`,
    text: `More than ${transitionMs / 1000} s after the request this is longer than a switch takes. Tandem goes on reading the connectors.`,
  }
}

const aftermaths: Record<AfterFact['kind'], (names: string, target: string) => string> = {
  late: (_, target) => `${target} is active and connected after all.`,
  restored: (_, target) => `${target} is active again.`,
  'flipped-back': (names) => `The traffic went back: ${names} is active again.`,
  'moved-on': (names) => `Another connector became active: ${names}.`,
  'none-active': () => 'No connector is active any more.',
  'several-active': (names) => `Cloudflare reports ${names} active at once.`,
}

/** What was seen after the end, oldest first. */
export const aftermathOf = ({ afterwards, to }: Failover): { at: number; sentence: string }[] =>
  afterwards.map(({ at, kind, activeNow }) => ({
    at,
    sentence: aftermaths[kind](namesOf(activeNow), shortId(to.connectorId)),
  }))

/** How long its parts took, as names and values; only what is known. */
export function figuresOf(failover: Failover): { name: string; value: string }[] {
  const { demotionMs, vacantMs, promotionMs } = measuredOf(failover)
  const rows: readonly [string, number | null][] = [
    ['Demotion', demotionMs],
    ['Without an active connector', vacantMs],
    ['Promotion', promotionMs],
  ]
  return rows.flatMap(([name, ms]) =>
    ms === null ? [] : [{ name, value: ms === 0 ? 'none seen' : secondsText(ms) }],
  )
}

/** A length of a failover: `5.2 s`, `60 s`. Always seconds, because they are what is counted. */
export const secondsText = (ms: number): string =>
  ms < 59_950 ? preciseText(ms) : `${Math.round(ms / 1000)} s`

/** `1bedc50d and 8f0c3a11`, or that there is none. */
export const namesOf = (connectorIds: readonly string[]): string =>
  connectorIds.length === 0 ? 'no connector' : connectorIds.map(shortId).join(' and ')

/** Milliseconds since it was sent: running, or until its end. */
export function elapsedMs(failover: Failover, now: number): number {
  return Math.max(0, (failover.endedAt ?? now) - (failover.sentAt ?? failover.requestedAt))
}
