import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { transitionMs } from '#contract/failover.ts'
import { eventKinds, isChange } from '#contract/history.ts'
import { markOf } from '#contract/mark-of.ts'
import { acknowledgedForMs, type Mark } from '#contract/marks.ts'
import { mostWaiting } from '#contract/waiting.ts'
import {
  attentionOf,
  type Change,
  changeOf,
  emptyStanding,
  nextEdge,
  type Standing,
  withAcknowledgement,
  withChanges,
  withMaintenance,
  withoutOld,
} from './attention.ts'

const mark = (more: Partial<Mark>) => markOf({ kind: 'acknowledgement', ...more })
const maintenance = (from: number, to: number, more: Partial<Mark> = {}) =>
  mark({ id: `${from}-${to}`, kind: 'maintenance', from, to, ...more })
const change = (at: number, kind: Change['kind'] = 'active-changed'): Change => ({
  id: `1-${at}-0`,
  at,
  kind,
})
const changes = (...times: number[]) => times.map((at) => change(at))
const seen = (standing: Standing, now = 1_000) => attentionOf(standing, now)

test('another active connector, none any more, several, and all of it down wait; what is good news does not', () => {
  expect(isChange({ kind: 'active-changed', to: 'x' })).toBe(true)
  expect(isChange({ kind: 'no-active-began', to: null })).toBe(true)
  expect(isChange({ kind: 'several-active-began', to: null })).toBe(true)
  expect(isChange({ kind: 'status-changed', to: 'down' })).toBe(true)
  expect(isChange({ kind: 'status-changed', to: 'healthy' })).toBe(false)
  expect(isChange({ kind: 'no-active-ended', to: 'x' })).toBe(false)
})

test('what is forgotten waits no longer', () => {
  const standing = withChanges(emptyStanding, changes(1, 5, 9))
  expect(seen(withoutOld(standing, 5)).unacknowledged).toMatchObject({ count: 2, firstAt: 5 })
  expect(seen(withoutOld(standing, 10)).unacknowledged).toBeNull()
})

test('of very many the last ones wait, and there is no end to it where nobody acknowledges', () => {
  const all = Array.from({ length: 3 * mostWaiting }, (_, n) => change(n))
  const atOnce = withChanges(emptyStanding, all)
  expect(seen(atOnce).unacknowledged).toEqual({
    count: mostWaiting,
    firstAt: 2 * mostWaiting,
    lastAt: 3 * mostWaiting - 1,
  })
  let oneByOne = emptyStanding
  for (const one of all) oneByOne = withChanges(oneByOne, [one])
  expect(oneByOne).toEqual(atOnce)
  const after = withAcknowledgement(atOnce, mark({ at: 999, to: 3 * mostWaiting - 1 }))
  expect(seen(after).unacknowledged).toBeNull()
})

test('the log’s index holds the kinds that may wait, by their places', () => {
  const places = (
    ['status-changed', 'active-changed', 'no-active-began', 'several-active-began'] as const
  ).map((kind) => eventKinds.indexOf(kind))
  // As the migration and the query of a start have them.
  expect(places).toEqual([4, 5, 7, 26])
  const every = eventKinds.filter((kind) => isChange({ kind, to: 'down' }))
  expect(every.map((kind) => eventKinds.indexOf(kind))).toEqual(places)
})

test('changes are counted from the first to the last, until somebody has seen them', () => {
  const standing = withChanges(emptyStanding, changes(10, 20, 30))
  expect(seen(standing).unacknowledged).toEqual({ count: 3, firstAt: 10, lastAt: 30 })
  const after = withAcknowledgement(standing, mark({ at: 40, to: 30, text: 'a drill' }))
  expect(seen(after)).toEqual({
    unacknowledged: null,
    acknowledged: { at: 40, by: 'Ada', comment: 'a drill' },
    maintenance: null,
  })
})

test('a switch counts once, whether its moment with nobody active, or with two, was seen or not', () => {
  for (const began of ['no-active-began', 'several-active-began'] as const) {
    const standing = withChanges(emptyStanding, [change(10, began), change(10 + transitionMs)])
    expect(seen(standing).unacknowledged).toEqual({
      count: 1,
      firstAt: 10,
      lastAt: 10 + transitionMs,
    })
    const slow = withChanges(emptyStanding, [change(10, began), change(11 + transitionMs)])
    expect(seen(slow).unacknowledged).toMatchObject({ count: 2 })
  }
  const apart = [
    change(10, 'no-active-began'),
    change(20, 'no-active-began'),
    change(30),
    change(40),
  ]
  expect(seen(withChanges(emptyStanding, apart)).unacknowledged).toMatchObject({ count: 3 })
})

test('an acknowledgement does not swallow what came after the person looked', () => {
  const standing = withChanges(emptyStanding, changes(10, 20, 30))
  const after = withAcknowledgement(standing, mark({ at: 40, to: 20 }))
  expect(seen(after).unacknowledged).toEqual({ count: 1, firstAt: 30, lastAt: 30 })
})

test('one entry can be acknowledged by itself', () => {
  const standing = withChanges(emptyStanding, changes(10, 20, 30))
  const after = withAcknowledgement(standing, mark({ at: 40, to: 20, eventId: '1-20-0' }))
  expect(seen(after).unacknowledged).toEqual({ count: 2, firstAt: 10, lastAt: 30 })
})

describe('a switch whose moment with nobody active was seen', () => {
  const others = [change(1), change(2, 'status-changed')]
  const began = change(10_000, 'no-active-began')
  const ended = change(20_000)
  const last = change(20_000, 'status-changed')
  const standing = withChanges(emptyStanding, [
    ...others,
    began,
    ended,
    { ...last, id: '1-20000-1' },
    change(90_000),
  ])
  const given = (before: Standing, eventId: string) => {
    const covered = changeOf(before, eventId)
    const [from, to] = [covered[0]?.at ?? null, covered.at(-1)?.at ?? null]
    return mark({ at: 95_000, from, to, eventId })
  }

  test('is acknowledged as the one change that it counts as, by either of its entries', () => {
    expect(seen(standing).unacknowledged).toMatchObject({ count: 5 })
    for (const { id } of [began, ended]) {
      expect(changeOf(standing, id)).toEqual([began, ended])
      const after = withAcknowledgement(standing, given(standing, id))
      expect(after.waiting.map(({ at }) => at)).toEqual([1, 2, 20_000, 90_000])
      expect(seen(after).unacknowledged).toMatchObject({ count: 4 })
    }
  })

  test('waits with its end where that came after somebody looked', () => {
    const half = withChanges(emptyStanding, [began])
    const acknowledged = withAcknowledgement(half, given(half, began.id))
    expect(seen(withChanges(acknowledged, [ended])).unacknowledged).toMatchObject({ count: 1 })
  })

  test('is none where its entry does not wait, and one entry where the other is too far', () => {
    expect(changeOf(standing, 'another')).toEqual([])
    const late = change(began.at + transitionMs + 1)
    expect(changeOf(withChanges(emptyStanding, [began, late]), late.id)).toEqual([late])
  })
})

test('who acknowledged is told for a day and no longer', () => {
  const standing = withAcknowledgement(emptyStanding, mark({ at: 5, to: 5 }))
  expect(seen(standing, 5 + acknowledgedForMs - 1).acknowledged).not.toBeNull()
  expect(seen(standing, 5 + acknowledgedForMs).acknowledged).toBeNull()
  expect(nextEdge(standing, 5)).toBe(5 + acknowledgedForMs)
  expect(nextEdge(standing, 5 + acknowledgedForMs)).toBeNull()
})

describe('maintenance', () => {
  test('is told from its begin on, up to its end', () => {
    const standing = withMaintenance(emptyStanding, maintenance(100, 200))
    const openAt = [99, 100, 199, 200].map((now) => seen(standing, now).maintenance !== null)
    expect(openAt).toEqual([false, true, true, false])
    expect([99, 100, 200].map((now) => nextEdge(standing, now))).toEqual([100, 200, null])
  })

  test('of several the one that ends last is told', () => {
    const first = withMaintenance(emptyStanding, maintenance(100, 300))
    const standing = withMaintenance(first, maintenance(50, 200))
    expect(seen(standing, 150).maintenance).toMatchObject({ from: 100, to: 300 })
  })

  test('announced changes wait for nobody; those on its edge to the present do', () => {
    const standing = withMaintenance(emptyStanding, maintenance(100, 200))
    const after = withChanges(standing, changes(99, 100, 199, 200))
    expect(seen(after).unacknowledged).toEqual({ count: 2, firstAt: 99, lastAt: 200 })
  })

  test('that was ended early announces nothing from then on', () => {
    const planned = withMaintenance(emptyStanding, maintenance(100, 200))
    const ended = withMaintenance(planned, maintenance(100, 200, { endedAt: 150 }))
    expect(ended.maintenance).toHaveLength(1)
    expect(seen(ended, 160).maintenance).toBeNull()
    expect(seen(withChanges(ended, changes(149, 150))).unacknowledged).toMatchObject({ count: 1 })
  })

  test('that was called off before it began was none', () => {
    const off = withMaintenance(emptyStanding, maintenance(100, 200, { endedAt: 50 }))
    expect(seen(off, 150).maintenance).toBeNull()
    expect(seen(withChanges(off, changes(150))).unacknowledged).toMatchObject({ count: 1 })
  })
})

/** What a start finds on disk: the windows, then the log, then the acknowledgements. */
const reloaded = (log: Change[], windows: Mark[], acknowledgements: Mark[]) =>
  acknowledgements.reduce(
    withAcknowledgement,
    withChanges(windows.reduce(withMaintenance, emptyStanding), log),
  )

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      what: fc.constantFrom('active-changed', 'no-active-began', 'status-changed'),
    }),
  },
  fc.record({ kind: fc.constant('all' as const), back: fc.nat(15) }),
  fc.record({ kind: fc.constant('one' as const), pick: fc.nat(8) }),
  fc.record({
    kind: fc.constant('plan' as const),
    from: fc.integer({ min: -5, max: 15 }),
    ms: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ kind: fc.constant('end' as const), pick: fc.nat(3) }),
)

test('whatever happened in whatever order, a restart finds the same waiting', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let standing = emptyStanding
      const log: Change[] = []
      const windows = new Map<string, Mark>()
      const acknowledgements: Mark[] = []
      for (const [index, one] of steps.entries()) {
        const now = 100 + index * 3
        if (one.kind === 'change') {
          log.push(change(now, one.what))
          standing = withChanges(standing, [change(now, one.what)])
        }
        if (one.kind === 'all' || one.kind === 'one') {
          const picked = one.kind === 'one' ? standing.waiting[one.pick] : undefined
          const covered = changeOf(standing, picked?.id ?? 'none')
          const given = mark({
            id: String(index),
            at: now,
            from: covered[0]?.at ?? null,
            to: one.kind === 'all' ? now - one.back : (covered.at(-1)?.at ?? 0),
            eventId: one.kind === 'one' ? (picked?.id ?? 'none') : null,
          })
          acknowledgements.push(given)
          standing = withAcknowledgement(standing, given)
        }
        if (one.kind === 'plan') {
          const from = now + one.from
          const planned = maintenance(from, Math.max(from, now) + one.ms, { id: String(index) })
          windows.set(planned.id, planned)
          standing = withMaintenance(standing, planned)
        }
        if (one.kind === 'end') {
          const open = [...windows.values()].filter(
            ({ to, endedAt }) => !endedAt && (to ?? 0) > now,
          )
          const picked = open[one.pick % Math.max(1, open.length)]
          if (!picked) continue
          const ended = { ...picked, endedAt: now }
          windows.set(ended.id, ended)
          standing = withMaintenance(standing, ended)
        }
      }
      const again = reloaded(log, [...windows.values()], acknowledgements)
      expect(again.waiting).toEqual(standing.waiting)
      const end = 100 + steps.length * 3
      expect(attentionOf(again, end)).toEqual(attentionOf(standing, end))
    }),
    { numRuns: 500 },
  )
})
