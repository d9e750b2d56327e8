import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListedTunnel, SeenConnector } from '../cloudflare/translate.ts'
import { readinessOf } from '../failover/checks.ts'
import type { Sight } from '../poller/sight.ts'
import { advance, type Book, type Context, emptyBook, type Life, type Span } from './advance.ts'

const tunnelId = '6f000000-0000-4000-8000-000000000001'
const idOf = (n: number) => `c0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const t0 = 1_700_000_000_000
const gapMs = 15_000

const listed = (changes: Partial<ListedTunnel> = {}): ListedTunnel => ({
  id: tunnelId,
  accountId: 'a'.repeat(32),
  name: 'lon-branch-core',
  status: 'healthy',
  statusReported: null,
  tunType: 'warp_connector',
  createdAt: t0 - 1_000_000_000,
  deletedAt: null,
  connsActiveAt: t0 - 3_600_000,
  connsInactiveAt: null,
  metadata: null,
  ...changes,
})

const connector = (n: number, role: SeenConnector['role'], colos = ['lhr01']): SeenConnector => ({
  id: idOf(n),
  role,
  roleReported: null,
  version: '2026.10.1',
  arch: 'amd64',
  features: null,
  runAt: t0 - 7_200_000,
  connections:
    role === 'offline'
      ? []
      : colos.map((colo, at) => ({
          id: `d0000000-0000-4000-8000-${String(n * 10 + at).padStart(12, '0')}`,
          colo,
          originIp: `198.51.100.${n}`,
          openedAt: t0 - 3_600_000,
          clientVersion: '2026.10.1',
          pendingReconnect: null,
        })),
  colos,
  originIps: [`198.51.100.${n}`],
})

const sight = (connectors: SeenConnector[] | null, changes: Partial<ListedTunnel> = {}): Sight => ({
  listed: listed(changes),
  connectors,
  configuration: null,
})

const context = (part: Context['part'], at: number, changes: Partial<Context> = {}): Context => ({
  part,
  at,
  gapMs,
  reason: 'not-confirmed',
  ha: true,
  watchingSince: t0,
  madeBy: () => null,
  ...changes,
})

/** A store as small as can be: rows by their key, as the tables keep them. */
function createNotebook() {
  let book: Book = emptyBook()
  const spans = new Map<string, Span>()
  const lives = new Map<string, Life>()
  const events: { at: number; kind: string }[] = []
  return {
    look(after: Sight, it: Context) {
      const result = advance(book, after, it)
      book = result.book
      for (const span of result.writes.spans) {
        const lane = span.lane === 'role' ? span.connectorId : span.lane
        spans.set(`${lane}/${span.from}`, span)
      }
      for (const life of result.writes.lives)
        lives.set(`${life.connectionId}/${life.openedAt}`, life)
      events.push(...result.writes.events)
      return result.writes
    },
    lane: (name: string) =>
      [...spans.values()]
        .filter((span) => (span.lane === 'role' ? span.connectorId : span.lane) === name)
        .toSorted((a, b) => a.from - b.from),
    lives: () => [...lives.values()].toSorted((a, b) => a.openedAt - b.openedAt),
    kinds: () => events.map((event) => event.kind),
    events: () => events,
  }
}

const shape = (spans: Span[]) =>
  spans.map((span) => [span.value, span.from - t0, span.to && span.to - t0])

describe('what a look adds to history', () => {
  test('a look that only confirms keeps what is open, and copies none of it', () => {
    const seen = sight([connector(1, 'active'), connector(2, 'passive')])
    const listing = advance(emptyBook(), seen, context('listed', t0)).book
    const { book } = advance(listing, seen, context('connectors', t0))
    expect(book.lives.size).toBe(2)
    const again = advance(book, seen, context('connectors', t0 + 5_000)).book
    expect(again.seenAt).toBe(t0 + 5_000)
    expect(again.roles).toBe(book.roles)
    expect(again.lives).toBe(book.lives)
    const moved = sight([connector(1, 'active', ['cdg01']), connector(2, 'passive')])
    const { lives } = advance(again, moved, context('connectors', t0 + 10_000)).book
    expect([...lives.values()].map(({ colo }) => colo).toSorted()).toEqual(['cdg01', 'lhr01'])
    expect([...again.lives.values()].map(({ colo }) => colo)).toEqual(['lhr01', 'lhr01'])
  })

  test('the first look keeps apart what Cloudflare reports of the time before', () => {
    const notes = createNotebook()
    notes.look(sight(null), context('listed', t0))
    notes.look(sight([connector(1, 'active'), connector(2, 'passive')]), context('connectors', t0))
    expect(notes.lane('status').map((span) => [span.value, span.source])).toEqual([
      ['healthy', 'reported'],
      ['healthy', 'observed'],
    ])
    expect(notes.lane(idOf(1)).map((span) => [span.value, span.source, span.to])).toEqual([
      ['up', 'reported', t0],
      ['active', 'observed', null],
    ])
    expect(notes.lives()[0]).toMatchObject({
      openedAt: t0 - 3_600_000,
      source: 'reported',
      closedAt: null,
    })
    expect(notes.kinds()).toEqual(['tunnel-appeared'])
  })

  test('of a degraded tunnel Cloudflare does not report since when it is so', () => {
    const notes = createNotebook()
    notes.look(sight(null, { status: 'degraded' }), context('listed', t0))
    expect(notes.lane('status').map((span) => [span.value, span.source])).toEqual([
      ['degraded', 'observed'],
    ])
  })

  test('a look that sees no change writes nothing', () => {
    const notes = createNotebook()
    const seen = sight([connector(1, 'active')])
    notes.look(seen, context('listed', t0))
    notes.look(seen, context('connectors', t0))
    const again = notes.look(seen, context('connectors', t0 + 5000))
    expect(again).toEqual({ spans: [], lives: [], events: [] })
  })

  test('a change ends one interval and begins the next, with the precision of the looks', () => {
    const notes = createNotebook()
    notes.look(sight(null), context('listed', t0))
    notes.look(sight(null, { status: 'down' }), context('listed', t0 + 5000))
    expect(shape(notes.lane('status').slice(1))).toEqual([
      ['healthy', 0, 5000],
      ['down', 5000, null],
    ])
    expect(notes.lane('status')[2]?.precisionMs).toBe(5000)
    expect(notes.kinds()).toContain('status-changed')
  })

  test('no line is drawn over a gap, and the same value on both sides stays two intervals', () => {
    const notes = createNotebook()
    notes.look(sight(null), context('listed', t0))
    notes.look(sight(null), context('listed', t0 + 5000))
    notes.look(sight(null), context('listed', t0 + 65_000, { reason: 'locked-out' }))
    expect(shape(notes.lane('status').slice(1))).toEqual([
      ['healthy', 0, 5000],
      ['unknown', 5000, 65_000],
      ['healthy', 65_000, null],
    ])
    expect(notes.lane('status')[2]?.reason).toBe('locked-out')
  })

  test('an automatic takeover is told once, with the moment without an active connector', () => {
    const notes = createNotebook()
    notes.look(sight([connector(1, 'active'), connector(2, 'passive')]), context('connectors', t0))
    notes.look(
      sight([connector(1, 'offline'), connector(2, 'passive')]),
      context('connectors', t0 + 2000),
    )
    notes.look(
      sight([connector(1, 'offline'), connector(2, 'active')]),
      context('connectors', t0 + 4000),
    )
    expect(shape(notes.lane('active'))).toEqual([
      [idOf(1), 0, 2000],
      ['none', 2000, 4000],
      [idOf(2), 4000, null],
    ])
    const changed = notes.events().find((event) => event.kind === 'active-changed')
    expect(changed).toMatchObject({ from: idOf(1), to: idOf(2), cause: 'automatic' })
    expect(notes.kinds()).toEqual(
      expect.arrayContaining(['no-active-began', 'no-active-ended', 'connection-closed']),
    )
  })

  test('a failover of ours carries the person, one from elsewhere nobody', () => {
    const swap = [
      sight([connector(1, 'active'), connector(2, 'passive')]),
      sight([connector(1, 'passive'), connector(2, 'active')]),
    ] as const
    const ours = createNotebook()
    ours.look(swap[0], context('connectors', t0))
    ours.look(
      swap[1],
      context('connectors', t0 + 2000, { madeBy: () => ({ by: 'Ana', failoverId: 'f' }) }),
    )
    expect(ours.events().at(-1)).toMatchObject({
      kind: 'active-changed',
      cause: 'manual',
      by: 'Ana',
    })
    const elsewhere = createNotebook()
    elsewhere.look(swap[0], context('connectors', t0))
    elsewhere.look(swap[1], context('connectors', t0 + 2000))
    expect(elsewhere.events().at(-1)).toMatchObject({
      kind: 'active-changed',
      cause: 'unknown',
      by: null,
    })
  })

  test('a connector that vanishes and one that joins end and open their lanes', () => {
    const notes = createNotebook()
    notes.look(sight([connector(1, 'active')]), context('connectors', t0))
    notes.look(
      sight([connector(1, 'active'), connector(2, 'passive')]),
      context('connectors', t0 + 5000),
    )
    notes.look(sight([connector(1, 'active')]), context('connectors', t0 + 10_000))
    expect(shape(notes.lane(idOf(2)))).toEqual([['passive', 5000, 10_000]])
    expect(notes.kinds()).toEqual(expect.arrayContaining(['connector-joined', 'connector-gone']))
  })

  test('a connector that vanishes while nobody looks is unknown until it is missed', () => {
    const notes = createNotebook()
    const both = sight([connector(1, 'active'), connector(2, 'passive')])
    for (const at of [t0, t0 + 5000]) notes.look(both, context('connectors', at))
    notes.look(sight([connector(1, 'active')]), context('connectors', t0 + 600_000))
    expect(shape(notes.lane(idOf(2)).slice(1))).toEqual([
      ['passive', 0, 5000],
      ['unknown', 5000, 600_000],
    ])
  })

  test('an outage counts as without an active connector until somebody is active again', () => {
    const notes = createNotebook()
    notes.look(sight([connector(1, 'active')]), context('connectors', t0))
    notes.look(sight([connector(1, 'offline')]), context('connectors', t0 + 5000))
    notes.look(sight([]), context('connectors', t0 + 10_000))
    notes.look(sight([connector(1, 'active')]), context('connectors', t0 + 15_000))
    expect(shape(notes.lane('active'))).toEqual([
      [idOf(1), 0, 5000],
      ['none', 5000, 15_000],
      [idOf(1), 15_000, null],
    ])
    expect(notes.kinds()).toContain('no-active-ended')
  })

  test('two active connectors are told of as two, and never as none', () => {
    const notes = createNotebook()
    const first = sight([connector(1, 'active'), connector(2, 'passive')])
    const both = sight([connector(1, 'active'), connector(2, 'active')])
    const second = sight([connector(1, 'passive'), connector(2, 'active')])
    const looks = [first, both, first, both, second]
    for (const [n, look] of looks.entries()) notes.look(look, context('connectors', t0 + n * 5000))
    expect(shape(notes.lane('active')).map(([value]) => value)).toEqual([
      idOf(1),
      'several',
      idOf(1),
      'several',
      idOf(2),
    ])
    expect(notes.kinds().slice(1)).toEqual([
      'several-active-began',
      'several-active-ended',
      'several-active-began',
      'several-active-ended',
      'active-changed',
    ])
    expect(notes.events().at(-1)).toMatchObject({ from: idOf(1), to: idOf(2) })
  })

  test('two active connectors that are both lost leave none active, and the next one takes over', () => {
    const notes = createNotebook()
    const looks = [
      sight([connector(1, 'active'), connector(2, 'passive')]),
      sight([connector(1, 'active'), connector(2, 'active')]),
      sight([connector(1, 'offline'), connector(2, 'offline')]),
      sight([connector(1, 'active'), connector(2, 'active')]),
      sight([connector(1, 'offline'), connector(2, 'active')]),
    ]
    for (const [n, look] of looks.entries()) notes.look(look, context('connectors', t0 + n * 5000))
    expect(notes.kinds().filter((kind) => kind.includes('active'))).toEqual([
      'several-active-began',
      'several-active-ended',
      'no-active-began',
      'no-active-ended',
      'several-active-began',
      'several-active-ended',
      'active-changed',
    ])
  })

  test('the first connector that is ever active took over from nobody', () => {
    const notes = createNotebook()
    notes.look(sight([connector(1, 'passive')]), context('connectors', t0))
    notes.look(sight([connector(1, 'active')]), context('connectors', t0 + 5000))
    expect(notes.kinds().slice(1)).toEqual(['no-active-ended'])
  })

  test('a role that nobody knows leaves unknown who is active, and what comes after it is told beside what was before', () => {
    const notes = createNotebook()
    const steady = sight([connector(1, 'active'), connector(2, 'passive')])
    const strange = sight([connector(1, 'unknown'), connector(2, 'unknown')])
    const none = sight([connector(1, 'offline'), connector(2, 'passive')])
    const swapped = sight([connector(1, 'offline'), connector(2, 'active')])
    const looks = [steady, strange, steady, strange, none, strange, none, strange, swapped]
    for (const [n, look] of looks.entries()) notes.look(look, context('connectors', t0 + n * 2000))
    expect(shape(notes.lane('active')).slice(0, 3)).toEqual([
      [idOf(1), 0, 2000],
      ['unknown', 2000, 4000],
      [idOf(1), 4000, 6000],
    ])
    const unknown = notes.lane('active').filter(({ value }) => value === 'unknown')
    expect(unknown.map(({ reason }) => reason)).toEqual(Array(4).fill('unrecognised'))
    const turns = notes.events().filter(({ kind }) => kind.includes('active'))
    // It happened at some time since the last look that knew: two looks ago.
    expect(turns).toMatchObject([
      { kind: 'no-active-began', at: t0 + 8000, from: idOf(1), precisionMs: 4000 },
      { kind: 'no-active-ended', at: t0 + 16_000, to: idOf(2), precisionMs: 4000 },
      { kind: 'active-changed', at: t0 + 16_000, from: idOf(1), to: idOf(2) },
    ])
    const roles = notes.events().filter(({ kind }) => kind === 'role-changed')
    expect(roles.slice(0, 4)).toMatchObject([
      { connectorId: idOf(1), from: 'active', to: 'unknown' },
      { connectorId: idOf(2), from: 'passive', to: 'unknown' },
      { connectorId: idOf(1), from: 'unknown', to: 'active' },
      { connectorId: idOf(2), from: 'unknown', to: 'passive' },
    ])
  })

  test('nobody is active while the one that is called so has no connection', () => {
    const notes = createNotebook()
    const looks = [
      sight([connector(1, 'active'), connector(2, 'passive')]),
      sight([connector(1, 'active', []), connector(2, 'passive')]),
      sight([connector(1, 'passive', []), connector(2, 'active')]),
    ]
    for (const [n, look] of looks.entries()) notes.look(look, context('connectors', t0 + n * 2000))
    expect(shape(notes.lane('active'))).toEqual([
      [idOf(1), 0, 2000],
      ['none', 2000, 4000],
      [idOf(2), 4000, null],
    ])
    expect(notes.events().filter(({ kind }) => kind.includes('active'))).toMatchObject([
      { kind: 'no-active-began', at: t0 + 2000, from: idOf(1) },
      { kind: 'no-active-ended', at: t0 + 4000, to: idOf(2) },
      { kind: 'active-changed', from: idOf(1), to: idOf(2), cause: 'automatic' },
    ])
  })

  test('history says of who is active what the readiness said', () => {
    const anyone = fc.tuple(
      fc.constantFrom<SeenConnector['role']>('active', 'passive', 'offline', 'unknown', 'none'),
      fc.constantFrom<string[]>([], ['lhr01']),
    )
    fc.assert(
      fc.property(fc.array(anyone, { minLength: 1, maxLength: 4 }), (some) => {
        const connectors = some.map(([role, colos], n) => connector(n + 1, role, colos))
        // Without any role there is no lane.
        fc.pre(connectors.some(({ role }) => role !== 'none'))
        const notes = createNotebook()
        notes.look(sight(connectors), context('connectors', t0))
        const [turn] = notes.lane('active')
        const { readiness } = readinessOf(connectors, true)
        const active = connectors.find(({ role }) => role === 'active')
        expect([readiness, turn?.value]).toEqual([
          readiness,
          {
            ready: active?.id,
            exposed: active?.id,
            'no-active': 'none',
            disconnected: 'none',
            conflict: 'several',
            unknown: 'unknown',
            'not-ha': undefined,
          }[readiness],
        ])
      }),
      { numRuns: 2000 },
    )
  })

  test('a connection that moves colo ends one life and begins another', () => {
    const notes = createNotebook()
    notes.look(sight([connector(1, 'active', ['lhr01'])]), context('connectors', t0))
    notes.look(sight([connector(1, 'active', ['man02'])]), context('connectors', t0 + 5000))
    expect(notes.lives().map((life) => [life.colo, life.closedAt])).toEqual([
      ['lhr01', t0 + 5000],
      ['man02', null],
    ])
    expect(notes.kinds()).toContain('connection-moved')
  })

  test('the same connection on both sides of a gap is one life', () => {
    const notes = createNotebook()
    for (const at of [t0, t0 + 5000, t0 + 600_000]) {
      notes.look(sight([connector(1, 'active')]), context('connectors', at))
    }
    expect(notes.lives()).toHaveLength(1)
    expect(shape(notes.lane(idOf(1)).slice(1)).map(([value]) => value)).toEqual([
      'active',
      'unknown',
      'active',
    ])
  })

  test('so is one that opened before the look that did not list it yet', () => {
    const notes = createNotebook()
    notes.look(sight([connector(1, 'passive', [])]), context('connectors', t0))
    for (const at of [t0 + 5000, t0 + 600_000, t0 + 1_200_000]) {
      notes.look(sight([connector(1, 'passive')]), context('connectors', at))
    }
    expect(notes.lives()).toHaveLength(1)
    expect(notes.kinds()).not.toContain('connection-closed')
  })

  test('a tunnel that comes back after its deletion is watched again, and not created twice', () => {
    const notes = createNotebook()
    const born = { createdAt: t0 + 500 }
    notes.look(sight(null, born), context('listed', t0 + 1000))
    notes.look(sight(null, { ...born, deletedAt: t0 + 3000 }), context('listed', t0 + 5000))
    notes.look(sight(null, born), context('listed', t0 + 70_000))
    expect(notes.kinds()).toEqual(['tunnel-created', 'tunnel-deleted', 'tunnel-appeared'])
  })

  test('a deleted tunnel ends everything at its deletion', () => {
    const notes = createNotebook()
    const seen = [connector(1, 'active')]
    notes.look(sight(seen), context('listed', t0))
    notes.look(sight(seen), context('connectors', t0))
    notes.look(sight(seen, { deletedAt: t0 + 3000 }), context('listed', t0 + 5000))
    for (const lane of ['status', 'active', idOf(1)]) {
      expect(notes.lane(lane).every((span) => span.to !== null && span.to <= t0 + 3000)).toBe(true)
    }
    expect(notes.lives().every((life) => life.closedAt === t0 + 3000)).toBe(true)
    expect(notes.kinds()).toContain('tunnel-deleted')
  })

  test('a look that was answered before the deletion and comes after it opens nothing again', () => {
    const notes = createNotebook()
    const both = [connector(1, 'active'), connector(2, 'passive')]
    notes.look(sight(null), context('listed', t0))
    notes.look(sight(both), context('connectors', t0 + 500))
    const gone = { deletedAt: t0 + 3_000 }
    notes.look(sight(both, gone), context('listed', t0 + 5_000))
    const { spans, lives, events } = notes.look(
      sight(both, gone),
      context('connectors', t0 + 5_100),
    )
    expect([spans, lives, events]).toEqual([[], [], []])
  })

  test('a clock that steps back makes no interval of negative length', () => {
    const notes = createNotebook()
    notes.look(sight(null), context('listed', t0))
    notes.look(sight(null, { status: 'down' }), context('listed', t0 - 3_600_000))
    expect(notes.lane('status').every((span) => span.to === null || span.to >= span.from)).toBe(
      true,
    )
  })
})

type Moment = {
  /** Less than nothing: an answer that was overtaken, or a clock that was set back. */
  waitMs: number
  status: ListedTunnel['status']
  /** Null: not listed. */
  roles: (SeenConnector['role'] | null)[]
  colo: string
  /** When its connections opened, as Cloudflare says, counted from the look; null: not said. */
  openedMs: number | null
  /** How long before the look the tunnel was deleted; null: it is there. */
  deletedMs: number | null
}

const moments = (connectors: number) =>
  fc.array(
    fc.record<Moment>({
      waitMs: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 0, max: 8000 }) },
        { weight: 5, arbitrary: fc.integer({ min: 15_001, max: 900_000 }) },
        { weight: 2, arbitrary: fc.integer({ min: -3_600_000, max: -1 }) },
      ),
      status: fc.constantFrom('healthy', 'degraded', 'down', 'inactive', 'unknown'),
      roles: fc.array(
        fc.option(
          fc.constantFrom<SeenConnector['role']>('active', 'passive', 'offline', 'unknown'),
        ),
        { minLength: connectors, maxLength: connectors },
      ),
      colo: fc.constantFrom('lhr01', 'man02'),
      openedMs: fc.option(fc.integer({ min: -2_000_000, max: 5_000 })),
      deletedMs: fc.oneof(
        { weight: 12, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 8_000 }) },
      ),
    }),
    { minLength: 1, maxLength: 40 },
  )

/** A look as it counts: time in a book never goes back. */
type Seen = { at: number; moment: Moment; deletedAt: number | null }

function watch(sequence: Moment[]) {
  const notes = createNotebook()
  const looks: Seen[] = []
  let clock = t0
  for (const moment of sequence) {
    clock += moment.waitMs
    const last = looks.at(-1)
    const at = Math.max(clock, last?.at ?? 0)
    const wasDeleted = last?.deletedAt ?? null
    // What was deleted was there at the last look, and stays deleted at the time that it was.
    const deletedAt =
      moment.deletedMs === null || !last
        ? null
        : (wasDeleted ?? Math.max(last.at, at - moment.deletedMs))
    const connectors = moment.roles.flatMap((role, n) => {
      if (!role) return []
      const one = connector(n + 1, role, [moment.colo])
      const openedAt = moment.openedMs === null ? null : at + moment.openedMs
      return [{ ...one, connections: one.connections.map((each) => ({ ...each, openedAt })) }]
    })
    const after = sight(connectors, { status: moment.status, deletedAt })
    notes.look(after, context('listed', clock))
    // Nobody asks for the connectors of a tunnel that is deleted.
    if (deletedAt === null) notes.look(after, context('connectors', clock))
    looks.push({ at, moment, deletedAt })
  }
  return { notes, looks }
}

type Piece = { from: number; to: number; value: string }

/** What may be said of a lane, out of nothing but the looks. */
function truthOf(
  looks: Seen[],
  valueOf: (moment: Moment, isNew: boolean) => string | null,
): Piece[] {
  const pieces: Piece[] = []
  let isNew = true
  for (const [index, { at, moment, deletedAt }] of looks.entries()) {
    if (deletedAt !== null) {
      isNew = true
      continue
    }
    const value = valueOf(moment, isNew)
    isNew &&= value === null
    const next = looks[index + 1]
    if (!next || value === null) continue
    const to = next.deletedAt ?? next.at
    pieces.push({ from: at, to, value: to - at > gapMs ? 'unknown' : value })
  }
  return merged(pieces)
}

const merged = (pieces: Piece[]) => {
  const result: Piece[] = []
  for (const piece of pieces) {
    if (piece.to <= piece.from) continue
    const last = result.at(-1)
    if (last?.to === piece.from && last.value === piece.value) last.to = piece.to
    else result.push({ ...piece })
  }
  return result
}

describe.each([
  [4, 500],
  [25, 60],
])('any sequence of looks at %i connectors', (count, numRuns) => {
  test('every lane is what was seen, without overlap and without a hole that is not declared', () => {
    fc.assert(
      fc.property(moments(count), (sequence) => {
        const { notes, looks } = watch(sequence)
        const end = looks.at(-1)?.at ?? t0
        const turnOf = ({ roles }: Moment, isNew: boolean) => {
          if (isNew && roles.every((role) => role === null)) return null
          if (roles.includes('unknown')) return 'unknown'
          const [first, ...others] = roles.flatMap((role, n) => (role === 'active' ? [n + 1] : []))
          return first === undefined ? 'none' : others.length > 0 ? 'several' : idOf(first)
        }
        const lanes = [
          ['status', truthOf(looks, ({ status }) => status)],
          ['active', truthOf(looks, turnOf)],
          ...Array.from(
            { length: count },
            (_, n) => [idOf(n + 1), truthOf(looks, ({ roles }) => roles[n] ?? null)] as const,
          ),
        ] as const
        for (const [name, truth] of lanes) {
          const spans = notes.lane(name)
          for (const [index, next] of spans.slice(1).entries()) {
            // Only the last of a lane is open, and none reaches into the next.
            expect(spans[index]?.to ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(next.from)
          }
          const observed = spans
            .filter(({ source }) => source === 'observed')
            .map(({ from, to, value }) => ({ from, to: to ?? end, value }))
          expect(merged(observed)).toEqual(truth)
        }
        // Nothing is open of a tunnel that is deleted, or of a connector that is not listed.
        const last = looks.at(-1)
        const isThere = last?.deletedAt === null
        expect(notes.lane('status').at(-1)?.to === null).toBe(isThere)
        for (const [n, role] of (last?.moment.roles ?? []).entries())
          expect(notes.lane(idOf(n + 1)).at(-1)?.to === null).toBe(isThere && role !== null)
      }),
      { numRuns },
    )
  })

  test('the lives of a connection never overlap, whatever Cloudflare says of their beginning', () => {
    fc.assert(
      fc.property(moments(count), (sequence) => {
        const { notes } = watch(sequence)
        const all = notes.lives()
        for (const connectionId of new Set(all.map((life) => life.connectionId))) {
          const lives = all.filter((life) => life.connectionId === connectionId)
          for (const [index, life] of lives.entries()) {
            const until = life.closedAt ?? Number.POSITIVE_INFINITY
            expect(until).toBeGreaterThanOrEqual(life.openedAt)
            expect(until).toBeLessThanOrEqual(
              lives[index + 1]?.openedAt ?? Number.POSITIVE_INFINITY,
            )
          }
        }
      }),
      { numRuns },
    )
  })
})
