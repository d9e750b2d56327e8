import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  badnessOf,
  type ConnectionLife,
  type HistoryEvent,
  type Interval,
  type TunnelHistory,
} from '#contract/history.ts'
import {
  carriedOn,
  endsUnknown,
  intervalAt,
  intervalNear,
  type Lane,
  lookOf,
  summaryText,
  tell,
  toConnectionSteps,
  toLanes,
  toMarks,
  toRuns,
} from './series.ts'

const interval = (
  from: number,
  to: number,
  value: string,
  change: Partial<Interval> = {},
): Interval => ({
  from,
  to,
  value,
  source: 'observed',
  precisionMs: 5000,
  reason: value === 'unknown' ? 'tandem-stopped' : null,
  open: false,
  mixed: false,
  unknownMs: 0,
  ...change,
})

const event = (at: number, change: Partial<HistoryEvent>): HistoryEvent => ({
  id: `t-${at}`,
  at,
  tunnelId: 't',
  tunnelName: 'lon',
  kind: 'active-changed',
  connectorId: null,
  from: null,
  to: null,
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: 5000,
  ...change,
})

const roleLane = (connectorId: string, intervals: Interval[]) => ({
  connectorId,
  intervals,
  totalMs: 0,
  observedMs: 0,
  activeMs: 0,
  reconnects: 0,
})

const history = (change: Partial<TunnelHistory> = {}): TunnelHistory => ({
  tunnelId: 't',
  from: 0,
  to: 1000,
  at: 1000,
  watchedSince: 0,
  bucketMs: null,
  status: [interval(0, 1000, 'healthy', { open: true })],
  active: [interval(0, 1000, 'a', { open: true })],
  lanes: [
    roleLane('a', [interval(0, 1000, 'active', { open: true })]),
    roleLane('b', [interval(0, 1000, 'passive', { open: true })]),
  ],
  lanesLeftOut: 0,
  summary: {
    tunnelId: 't',
    totalMs: 1000,
    observedMs: 1000,
    upMs: 1000,
    availability: 1,
    maintenanceMs: 0,
    availabilityOutside: null,
    observedOutsideMs: null,
    noActiveMs: 0,
    noActiveTimes: 0,
    longestNoActiveMs: 0,
    roleChanges: 0,
    reconnects: 0,
    flapsLastHour: 0,
    strip: '',
    activeStrip: '',
  },
  changeCauses: { manual: 0, automatic: 0, unknown: 0 },
  connections: [],
  connectionsFrom: null,
  events: [],
  marks: [],
  truncated: false,
  ...change,
})

const lane = (intervals: Interval[], kind: Lane['kind'] = 'role'): Lane => ({
  id: kind === 'role' ? 'a' : kind,
  kind,
  connectorId: kind === 'role' ? 'a' : null,
  intervals,
  gone: false,
})

describe('lanes', () => {
  test('are status, active, connectors, and at the end those that left', () => {
    const lanes = toLanes(
      history({
        lanes: [
          roleLane('a', [interval(0, 300, 'active')]),
          roleLane('b', [interval(0, 1000, 'active', { open: true })]),
        ],
      }),
    )
    expect(lanes.map(({ id, gone }) => [id, gone])).toEqual([
      ['status', false],
      ['active', false],
      ['b', false],
      ['a', true],
    ])
  })

  test('have no active connector where the tunnel is not HA', () => {
    expect(toLanes(history({ active: [] })).map(({ id }) => id)).toEqual(['status', 'a', 'b'])
  })

  test('are told in one sentence', () => {
    const shown = history({
      active: [interval(0, 400, 'a'), interval(400, 410, 'none'), interval(410, 1000, 'b')],
      events: [event(410, { from: 'a', to: 'b', cause: 'automatic' })],
    })
    expect(summaryText(shown, toLanes(shown), toMarks(shown.events))).toBe(
      '2 connectors, 1 switch of the active one, 1 time without an active one',
    )
  })

  test('says of who was active no more than is known', () => {
    const textOf = (active: Interval[], change: Partial<TunnelHistory> = {}) => {
      const shown = history({ active, ...change })
      return summaryText(shown, toLanes(shown), [])
    }
    const never = '2 connectors, 0 switches of the active one, never without an active one'
    expect(textOf([interval(0, 1000, 'a')])).toBe(never)
    expect(textOf([interval(0, 400, 'a'), interval(400, 1000, 'unknown')])).toBe(
      `${never}, as far as observed`,
    )
    expect(textOf([interval(0, 1000, 'a', { mixed: true, unknownMs: 400 })])).toBe(
      `${never}, as far as observed`,
    )
    expect(textOf([interval(0, 1000, 'unknown')])).toBe('2 connectors; who was active is not known')
    expect(textOf([])).toBe('2 connectors')
    // Nobody knows who was active before the first look at the connectors.
    const hour = { to: 3_600_000, summary: { ...history().summary, totalMs: 3_600_000 } }
    expect(textOf([interval(1_800_000, 3_600_000, 'a')], hour)).toBe(`${never}, as far as observed`)
    expect(textOf([interval(0, 3_600_000, 'a')], hour)).toBe(never)
  })
})

describe('between two answers', () => {
  test('what is open goes on to the last look, and no further', () => {
    const later = carriedOn(history(), 1600)
    expect(later.at).toBe(1600)
    expect(later.status.at(-1)?.to).toBe(1600)
    expect(later.lanes.map(({ intervals }) => intervals.at(-1)?.to)).toEqual([1600, 1600])
  })

  test('nothing goes on without a later look', () => {
    const same = history()
    expect(carriedOn(same, 900)).toBe(same)
    expect(carriedOn(same, null)).toBe(same)
  })

  test('what has ended stays as it was, and so does what was not watched', () => {
    const shown = history({
      status: [interval(0, 400, 'healthy'), interval(400, 1000, 'unknown', { open: true })],
      active: [interval(0, 700, 'a')],
    })
    expect(carriedOn(shown, 1600).status.at(-1)?.to).toBe(1000)
    expect(carriedOn(shown, 1600).active.at(-1)?.to).toBe(700)
    expect(endsUnknown(shown)).toBe(true)
    expect(endsUnknown(history())).toBe(false)
  })

  test('a state that Tandem does not know is known to go on', () => {
    const shown = history({
      status: [interval(0, 1000, 'unknown', { reason: 'unrecognised', open: true })],
    })
    expect(endsUnknown(shown)).toBe(false)
    expect(carriedOn(shown, 1600).status.at(-1)?.to).toBe(1600)
  })
})

describe('a pointer', () => {
  const intervals = [
    interval(0, 500, 'a'),
    interval(500, 502, 'none'),
    interval(502, 800, 'b'),
    interval(900, 1000, 'b'),
  ]

  test('means what is under it', () => {
    expect(intervalAt(intervals, 0)).toBe(0)
    expect(intervalAt(intervals, 500)).toBe(1)
    expect(intervalAt(intervals, 799)).toBe(2)
    expect(intervalAt(intervals, 850)).toBe(-1)
    expect(intervalAt([], 1)).toBe(-1)
  })

  test('means the gap beside it that is too thin to be hit', () => {
    expect(intervalNear(lane(intervals, 'active'), 497, 5)).toBe(1)
    expect(intervalNear(lane(intervals, 'active'), 480, 5)).toBe(0)
    expect(intervalNear(lane(intervals, 'active'), 505, 5)).toBe(1)
  })
})

describe('a picture', () => {
  const values = ['active', 'passive', 'offline', 'unknown']
  const anyLane = fc
    .array(fc.record({ ms: fc.integer({ min: 1, max: 400 }), value: fc.constantFrom(...values) }), {
      minLength: 1,
      maxLength: 60,
    })
    .map((parts) => {
      let at = 0
      return parts.map(({ ms, value }) => {
        const from = at
        at += ms
        return interval(from, at, value)
      })
    })

  test('of any lane shows every state that is bad, and stays inside', () => {
    fc.assert(
      fc.property(anyLane, fc.integer({ min: 10, max: 500 }), (intervals, width) => {
        const to = intervals.at(-1)?.to ?? 1
        const { bands, specks } = toRuns(lane(intervals), { from: 0, to }, width)
        for (const { x0, x1 } of [...bands, ...specks]) {
          expect(x0).toBeGreaterThanOrEqual(0)
          expect(x1).toBeLessThanOrEqual(width)
          expect(x1).toBeGreaterThan(x0)
        }
        for (const one of intervals) {
          const x = ((one.from + one.to) / 2 / to) * width
          const shown = [...bands, ...specks].filter((run) => run.x0 <= x + 1 && run.x1 >= x - 1)
          const worst = Math.max(...shown.map((run) => badnessOf('role', run.interval.value)))
          expect(worst).toBeGreaterThanOrEqual(badnessOf('role', one.value))
        }
      }),
    )
  })

  test('never has more bands and specks than twice its pixels', () => {
    const many = Array.from({ length: 5000 }, (_, at) =>
      interval(at * 10, at * 10 + 10, at % 2 ? 'active' : 'passive'),
    )
    const { bands, specks } = toRuns(lane(many), { from: 0, to: 50_000 }, 800)
    expect(bands.length + specks.length).toBeLessThanOrEqual(1600)
    expect(specks.every(({ mixed }) => mixed)).toBe(true)
  })

  test('tells of a bucket that most of it is not known, and counts it as unwatched where that is all', () => {
    const bucket = (change: Partial<Interval>) =>
      interval(0, 1000, 'offline', { mixed: true, ...change })
    const partial = (one: Interval) =>
      toRuns(lane([one]), { from: 0, to: 1000 }, 100).bands[0]?.partial
    expect(partial(bucket({ unknownMs: 501 }))).toBe(true)
    expect(partial(bucket({ unknownMs: 500 }))).toBe(false)
    expect(partial(bucket({ value: 'unknown', unknownMs: 501 }))).toBe(false)
    const shown = history({ lanes: [roleLane('a', [bucket({ unknownMs: 600_000 })])] })
    expect(tell(shown, toLanes(shown)[2] as Lane, 0).notes).toEqual([
      'The worst of this stretch: other states are hidden in it. Zoom in.',
      'Nothing is known of 10 m of it.',
    ])
    const gapsOf = (unknownMs: number) =>
      toConnectionSteps(
        history({ active: [], lanes: [roleLane('a', [bucket({ value: 'unknown', unknownMs })])] }),
        { from: 0, to: 1000 },
      ).gaps.length
    expect([gapsOf(400), gapsOf(600)]).toEqual([0, 1])
  })

  test('tells looks apart by lane', () => {
    expect(lookOf('active', interval(0, 1, 'none'))).toBe('vacant')
    expect(lookOf('active', interval(0, 1, 'several'))).toBe('several')
    expect(lookOf('active', interval(0, 1, 'some-id'))).toBe('holder')
    expect(lookOf('role', interval(0, 1, 'none'))).toBe('plain')
    expect(lookOf('role', interval(0, 1, 'up'))).toBe('up')
    expect(lookOf('status', interval(0, 1, 'paused'))).toBe('unknown')
  })
})

describe('an interval is told', () => {
  const shown = history({
    lanes: [
      roleLane('a', [
        interval(0, 300, 'passive', { precisionMs: null }),
        interval(300, 600, 'active', { precisionMs: 4000 }),
        interval(600, 900, 'unknown', { precisionMs: null }),
        interval(900, 1000, 'active', { precisionMs: null, open: true }),
      ]),
    ],
    events: [
      event(300, { from: 'b', to: 'a', connectorId: 'a', cause: 'manual', by: 'Ada' }),
      event(300, { kind: 'version-changed', connectorId: 'a', from: '1', to: '2' }),
    ],
  })
  const role = toLanes(shown).find(({ kind }) => kind === 'role')
  const telling = (index: number) => tell(shown, role as Lane, index)

  test('with its times, how exact they are, and what the log says of its beginning', () => {
    expect(telling(1)).toEqual({
      title: 'Connector a',
      state: 'Active',
      from: 300,
      fromPrecisionMs: 4000,
      to: 600,
      toPrecisionMs: null,
      goesOn: false,
      ms: 300,
      cut: false,
      mixed: false,
      unknown: false,
      notes: ['Active changed from b to a (manual failover by Ada).'],
    })
  })

  test('as cut where the window begins before it knows', () => {
    expect(telling(0)).toMatchObject({ from: null, to: 300, toPrecisionMs: 4000, cut: true })
  })

  test('as unknown with the reason', () => {
    expect(telling(2)).toMatchObject({
      state: 'Not watched',
      notes: ['Tandem was not running.'],
    })
  })

  test('as going on while it does', () => {
    expect(telling(3)).toMatchObject({ to: null, goesOn: true, cut: false })
  })

  test('of a window up to now as going on, though the answer came a moment later', () => {
    const one = history({ at: 1900, status: [interval(500, 1000, 'down', { open: true })] })
    expect(tell(one, toLanes(one)[0] as Lane, 0)).toMatchObject({ goesOn: true, cut: false })
  })

  test('of a window that has passed as cut at its end, whether it is over by now or not', () => {
    const passed = (open: boolean) => {
      const one = history({ at: 90_000, status: [interval(0, 1000, 'down', { open })] })
      return tell(one, toLanes(one)[0] as Lane, 0)
    }
    for (const open of [true, false])
      expect(passed(open)).toMatchObject({ from: null, to: null, goesOn: false, cut: true })
  })
})

describe('marks', () => {
  test('are switches with their cause, and failovers that came to nothing', () => {
    const marks = toMarks([
      event(1, { from: 'a', to: 'b', cause: 'manual', by: 'Ada' }),
      event(2, { from: 'b', to: 'a', cause: null }),
      event(3, { kind: 'failover-ended', connectorId: 'b', to: 'confirmed' }),
      event(4, { kind: 'failover-ended', connectorId: 'b', to: 'rejected' }),
    ])
    expect(marks.map(({ at, kind }) => [at, kind])).toEqual([
      [1, 'manual'],
      [2, 'unknown'],
      [4, 'failed'],
    ])
  })
})

describe('connections over time', () => {
  const life = (
    openedAt: number,
    closedAt: number | null,
    change: Partial<ConnectionLife> = {},
  ): ConnectionLife => ({
    connectorId: 'a',
    connectionId: `c${openedAt}`,
    colo: 'lhr16',
    originIp: null,
    version: null,
    openedAt,
    source: 'observed',
    closedAt,
    lastSeenAt: closedAt ?? 1000,
    precisionMs: null,
    ...change,
  })
  const window = { from: 0, to: 1000 }
  const countAt = (steps: ReturnType<typeof toConnectionSteps>, at: number) =>
    steps.steps.findLast((step) => step.at <= at)?.total

  test('are counted by colo', () => {
    const steps = toConnectionSteps(
      history({
        connections: [life(-50, 400), life(100, null), life(200, 300, { colo: 'dub05' })],
      }),
      window,
    )
    expect(steps.colos).toEqual(['lhr16', 'dub05'])
    expect([0, 150, 250, 350, 500].map((at) => countAt(steps, at))).toEqual([1, 2, 3, 2, 1])
    expect(steps.opened).toEqual([100, 200])
    expect(steps.closed).toEqual([400, 300])
    expect(steps.most).toBe(3)
  })

  test('have no number while nobody watched, and hold until then', () => {
    const steps = toConnectionSteps(
      history({
        connections: [life(-50, null)],
        lanes: [
          roleLane('a', [
            interval(0, 400, 'active'),
            interval(400, 700, 'unknown'),
            interval(700, 1000, 'active', { open: true }),
          ]),
        ],
      }),
      window,
    )
    expect(steps.gaps).toEqual([{ from: 400, to: 700, reason: 'Tandem was not running' }])
    const at400 = steps.steps.filter(({ at }) => at === 400).map(({ total }) => total)
    expect(at400).toEqual([1, null])
    expect(countAt(steps, 500)).toBeNull()
    expect(countAt(steps, 800)).toBe(1)
  })

  test('have no number while nobody watched a tunnel of which no connector was listed', () => {
    const status = [
      interval(0, 400, 'down'),
      interval(400, 700, 'unknown'),
      interval(700, 1000, 'healthy', { open: true }),
    ]
    const gap = { from: 400, to: 700, reason: 'Tandem was not running' }
    const bare = { status, connections: [life(800, null)], active: [] }
    const steps = toConnectionSteps(history({ ...bare, lanes: [] }), window)
    expect(steps.gaps).toEqual([gap])
    expect([300, 500, 750, 850].map((at) => countAt(steps, at))).toEqual([0, null, 0, 1])
    // While some are listed, the looks at them tell.
    const lanes = [
      roleLane('a', [interval(0, 450, 'offline')]),
      roleLane('b', [interval(550, 600, 'passive')]),
    ]
    expect(toConnectionSteps(history({ ...bare, lanes }), window).gaps).toEqual([
      { ...gap, from: 450, to: 550 },
      { ...gap, from: 600 },
    ])
  })

  test('have no number before anybody knew the tunnel', () => {
    const unmet = { from: 0, to: 600, reason: 'Tandem did not know the tunnel yet' }
    const steps = toConnectionSteps(
      history({ watchedSince: 600, connections: [life(700, null)], active: [], lanes: [] }),
      window,
    )
    expect(steps.gaps).toEqual([unmet])
    expect([0, 599, 650, 800].map((at) => countAt(steps, at))).toEqual([null, null, 0, 1])
    // One that was open already is known of since it opened.
    const earlier = history({ watchedSince: 600, connections: [life(300, null)], active: [] })
    expect(toConnectionSteps(earlier, window).gaps).toEqual([{ ...unmet, to: 300 }])
  })

  test('have no number where more were open than are listed, and are never drawn as none', () => {
    const listed = [life(-50, null), life(350, 900), life(500, 600)]
    const steps = toConnectionSteps(history({ connections: listed, connectionsFrom: 400 }), window)
    expect(steps.unlisted).toEqual({ from: 0, to: 400 })
    expect([0, 360, 399].map((at) => countAt(steps, at))).toEqual([null, null, null])
    expect([400, 550, 700, 950].map((at) => countAt(steps, at))).toEqual([2, 3, 2, 1])
    expect(steps.opened).toEqual([500])
    expect(
      toConnectionSteps(history({ connectionsFrom: 400 }), { from: 500, to: 900 }).unlisted,
    ).toBeNull()
  })

  test('of many colos are named up to four, and the rest together', () => {
    const colos = ['lhr16', 'dub05', 'ams07', 'fra11', 'cdg02', 'muc01']
    const steps = toConnectionSteps(
      history({
        connections: colos.map((colo, index) => life(index, 900 - index, { colo })),
      }),
      window,
    )
    expect(steps.colos).toEqual(['lhr16', 'dub05', 'ams07', 'fra11', 'other'])
    expect(countAt(steps, 500)).toBe(6)
    expect(steps.steps.findLast(({ at }) => at <= 500)?.other).toBe(2)
  })

  test('thinned out still show every loss', () => {
    const lives = Array.from({ length: 900 }, (_, at) => life(at, at === 444 ? null : at + 1))
    const steps = toConnectionSteps(history({ connections: [life(-5, 500), ...lives] }), window, 50)
    expect(steps.steps.length).toBeLessThanOrEqual(102)
    expect(Math.min(...steps.steps.map(({ total }) => total ?? 9))).toBe(1)
  })
})
