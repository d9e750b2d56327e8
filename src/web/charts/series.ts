import {
  badnessOf,
  type ConnectionLife,
  type HistoryEvent,
  type Interval,
  isPartial,
  type LaneKind,
  type RoleLane,
  type TunnelHistory,
} from '#contract/history.ts'
import type { ConnectorRole, TunnelStatus } from '#contract/tunnel.ts'
import { unknownReasons } from '#contract/unknown-reasons.ts'
import { shortId } from '#web/ui/names.ts'
import { manyText } from '#web/ui/numbers.ts'
import { roleLooks } from '#web/ui/RoleMark.tsx'
import { statusLooks } from '#web/ui/StatusMark.tsx'
import { shownSentence } from '#web/ui/sentence.ts'
import { durationText } from '#web/ui/time.ts'
import type { Stretch } from './range.ts'

/** An answer of the history → what a timeline draws. Pure: no colours, no pixels but those handed in. */

/** How a stretch looks. `reported` is kept beside it: what Cloudflare says of a time nobody watched. */
export const looks = [
  'active',
  'passive',
  'offline',
  'up',
  'plain',
  'holder',
  'vacant',
  'several',
  'healthy',
  'degraded',
  'down',
  'inactive',
  'unknown',
] as const
export type Look = (typeof looks)[number]

export type Lane = {
  /** `status`, `active`, or the connector's id. */
  id: string
  kind: LaneKind
  connectorId: string | null
  /** In the order of time; they do not overlap. */
  intervals: readonly Interval[]
  /** Whether the connector is no longer listed. */
  gone: boolean
}

/** A switch of the active connector, or a failover that came to nothing. */
export type Mark = {
  event: HistoryEvent
  at: number
  kind: 'manual' | 'automatic' | 'unknown' | 'failed'
  /** Lanes it points from and to, by connector. */
  fromId: string | null
  toId: string | null
}

/**
 * The lanes from top to bottom: status, who is active, then each connector. Those that left come last;
 * among them the order is the server's, so that nothing jumps when roles change.
 */
export function toLanes(history: TunnelHistory): Lane[] {
  const lanes: Lane[] = [
    { id: 'status', kind: 'status', connectorId: null, intervals: history.status, gone: false },
  ]
  if (history.active.length > 0)
    lanes.push({
      id: 'active',
      kind: 'active',
      connectorId: null,
      intervals: history.active,
      gone: false,
    })
  const roles = history.lanes.map((lane): Lane => {
    const { connectorId, intervals } = lane
    return { id: connectorId, kind: 'role', connectorId, intervals, gone: isGone(lane, history) }
  })
  return [...lanes, ...roles.filter(({ gone }) => !gone), ...roles.filter(({ gone }) => gone)]
}

/** Its lane ended before the window did. */
const isGone = ({ intervals }: RoleLane, { to, at }: TunnelHistory) =>
  intervals.at(-1)?.open !== true && (intervals.at(-1)?.to ?? 0) < Math.min(to, at)

/**
 * The answer with what is still open carried on to the last look, so that a page that follows the present
 * need not ask again while nothing changes. Nothing is carried past the last look.
 */
export function carriedOn(history: TunnelHistory, lookedAt: number | null): TunnelHistory {
  const until = lookedAt ?? 0
  if (until <= history.at) return history
  const carry = (intervals: Interval[]): Interval[] => {
    const last = intervals.at(-1)
    if (!last?.open || last.to >= until) return intervals
    // What was unknown at the answer is no longer: the next answer says what it is.
    if (last.value === 'unknown' && last.reason !== 'unrecognised') return intervals
    return [...intervals.slice(0, -1), { ...last, to: until }]
  }
  return {
    ...history,
    to: Math.max(history.to, until),
    at: until,
    status: carry(history.status),
    active: carry(history.active),
    lanes: history.lanes.map((lane) => ({ ...lane, intervals: carry(lane.intervals) })),
    connections: history.connections.map((life) =>
      life.closedAt === null && life.lastSeenAt < until ? { ...life, lastSeenAt: until } : life,
    ),
  }
}

/** Whether the last thing known is that nothing is known: then a later look is worth an answer. */
export const endsUnknown = ({ status, active, lanes }: TunnelHistory): boolean =>
  [status, active, ...lanes.map(({ intervals }) => intervals)].some((intervals) => {
    const last = intervals.at(-1)
    return last?.open === true && last.value === 'unknown' && last.reason !== 'unrecognised'
  })

export function lookOf(kind: LaneKind, { value }: Interval): Look {
  if (value === 'unknown') return 'unknown'
  if (kind === 'active')
    return value === 'none' ? 'vacant' : value === 'several' ? 'several' : 'holder'
  if (kind === 'role') {
    if (value === 'active' || value === 'passive' || value === 'offline' || value === 'up')
      return value
    return 'plain'
  }
  return value === 'healthy' || value === 'degraded' || value === 'down' || value === 'inactive'
    ? value
    : 'unknown'
}

/** The state in words, as it stands in a band, a table and a sentence. */
export function stateText(kind: LaneKind, { value, reason }: Interval): string {
  if (value === 'unknown') return reason === 'unrecognised' ? 'State not known' : 'Not watched'
  if (kind === 'active') {
    if (value === 'none') return 'No connector active'
    return value === 'several' ? 'More than one active' : shortId(value)
  }
  if (kind === 'status') return statusLooks[value as TunnelStatus]?.word ?? value
  if (value === 'up') return 'Running'
  return roleLooks[value as ConnectorRole]?.word ?? value
}

/** Why nothing is known of a stretch, or null. */
export const reasonText = ({ reason }: Interval): string | null =>
  reason === null ? null : unknownReasons[reason]

export function laneTitle({ kind, connectorId }: Lane): string {
  return kind === 'status' ? 'Status' : kind === 'active' ? 'Active' : shortId(connectorId ?? '')
}

export function toMarks(events: readonly HistoryEvent[]): Mark[] {
  return events.flatMap((event): Mark[] => {
    if (event.kind === 'active-changed')
      return [
        {
          event,
          at: event.at,
          kind: event.cause ?? 'unknown',
          fromId: event.from,
          toId: event.to,
        },
      ]
    const failed = event.kind === 'failover-ended' && event.to !== 'confirmed'
    return failed
      ? [
          {
            event,
            at: event.at,
            kind: 'failed',
            fromId: null,
            toId: event.connectorId,
          },
        ]
      : []
  })
}

/** The index of the interval that holds at that time, or -1. */
export function intervalAt(intervals: readonly Interval[], at: number): number {
  let low = 0
  let high = intervals.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const interval = intervals[middle] as Interval
    if (at < interval.from) high = middle - 1
    else if (at >= interval.to) low = middle + 1
    else return middle
  }
  return -1
}

/**
 * The interval that a pointer means: the one under it, unless a worse and narrower one lies within
 * `reachMs`, which would be too thin to be hit.
 */
export function intervalNear(
  { kind, intervals }: Pick<Lane, 'kind' | 'intervals'>,
  at: number,
  reachMs: number,
): number {
  const hit = intervalAt(intervals, at)
  let best = hit
  const first = Math.max(0, lowerBound(intervals, at - reachMs))
  for (let index = first; index < intervals.length; index += 1) {
    const interval = intervals[index] as Interval
    if (interval.from > at + reachMs) break
    if (interval.to - interval.from > 2 * reachMs) continue
    const other = intervals[best]
    if (!other || badnessOf(kind, interval.value) > badnessOf(kind, other.value)) best = index
  }
  return best
}

/** The first interval that ends after `at`. */
function lowerBound(intervals: readonly Interval[], at: number): number {
  let low = 0
  let high = intervals.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((intervals[middle] as Interval).to > at) high = middle
    else low = middle + 1
  }
  return low
}

/** A band of the picture, in device pixels from the left edge. */
export type Run = {
  x0: number
  x1: number
  look: Look
  reported: boolean
  mixed: boolean
  /** Most of it is not known. */
  partial: boolean
  interval: Interval
}

/**
 * A lane as bands of whole pixels. What is thinner than a pixel and a half becomes a speck of its own, on
 * top of the others; where several meet in a pixel the worst is seen. So a second of "no active" is still
 * there in a picture of a quarter.
 */
export function toRuns(
  { kind, intervals }: Lane,
  { from, to }: Stretch,
  width: number,
): { bands: Run[]; specks: Run[] } {
  const scale = width / (to - from)
  const bands: Run[] = []
  const specks: Run[] = []
  for (let index = lowerBound(intervals, from); index < intervals.length; index += 1) {
    const interval = intervals[index] as Interval
    if (interval.from >= to) break
    const left = Math.max(0, (interval.from - from) * scale)
    const right = Math.min(width, (interval.to - from) * scale)
    const reported = interval.source === 'reported'
    if (right - left >= 1.5) {
      const [x0, x1] = [Math.round(left), Math.round(right)]
      const look = lookOf(kind, interval)
      const partial = isPartial(interval)
      bands.push({ x0, x1, look, reported, mixed: interval.mixed, partial, interval })
      continue
    }
    const x0 = Math.min(Math.floor(left), width - 1)
    const last = specks.at(-1)
    if (last?.x0 !== x0) {
      const look = lookOf(kind, interval)
      const { mixed } = interval
      // Nothing can be drawn upon a pixel.
      specks.push({ x0, x1: x0 + 1, look, reported, mixed, partial: false, interval })
      continue
    }
    last.mixed = true
    if (badnessOf(kind, interval.value) <= badnessOf(kind, last.interval.value)) continue
    last.look = lookOf(kind, interval)
    last.reported = reported
    last.interval = interval
  }
  return { bands, specks }
}

/** What one may want to know of an interval. Times are epoch ms. */
export type Telling = {
  title: string
  state: string
  /** Null: it began before the window. */
  from: number | null
  fromPrecisionMs: number | null
  /** Null: it ended after the window, or goes on. */
  to: number | null
  toPrecisionMs: number | null
  /** It holds at the end of what is known. */
  goesOn: boolean
  ms: number
  /** The window cuts it: it lasted longer than `ms`. */
  cut: boolean
  /** It is the worst of a stretch that holds more: it lasted as long at most. */
  mixed: boolean
  /** Nothing is known of its state. */
  unknown: boolean
  notes: string[]
}

/** A window up to now ends when it is asked for, and its answer is made after that. */
const answeringMs = 10_000

/** An interval in words, from its lane and what the log says of its beginning. */
export function tell(history: TunnelHistory, lane: Lane, index: number): Telling {
  const interval = lane.intervals[index] as Interval
  const next = lane.intervals[index + 1]
  const began = interval.from > history.from
  const ended = !interval.open && interval.to < history.to
  // What was still open when the answer was made went on after a window that had ended before.
  const goesOn = interval.open && history.at - history.to < answeringMs
  const notes = causesOf(history.events, lane, interval)
  const reason = reasonText(interval)
  if (reason) notes.unshift(`${reason}.`)
  if (interval.source === 'reported')
    notes.push(
      interval.value === 'up'
        ? 'Reported by Cloudflare, of a time before Tandem watched: in which role is not known.'
        : 'Reported by Cloudflare, of a time before Tandem watched.',
    )
  // First, because paper has room for one.
  if (interval.mixed)
    notes.unshift('The worst of this stretch: other states are hidden in it. Zoom in.')
  if (interval.value !== 'unknown' && interval.unknownMs > 0)
    notes.push(`Nothing is known of ${durationText(interval.unknownMs)} of it.`)
  return {
    title: lane.kind === 'role' ? `Connector ${laneTitle(lane)}` : titles[lane.kind],
    state: stateText(lane.kind, interval),
    from: began ? interval.from : null,
    fromPrecisionMs: interval.precisionMs,
    to: ended ? interval.to : null,
    toPrecisionMs: ended && next?.from === interval.to ? next.precisionMs : null,
    goesOn,
    ms: interval.to - interval.from,
    cut: !began || !(ended || goesOn),
    mixed: interval.mixed,
    unknown: interval.value === 'unknown',
    notes,
  }
}

const titles = { status: 'Tunnel status', active: 'Active connector' } as const

/** What the log says happened at the very beginning of an interval. */
function causesOf(events: readonly HistoryEvent[], lane: Lane, { from }: Interval): string[] {
  const sentences: string[] = []
  for (let index = firstAt(events, from); events[index]?.at === from; index += 1) {
    const event = events[index] as HistoryEvent
    if (concerns(event, lane)) sentences.push(`${shownSentence(event)}.`)
  }
  return sentences
}

function firstAt(events: readonly HistoryEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle] as HistoryEvent).at < at) low = middle + 1
    else high = middle
  }
  return low
}

function concerns({ kind, connectorId, from, to }: HistoryEvent, lane: Lane): boolean {
  switch (kind) {
    case 'active-changed':
      return lane.kind === 'active' || (lane.connectorId !== null && [from, to].includes(lane.id))
    case 'no-active-began':
    case 'no-active-ended':
    case 'several-active-began':
    case 'several-active-ended':
      return lane.kind === 'active'
    case 'role-changed':
    case 'connector-joined':
    case 'connector-gone':
      return connectorId === lane.connectorId
    default:
      return false
  }
}

/** How much of a window nobody watched. Less than a second is none: it lies between two looks. */
export function unobservedMs({ totalMs, observedMs }: { totalMs: number; observedMs: number }) {
  const ms = totalMs - observedMs
  return ms < 1000 ? 0 : ms
}

/** For how long of its time a tunnel has no active connector told: Tandem may know of one for less long than of it. */
export const activeUntoldMs = ({ summary: { totalMs }, active }: TunnelHistory) =>
  unobservedMs({ totalMs, observedMs: active.reduce((sum, { from, to }) => sum + to - from, 0) })

/** The picture in one sentence, for those who can't see it. */
export function summaryText(
  history: TunnelHistory,
  lanes: readonly Lane[],
  marks: readonly Mark[],
): string {
  const connectors = manyText(lanes.filter(({ kind }) => kind === 'role').length, 'connector')
  const active = lanes.find(({ kind }) => kind === 'active')?.intervals
  if (!active) return connectors
  if (active.every(({ value }) => value === 'unknown'))
    return `${connectors}; who was active is not known`
  const gaps = active.filter(({ value }) => value === 'none').length
  const switches = marks.filter(({ kind }) => kind !== 'failed').length
  return [
    connectors,
    manyText(switches, 'switch of the active one', 'switches of the active one'),
    gaps === 0
      ? 'never without an active one'
      : manyText(gaps, 'time without an active one', 'times without an active one'),
    ...(activeUntoldMs(history) > 0 ||
    active.some(({ value, unknownMs }) => value === 'unknown' || unknownMs > 0)
      ? ['as far as observed']
      : []),
  ].join(', ')
}

/** How many connections were open, by colo, as steps. */
export type ConnectionSteps = {
  /** The most used first; past `mostColos` the rest is one, called `other`. */
  colos: string[]
  /** In the order of time. Null where nobody watched, or not all are listed. */
  steps: ({ at: number; total: number | null } & Record<string, number | null>)[]
  /** When nobody watched: hatched, and never zero. */
  gaps: (Stretch & { reason: string })[]
  /** Where more were open than the answer lists: hatched as well, and never counted. */
  unlisted: Stretch | null
  /** Before Tandem watched: only what was still open later is known. */
  reported: Stretch | null
  opened: number[]
  closed: number[]
  /** The most that were open at once. */
  most: number
}

export const mostColos = 5
export const otherColo = 'other'
const noColo = 'not reported'

/** @param slots so many steps at most: more can't be told apart. */
export function toConnectionSteps(
  history: TunnelHistory,
  { from, to }: Stretch,
  slots = 600,
): ConnectionSteps {
  const end = Math.min(to, history.at)
  const unmet = unmetOf(history, from, end)
  const gaps = [...(unmet ? [unmet] : []), ...gapsOf(history)].filter(
    (gap) => gap.to > from && gap.from < to,
  )
  const listedFrom = Math.min(history.connectionsFrom ?? from, end)
  const unlisted = listedFrom > from ? { from, to: listedFrom } : null
  const isKnown = (at: number) =>
    (unlisted === null || at >= unlisted.to) && !gaps.some((gap) => at >= gap.from && at < gap.to)
  const lives = history.connections.filter((life) => life.openedAt < end && endOf(life) > from)
  const ranked = rankedColos(lives)
  const named = ranked.length > mostColos ? ranked.slice(0, mostColos - 1) : ranked
  const colos = ranked.length > mostColos ? [...named, otherColo] : named
  const seriesOf = (life: ConnectionLife) =>
    named.includes(life.colo ?? noColo) ? (life.colo ?? noColo) : otherColo

  const changes = lives.flatMap((life) => {
    const colo = seriesOf(life)
    const begin = { at: Math.max(life.openedAt, from), colo, by: 1 }
    const isOver = life.closedAt !== null && life.closedAt <= end
    return isOver ? [begin, { at: life.closedAt as number, colo, by: -1 }] : [begin]
  })
  const times = [
    ...changes,
    ...gaps.flatMap((gap) => [
      { at: Math.max(gap.from, from), colo: '', by: 0 },
      { at: Math.min(gap.to, to), colo: '', by: 0 },
    ]),
    { at: from, colo: '', by: 0 },
    ...(unlisted ? [{ at: unlisted.to, colo: '', by: 0 }] : []),
  ].toSorted((a, b) => a.at - b.at)

  const open = new Map<string, number>(colos.map((colo) => [colo, 0]))
  const steps: ConnectionSteps['steps'] = []
  let most = 0
  for (let index = 0; index < times.length; ) {
    const { at } = times[index] as (typeof times)[number]
    for (; times[index]?.at === at; index += 1) {
      const { colo, by } = times[index] as (typeof times)[number]
      if (by !== 0) open.set(colo, (open.get(colo) ?? 0) + by)
    }
    const known = isKnown(at)
    const total = [...open.values()].reduce((sum, each) => sum + each, 0)
    if (known) most = Math.max(most, total)
    // What held until nobody knows is drawn up to there.
    const before = steps.at(-1)
    if (!known && before && before.total !== null) steps.push({ ...before, at })
    steps.push({
      ...Object.fromEntries([...open].map(([colo, n]) => [colo, known ? n : null])),
      at,
      total: known ? total : null,
    })
  }
  const last = steps.at(-1)
  if (last && last.at < end) steps.push({ ...last, at: end })
  // Of those that are not all listed no ticks either: some would look like all.
  const inside = (at: number) => at >= (unlisted?.to ?? from) && at <= to
  return {
    colos,
    steps: thinned(steps, from, to, slots),
    gaps,
    unlisted,
    reported: reportedOf(history, lives, from),
    opened: lives.map(({ openedAt }) => openedAt).filter(inside),
    closed: lives.flatMap(({ closedAt }) =>
      closedAt !== null && inside(closedAt) ? [closedAt] : [],
    ),
    most,
  }
}

const endOf = ({ closedAt, lastSeenAt }: ConnectionLife) => closedAt ?? lastSeenAt

function rankedColos(lives: readonly ConnectionLife[]): string[] {
  const spent = new Map<string, number>()
  for (const life of lives) {
    const colo = life.colo ?? noColo
    spent.set(colo, (spent.get(colo) ?? 0) + endOf(life) - life.openedAt)
  }
  return [...spent].toSorted((a, b) => b[1] - a[1]).map(([colo]) => colo)
}

/** A bucket counts as a whole, by what most of it is. */
const isUnwatched = ({ from, to, value, reason, mixed, unknownMs }: Interval) =>
  value === 'unknown' && reason !== 'unrecognised' && (!mixed || unknownMs * 2 > to - from)

/**
 * When the connectors were not looked at. All lanes have the same holes: they are read together. Where none is listed
 * there is no lane that could have one; the listing has it then.
 */
function gapsOf({ lanes, active, status }: TunnelHistory): ConnectionSteps['gaps'] {
  const looks = [active, ...lanes.map(({ intervals }) => intervals)].flat()
  const told = joined(looks)
  const untold = status.filter(isUnwatched).flatMap((gap) => {
    const ends = [gap.from, ...told.map(({ to }) => to)]
    return ends.flatMap((end, at): Interval[] => {
      const from = Math.max(end, gap.from)
      const to = Math.min(told[at]?.from ?? gap.to, gap.to)
      return to > from ? [{ ...gap, from, to }] : []
    })
  })
  return joined([...looks.filter(isUnwatched), ...untold])
}

/** The stretches that intervals cover, in the order of time. */
function joined(intervals: readonly Interval[]): ConnectionSteps['gaps'] {
  const stretches: ConnectionSteps['gaps'] = []
  for (const interval of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = stretches.at(-1)
    if (last && interval.from <= last.to) last.to = Math.max(last.to, interval.to)
    else
      stretches.push({ from: interval.from, to: interval.to, reason: reasonText(interval) ?? '' })
  }
  return stretches
}

/** Before Tandem knew the tunnel, and before any connection that was still open when it did. */
function unmetOf({ watchedSince, connections }: TunnelHistory, from: number, end: number) {
  const to = Math.min(watchedSince ?? end, end, ...connections.map(({ openedAt }) => openedAt))
  return to > from ? { from, to, reason: 'Tandem did not know the tunnel yet' } : null
}

function reportedOf(
  { lanes }: TunnelHistory,
  lives: readonly ConnectionLife[],
  from: number,
): Stretch | null {
  const until = Math.max(
    0,
    ...lanes
      .flatMap(({ intervals }) => intervals)
      .filter(({ source }) => source === 'reported')
      .map(({ to }) => to),
  )
  const begin = Math.max(from, Math.min(...lives.map(({ openedAt }) => openedAt)))
  return until > begin ? { from: begin, to: until } : null
}

/** Of the steps that fall into one slot, the lowest and the last are kept: a loss is never smoothed away. */
function thinned(
  steps: ConnectionSteps['steps'],
  from: number,
  to: number,
  slots: number,
): ConnectionSteps['steps'] {
  if (steps.length <= slots) return steps
  const slotOf = (at: number) => Math.floor(((at - from) / (to - from)) * slots)
  const kept: ConnectionSteps['steps'] = []
  for (let index = 0; index < steps.length; ) {
    const slot = slotOf(steps[index]?.at ?? 0)
    let lowest = index
    let last = index
    for (; index < steps.length && slotOf(steps[index]?.at ?? 0) === slot; index += 1) {
      last = index
      if ((steps[index]?.total ?? -1) < (steps[lowest]?.total ?? -1)) lowest = index
    }
    const pair = lowest === last ? [lowest] : [lowest, last]
    for (const each of pair) {
      const step = steps[each]
      if (step) kept.push(step)
    }
  }
  return kept
}
