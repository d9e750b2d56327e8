import type { Cause, EventKind, Provenance, UnknownReason } from '#contract/history.ts'
import { isUp } from '#contract/tunnel.ts'
import { isConnected, type ListedTunnel, type SeenConnector } from '../cloudflare/translate.ts'
import { diff } from '../poller/diff.ts'
import { reportedSince, type Sight, turnOf } from '../poller/sight.ts'

/**
 * The arithmetic of history: the open intervals of one tunnel and a look at it → what ends, what begins
 * and what is worth an entry in the log. Pure. Three rules hold whatever comes:
 *
 * - an interval ends where it was last confirmed, never later; between two looks that are further apart
 *   than `gapMs` lies an `unknown` interval with its reason
 * - the same value on both sides of a gap stays two intervals
 * - what Cloudflare reports of the time before the first look is kept apart as `reported`
 */
export type Lane = { lane: 'status' } | { lane: 'active' } | { lane: 'role'; connectorId: string }

export type Span = Lane & {
  from: number
  /** Null while it holds. */
  to: number | null
  value: string
  source: Provenance
  precisionMs: number | null
  reason: UnknownReason | null
}

export type Life = {
  connectorId: string
  connectionId: string
  colo: string | null
  originIp: string | null
  version: string | null
  openedAt: number
  source: Provenance
  closedAt: number | null
  precisionMs: number | null
}

export type LoggedEvent = {
  at: number
  kind: EventKind
  connectorId: string | null
  from: string | null
  to: string | null
  cause: Cause | null
  by: string | null
  failoverId: string | null
  /** What the person said about it. */
  note: string | null
  precisionMs: number | null
}

/** What is open for one tunnel. */
export type Book = {
  sight: Sight | null
  /** When the listing and the connectors were last confirmed. */
  listedAt: number | null
  seenAt: number | null
  status: Span | null
  active: Span | null
  roles: Map<string, Span>
  lives: Map<string, Life>
  /** The last connector that was the active one. */
  lastActiveId: string | null
  /** What the active lane said last that was not `unknown`, and when it was last seen so. */
  lastTurn: string | null
  lastTurnAt: number | null
  /** Newer looks than these are not on disk (yet): what is open here may not hold any more. */
  isBehind: boolean
}

/**
 * Rows to put down, in this order. A row replaces the one with the same lane and `from` (a life: the same
 * connection and `openedAt`), so beginning, ending and correcting are one thing.
 */
export type Writes = { spans: Span[]; lives: Life[]; events: LoggedEvent[] }

export type Context = {
  part: 'listed' | 'connectors' | 'other'
  at: number
  /** Three poll periods, milliseconds. */
  gapMs: number
  /** Why nobody was looking, if nobody was. */
  reason: UnknownReason
  ha: boolean | null
  /** Since when Tandem watches at all: what was created after that is new. */
  watchingSince: number
  /** A failover that Tandem itself made this connector active with, if it was one. */
  madeBy: (connectorId: string) => { by: string; failoverId: string } | null
}

export const emptyBook = (): Book => ({
  sight: null,
  listedAt: null,
  seenAt: null,
  status: null,
  active: null,
  roles: new Map(),
  lives: new Map(),
  lastActiveId: null,
  lastTurn: null,
  lastTurnAt: null,
  isBehind: false,
})

/** An entry with nothing but a time and a kind yet. */
export const noEvent = {
  connectorId: null,
  from: null,
  to: null,
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: null,
} as const

/** @returns the book after the look, and what must be written; the given book is left as it is. */
export function advance(
  before: Book,
  after: Sight,
  context: Context,
): { book: Book; writes: Writes } {
  const book: Book = { ...before, roles: new Map(before.roles), lives: new Map(before.lives) }
  const writes: Writes = { spans: [], lives: [], events: [] }
  // Clocks step back and answers overtake each other: time in the book never does.
  const at = Math.max(context.at, before.listedAt ?? 0, before.seenAt ?? 0)
  const now = { ...context, at }
  logFacts(before, after, now, writes)
  if (context.part === 'listed') advanceStatus(book, after.listed, now, writes)
  // What opened after a deletion, nothing would ever close.
  const isGone = after.listed.deletedAt !== null
  if (context.part === 'connectors' && after.connectors && !isGone) {
    advanceConnectors(book, after.connectors, now, writes)
  }
  book.sight = after
  if (after.listed.deletedAt !== null && before.sight?.listed.deletedAt === null) {
    closeEverything(book, before, Math.min(after.listed.deletedAt, at), now, writes)
  }
  // Nothing began or ended: copies that live until the next look are what the heap would grow by.
  if (writes.spans.length + writes.lives.length === 0) {
    book.roles = before.roles
    book.lives = before.lives
  }
  return { book, writes }
}

/** Names, versions, settings: what has no interval of its own. */
function logFacts(before: Book, after: Sight, { at, watchingSince }: Context, writes: Writes) {
  const precisionMs = before.listedAt === null ? null : at - before.listedAt
  for (const change of diff(before.sight, after)) {
    const log = (event: Partial<LoggedEvent> & Pick<LoggedEvent, 'kind'>) =>
      writes.events.push({ ...noEvent, at, precisionMs, ...event })
    switch (change.type) {
      case 'tunnelAppeared': {
        const { createdAt } = after.listed
        const isFirst = before.sight === null
        const isNew = isFirst && createdAt !== null && createdAt >= watchingSince && createdAt <= at
        log(
          isNew
            ? { kind: 'tunnel-created', at: createdAt, precisionMs: null }
            : { kind: 'tunnel-appeared', precisionMs: null },
        )
        break
      }
      case 'tunnelRenamed':
        log({ kind: 'tunnel-renamed', from: change.from, to: change.to })
        break
      case 'tunnelDeleted':
        log({
          kind: 'tunnel-deleted',
          at: Math.min(after.listed.deletedAt ?? at, at),
          precisionMs: null,
        })
        break
      case 'configurationChanged':
        log({
          kind: 'configuration-changed',
          from: change.from === null ? null : String(change.from),
          to: change.to === null ? null : String(change.to),
        })
        break
      case 'versionChanged':
        log({
          kind: 'version-changed',
          connectorId: change.connectorId,
          from: change.from,
          to: change.to,
          precisionMs: before.seenAt === null ? null : at - before.seenAt,
        })
        break
      default:
    }
  }
}

function advanceStatus(book: Book, listed: ListedTunnel, context: Context, writes: Writes) {
  const { at } = context
  const last = book.listedAt
  const value = listed.status
  const reason = value === 'unknown' ? ('unrecognised' as const) : null
  book.listedAt = at
  if (listed.deletedAt !== null) return
  const open = (precisionMs: number | null): Span => ({
    lane: 'status',
    from: at,
    to: null,
    value,
    source: 'observed',
    precisionMs,
    reason,
  })
  if (last === null || !book.status) {
    const since = reportedSince(listed)
    const begun = last ?? 0
    if (since !== null && since < at && last === null) {
      writes.spans.push({ ...open(null), from: Math.max(since, begun), to: at, source: 'reported' })
    }
    book.status = open(null)
    writes.spans.push(book.status)
    return
  }
  const was = book.status.value
  const next = step(book.status, open, last, context, writes)
  book.status = next
  if (was !== value) {
    writes.events.push({
      ...noEvent,
      at,
      kind: 'status-changed',
      from: was,
      to: value,
      precisionMs: at - last,
    })
  }
}

/**
 * One lane from its last confirmation to this look: goes on, ends here, or ends at the confirmation with
 * an unknown stretch up to here.
 */
function step(
  span: Span,
  open: (precisionMs: number | null) => Span,
  last: number,
  { at, gapMs, reason }: Context,
  writes: Writes,
): Span {
  const fresh = open(at - last)
  if (at - last > gapMs) {
    endSpan(span, last, writes)
    writes.spans.push({
      ...fresh,
      from: last,
      to: at,
      value: 'unknown',
      precisionMs: null,
      reason,
    })
    const resumed = open(null)
    writes.spans.push(resumed)
    return resumed
  }
  if (span.value === fresh.value) return span
  endSpan(span, at, writes)
  writes.spans.push(fresh)
  return fresh
}

/** Ends a lane for good: where it was last confirmed if that is a gap ago, and unknown from there. */
function endLane(
  span: Span,
  last: number | null,
  { at, gapMs, reason }: Pick<Context, 'at' | 'gapMs' | 'reason'>,
  writes: Writes,
) {
  const isGap = last !== null && at - last > gapMs
  endSpan(span, isGap ? last : at, writes)
  if (!isGap) return
  const unknown = { ...span, from: Math.max(last, span.from), to: at, value: 'unknown' }
  writes.spans.push({ ...unknown, source: 'observed', precisionMs: null, reason })
}

/** Ends a span; one that began in the same look is replaced by what follows, or stays without length. */
function endSpan(span: Span, to: number, writes: Writes) {
  writes.spans.push({ ...span, to: Math.max(to, span.from) })
}

function advanceConnectors(
  book: Book,
  connectors: SeenConnector[],
  context: Context,
  writes: Writes,
) {
  const last = book.seenAt
  const previous = book.sight?.connectors ?? null
  book.seenAt = context.at
  advanceRoles(book, connectors, last, context, writes)
  advanceActive(book, connectors, previous, last, context, writes)
  advanceLives(book, connectors, previous, last, context, writes)
}

function advanceRoles(
  book: Book,
  connectors: SeenConnector[],
  last: number | null,
  context: Context,
  writes: Writes,
) {
  const { at } = context
  const log = (event: Partial<LoggedEvent> & Pick<LoggedEvent, 'kind'>) =>
    writes.events.push({ ...noEvent, at, precisionMs: last === null ? null : at - last, ...event })
  for (const connector of connectors) {
    const value = connector.role
    const open = (precisionMs: number | null): Span => ({
      lane: 'role',
      connectorId: connector.id,
      from: at,
      to: null,
      value,
      source: 'observed',
      precisionMs,
      reason: value === 'unknown' ? 'unrecognised' : null,
    })
    const span = book.roles.get(connector.id)
    if (!span || last === null) {
      const fresh = open(last === null ? null : at - last)
      if (last === null) seedReported(connector, fresh, at, writes)
      else log({ kind: 'connector-joined', connectorId: connector.id })
      book.roles.set(connector.id, fresh)
      writes.spans.push(fresh)
      continue
    }
    const was = span.value
    book.roles.set(connector.id, step(span, open, last, context, writes))
    // A switch of the active connector is told once, by the active lane, which tells of no role that nobody knows.
    const isSwitch = [was, value].includes('active') && ![was, value].includes('unknown')
    if (was !== value && !isSwitch) {
      log({ kind: 'role-changed', connectorId: connector.id, from: was, to: value })
    }
  }
  const listed = new Set(connectors.map((connector) => connector.id))
  for (const [connectorId, span] of book.roles) {
    if (listed.has(connectorId)) continue
    endLane(span, last, context, writes)
    book.roles.delete(connectorId)
    log({ kind: 'connector-gone', connectorId, from: span.value })
  }
}

/** It ran before the first look, in a role that nobody knows. */
function seedReported(connector: SeenConnector, fresh: Span, at: number, writes: Writes) {
  const up = connector.connections.filter(isUp)
  const opened = up.map((one) => one.openedAt).filter((one) => one !== null)
  const since = Math.min(...opened, connector.runAt ?? Number.POSITIVE_INFINITY)
  if (opened.length === 0 || since >= at) return
  writes.spans.push({
    ...fresh,
    from: since,
    to: at,
    value: 'up',
    source: 'reported',
    reason: null,
  })
}

function advanceActive(
  book: Book,
  connectors: SeenConnector[],
  previous: SeenConnector[] | null,
  last: number | null,
  context: Context,
  writes: Writes,
) {
  const { at, ha } = context
  // A tunnel whose last connector is no longer listed still has none active; one that never ran has no lane.
  const noRoles = connectors.length > 0 && connectors.every((one) => one.role === 'none')
  if (ha === false || noRoles || (connectors.length === 0 && !book.active)) {
    if (book.active) endLane(book.active, last, context, writes)
    book.active = null
    return
  }
  const value = turnOf(connectors)
  const activeId = isConnector(value) ? value : null
  const open = (precisionMs: number | null): Span => ({
    lane: 'active',
    from: at,
    to: null,
    value,
    source: 'observed',
    precisionMs,
    reason: value === 'unknown' ? 'unrecognised' : null,
  })
  if (last === null || !book.active) {
    book.active = open(null)
    writes.spans.push(book.active)
    Object.assign(book, { lastActiveId: null, lastTurn: null, lastTurnAt: null })
  } else book.active = step(book.active, open, last, context, writes)
  // What nobody knows is no change: what comes after it is held against what was known before.
  if (value === 'unknown') return
  const { lastActiveId: from, lastTurn: was, lastTurnAt } = book
  book.lastActiveId = activeId ?? from
  book.lastTurn = value
  book.lastTurnAt = at
  if (was === null || was === value) return
  const precisionMs = at - (lastTurnAt ?? at)
  const log = (kind: EventKind, event: Partial<LoggedEvent>) =>
    writes.events.push({ ...noEvent, at, kind, precisionMs, ...event })
  if (was === 'several') log('several-active-ended', { to: activeId })
  if (was === 'none') log('no-active-ended', { to: activeId })
  if (value === 'none') log('no-active-began', { from })
  if (value === 'several') log('several-active-began', { from })
  // Whoever becomes active where nobody was before took over from nobody.
  if (activeId === null || from === null || from === activeId) return
  const made = context.madeBy(activeId)
  const cause = made ? 'manual' : wasLost(from, connectors, previous) ? 'automatic' : 'unknown'
  log('active-changed', {
    connectorId: activeId,
    from,
    to: activeId,
    cause,
    by: made?.by ?? null,
    failoverId: made?.failoverId ?? null,
  })
}

/** Whether a value of the active lane names the active connector. */
export const isConnector = (value: string) =>
  value !== 'none' && value !== 'several' && value !== 'unknown'

/** The old active one is without a connection or no longer listed: Cloudflare replaced it. */
function wasLost(
  connectorId: string | null,
  connectors: SeenConnector[],
  previous: SeenConnector[] | null,
): boolean {
  if (connectorId === null) return false
  const isDown = (list: SeenConnector[] | null) => {
    const connector = list?.find((one) => one.id === connectorId)
    return list !== null && (!connector || !isConnected(connector))
  }
  return isDown(connectors) || isDown(previous)
}

function advanceLives(
  book: Book,
  connectors: SeenConnector[],
  previous: SeenConnector[] | null,
  last: number | null,
  { at, gapMs }: Context,
  writes: Writes,
) {
  const isGap = last !== null && at - last > gapMs
  const precisionMs = last === null ? null : at - last
  const log = (event: Partial<LoggedEvent> & Pick<LoggedEvent, 'kind'>) =>
    writes.events.push({ ...noEvent, at, precisionMs, ...event })
  const seen = new Set<string>()
  // Only asked over a gap, and most looks have none before them.
  const before = new Map(
    (isGap ? previous : null)?.flatMap(({ id, connections }) =>
      connections.map((connection) => [`${id}/${connection.id}`, connection]),
    ),
  )
  for (const connector of connectors) {
    for (const connection of connector.connections) {
      if (!isUp(connection)) continue
      const key = `${connector.id}/${connection.id}`
      seen.add(key)
      const life = book.lives.get(key)
      // What the last look did not list opened after it, whatever its date says.
      const earliest = book.lives.has(key) ? 0 : (last ?? 0)
      const began =
        connection.openedAt === null ? at : Math.max(Math.min(connection.openedAt, at), earliest)
      // The same id, opened at the same time, is the same connection, even over a gap; and what a look said of that
      // time, it may have been too late to be recorded so.
      const { openedAt } = before.get(key) ?? life ?? {}
      const same = life && (!isGap || (openedAt !== null && connection.openedAt === openedAt))
      if (same && life.colo === connection.colo && life.originIp === connection.originIp) continue
      if (life) {
        close(life, isGap ? last : at)
        const moved = same && life.colo !== connection.colo
        if (moved) {
          const { colo: from } = life
          log({ kind: 'connection-moved', connectorId: connector.id, from, to: connection.colo })
        }
      } else if (last !== null) {
        // When it opened is what Cloudflare reports, if that lies since the last look.
        const exact = connection.openedAt !== null && connection.openedAt === began
        const opened = exact ? { at: began, precisionMs: null } : {}
        log({
          kind: 'connection-opened',
          connectorId: connector.id,
          to: connection.colo,
          ...opened,
        })
      }
      const fresh: Life = {
        connectorId: connector.id,
        connectionId: connection.id,
        colo: connection.colo,
        originIp: connection.originIp,
        version: connection.clientVersion ?? connector.version,
        openedAt: life ? at : began,
        source: life || connection.openedAt === null ? 'observed' : 'reported',
        closedAt: null,
        precisionMs: null,
      }
      book.lives.set(key, fresh)
      writes.lives.push(fresh)
    }
  }
  for (const [key, life] of book.lives) {
    if (seen.has(key)) continue
    close(life, isGap ? last : at)
    book.lives.delete(key)
    log({ kind: 'connection-closed', connectorId: life.connectorId, from: life.colo })
  }

  function close(life: Life, closedAt: number) {
    writes.lives.push({ ...life, closedAt: Math.max(closedAt, life.openedAt), precisionMs })
  }
}

/** It was deleted at `at`; until then it is as it was last confirmed, unless that is a gap ago. */
function closeEverything(
  book: Book,
  { listedAt, seenAt }: Book,
  at: number,
  { gapMs, reason }: Context,
  writes: Writes,
) {
  if (book.status) endLane(book.status, listedAt, { at, gapMs, reason }, writes)
  for (const span of [book.active, ...book.roles.values()]) {
    if (span) endLane(span, seenAt, { at, gapMs, reason }, writes)
  }
  for (const life of book.lives.values()) {
    const isGap = seenAt !== null && at - seenAt > gapMs
    const closedAt = Math.max(isGap ? seenAt : at, life.openedAt)
    writes.lives.push({ ...life, closedAt, precisionMs: isGap ? at - seenAt : null })
  }
  // Should its id ever come back, nothing of it began before this.
  if (seenAt !== null) book.seenAt = Math.max(seenAt, at)
  book.status = null
  book.active = null
  book.roles.clear()
  book.lives.clear()
}
