import type { AfterFact, Failover } from '#contract/failover.ts'
import {
  isRunning,
  lateAtOf,
  oldOnes,
  verifyDeadlineMs,
  verifySeconds,
} from '#contract/failover.ts'
import { shortId } from '#contract/short-id.ts'

/**
 * What a read of the connectors says about a failover under way. Pure: "confirmed" only ever comes out of
 * a read that left after the PUT and showed the target active and connected and the old one not.
 */
export type Sight = {
  at: number
  /** Ids that Cloudflare reported active. */
  actives: string[]
  /** The target has a connection: Cloudflare calls a connector active for minutes after it lost its last one. */
  isConnected: boolean
}
/** `sentAt`: when the read left. */
export type Reading = Sight & { sentAt: number }

/** A look in the 60th second is waited for so long. */
const lastLookMs = 2_000

const awaySentence = 'Tandem was stopped meanwhile: when it changed, and by whom, nobody saw.'

/** A third connector, or a target without a connection, is the outcome only when still active this long after the PUT. */
const settleMs = 10_000

export function applyReading(failover: Failover, reading: Reading): Failover {
  if (
    !isRunning(failover.state) ||
    reading.sentAt < (failover.sentAt ?? Number.POSITIVE_INFINITY)
  ) {
    return failover
  }
  const { at, actives } = reading
  const target = failover.to.connectorId
  const old = oldOnes(failover)
  const others = actives.filter((id) => id !== target)
  const demoted = !old.some((id) => actives.includes(id))
  const promoted = actives.includes(target)
  // Only a Tandem that was away looks so late: what it sees began some time meanwhile, and nobody measured when.
  const wasAway = at - (failover.sentAt ?? at) > verifyDeadlineMs + lastLookMs
  const measured = {
    demotedAt: failover.demotedAt ?? (demoted ? at : null),
    promotedAt: failover.promotedAt ?? (promoted ? at : null),
    ...vacancyAfter(failover, at, actives),
  }
  const next: Failover = { ...failover, activeNow: actives, ...(wasAway ? {} : measured) }
  const isSettled = at - (failover.sentAt ?? at) >= settleMs
  // Two active ones are no outcome, whoever the other one is.
  if (promoted && others.length === 0 && reading.isConnected) {
    return { ...next, state: 'confirmed', detail: wasAway ? awaySentence : null, endedAt: at }
  }
  if (promoted && others.length === 0 && isSettled) {
    return {
      ...next,
      state: 'not-confirmed',
      endedAt: at,
      detail: `Cloudflare called ${shortId(target)} active, but listed no connection of it. ${wasAway ? `${awaySentence} ` : ''}Check its host, or choose another connector.`,
    }
  }
  const third = others.find((id) => !old.includes(id))
  if (third && others.length === 1 && !promoted && isSettled) {
    return {
      ...next,
      state: 'other-active',
      endedAt: at,
      detail: `${shortId(third)} became active, not ${shortId(target)}. ${wasAway ? awaySentence : 'Cloudflare promoted it by itself, or somebody did outside Tandem.'}`,
    }
  }
  return next
}

/** Since when nobody was active, and for how long once somebody is again. The first gap counts. */
function vacancyAfter(failover: Failover, at: number, actives: string[]) {
  const { vacantAt, vacantMs, sentAt } = failover
  const wasVacant = oldOnes(failover).length === 0
  // Nobody was active when it was asked for: the gap goes back to before it.
  const began = vacantAt ?? (actives.length === 0 ? at : wasVacant ? sentAt : null)
  if (began === null || vacantMs !== null) return { vacantAt: began, vacantMs }
  return { vacantAt: began, vacantMs: actives.length > 0 ? at - began : null }
}

/**
 * When the connectors of a failover are read next, and how long that may take. Moments that went by while a read took
 * long, or while the machine slept, are left out; the last one, after 60 s, is not.
 */
export function nextRead(
  sentAt: number,
  now: number,
): { at: number; withinMs: number; isLast: boolean } {
  const end = sentAt + verifyDeadlineMs
  const at =
    verifySeconds.map((second) => sentAt + second * 1000).find((moment) => moment > now) ?? end
  return at === end
    ? { at, withinMs: lastLookMs, isLast: true }
    : { at, withinMs: end - at, isLast: false }
}

/** How many of these reads are yet to come. */
export const readsLeft = (sentAt: number, now: number): number =>
  verifySeconds.filter((second) => sentAt + second * 1000 > now).length + 1

/** One that a run left whose clock was ahead: nothing of it is later than now, or its time would not pass. */
export function upToNow(failover: Failover, now: number): Failover {
  const clamp = (at: number | null) => (at === null ? null : Math.min(at, now))
  return {
    ...failover,
    requestedAt: Math.min(failover.requestedAt, now),
    sentAt: clamp(failover.sentAt),
    acceptedAt: clamp(failover.acceptedAt),
    demotedAt: clamp(failover.demotedAt),
    promotedAt: clamp(failover.promotedAt),
    vacantAt: clamp(failover.vacantAt),
  }
}

/**
 * What a look after the end says that was not known before; null when nothing changed. Only ever added
 * beside the record, which stays as it ended.
 */
export function toAfterFact(
  failover: Failover,
  { at, actives, isConnected }: Sight,
): AfterFact | null {
  const { state, to, afterwards } = failover
  const before = afterwards.at(-1)?.activeNow ?? failover.activeNow
  const of = (kind: AfterFact['kind']): AfterFact => ({ at, kind, activeNow: actives })
  const isDone = state === 'confirmed' || lateAtOf(failover) !== null
  if (!isDone && isSameSet(actives, [to.connectorId])) return isConnected ? of('late') : null
  if (isSameSet(before, actives)) return null
  if (actives.length === 0) return of('none-active')
  if (actives.length > 1) return of('several-active')
  const [active = ''] = actives
  if (active === to.connectorId) return of('restored')
  return of(oldOnes(failover).includes(active) ? 'flipped-back' : 'moved-on')
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((id) => b.includes(id))

/** A read that left after so long shows how things are at the end. */
const lastReadMs = Math.max(...verifySeconds) * 1000

/**
 * The end when nothing else ended it within the deadline; unchanged before that.
 *
 * @param readAt when the last read left that told of the connectors since the PUT; null: none did.
 */
export function applyDeadline(failover: Failover, now: number, readAt: number | null): Failover {
  const startedAt = failover.sentAt ?? failover.requestedAt
  if (!isRunning(failover.state) || now - startedAt < verifyDeadlineMs) return failover
  return {
    ...failover,
    state: 'not-confirmed',
    endedAt: now,
    detail: notConfirmedSentence(failover, readAt === null ? null : readAt - startedAt),
  }
}

/** @param readMs how long after the PUT the connectors were last read; null: never. */
function notConfirmedSentence(failover: Failover, readMs: number | null): string {
  const { activeNow, to } = failover
  // It alone, with a connection, would have been the end.
  const isCutOff = isSameSet(activeNow, [to.connectorId])
  const asked = failover.acceptedAt
    ? 'Cloudflare accepted the request but'
    : 'It is not known whether Cloudflare took the request; it'
  const then = 'It may still happen: Tandem keeps looking.'
  const look = 'Look at the connectors in Cloudflare’s dashboard before trying again.'
  if (readMs === null) {
    return `${asked} could not be asked for the connectors since. ${then} ${look}`
  }
  const names = activeNow.map(shortId).join(' and ')
  const actives =
    activeNow.length > 1
      ? `${names} active at once`
      : activeNow.length > 0
        ? `${names} active${isCutOff ? ' without a connection' : ''}`
        : 'no active connector'
  if (readMs < lastReadMs) {
    const seconds = Math.round(readMs / 1000)
    return `${asked} last reported ${actives} ${seconds} s after it was sent, and could not be asked since. ${then} ${look}`
  }
  const reports = activeNow.length === 1 ? 'still reports' : 'reports'
  return `${asked} ${reports} ${actives} after 60 s. ${then} Check the host of ${shortId(to.connectorId)} before trying again.`
}
