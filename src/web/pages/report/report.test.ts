import { describe, expect, test } from 'vitest'
import type { HistoryEvent, Interval, TunnelHistory } from '#contract/history.ts'
import { markOf } from '#contract/mark-of.ts'
import { coveredBy, entriesOf, markdownOf, onPaper, quietText, troublesOf } from './report.ts'

const at = (minute: number) => Date.UTC(2026, 10, 24, 12, minute)

const interval = (value: string, from: number, to: number, more: Partial<Interval> = {}) => ({
  from: at(from),
  to: at(to),
  value,
  source: 'observed' as const,
  precisionMs: 5000,
  reason: null,
  open: false,
  mixed: false,
  unknownMs: 0,
  ...more,
})

const event = (kind: HistoryEvent['kind'], minute: number, more: Partial<HistoryEvent> = {}) => ({
  id: `${kind} ${minute}`,
  at: at(minute),
  tunnelId: 't',
  tunnelName: 'lon',
  kind,
  connectorId: null,
  from: null,
  to: null,
  cause: null,
  by: null,
  failoverId: null,
  note: null,
  precisionMs: null,
  ...more,
})

const note = markOf({
  id: 'note',
  tunnelId: 't',
  at: at(12),
  text: 'the ~~carrier~~ | called <b>',
})

const history: TunnelHistory = {
  tunnelId: 't',
  from: at(0),
  to: at(60),
  at: at(60),
  watchedSince: at(0),
  bucketMs: null,
  status: [
    interval('healthy', 0, 10),
    interval('down', 10, 20),
    interval('unknown', 20, 30, { reason: 'tandem-stopped' }),
    interval('healthy', 30, 60, { open: true }),
  ],
  active: [],
  lanes: [],
  lanesLeftOut: 0,
  summary: {
    tunnelId: 't',
    totalMs: 3_600_000,
    observedMs: 3_000_000,
    upMs: 2_400_000,
    availability: 0.8,
    maintenanceMs: 0,
    availabilityOutside: null,
    observedOutsideMs: null,
    noActiveMs: 0,
    noActiveTimes: 0,
    longestNoActiveMs: 0,
    roleChanges: 1,
    reconnects: 2,
    flapsLastHour: 0,
    strip: '',
    activeStrip: '',
  },
  changeCauses: { manual: 0, automatic: 0, unknown: 0 },
  connections: [],
  connectionsFrom: null,
  events: [
    event('status-changed', 10, { from: 'healthy', to: 'down', precisionMs: 5000 }),
    event('connection-closed', 10),
    event('failover-started', 15, { from: 'a', to: 'b', by: 'Ben', cause: 'manual' }),
  ],
  marks: [note],
  truncated: false,
}

describe('a report', () => {
  test('tells each stretch that was not well, and how long it lasted', () => {
    expect(troublesOf(history).map(({ state, ms }) => [state, ms / 60_000])).toEqual([
      ['Down', 10],
      ['Not watched', 10],
    ])
  })

  test('puts what happened and what people said together, the newest first, with who', () => {
    expect(entriesOf(history, 'utc').map(({ what, who }) => [what, who])).toEqual([
      ['Failover from a to b started (manual failover by Ben)', 'Ben'],
      ['Note: the ~~carrier~~ | called <b>', 'Ada'],
      ['Status changed from healthy to down', null],
    ])
  })

  test('tells what somebody said once, and every time as it tells all others', () => {
    const mark = { tunnelId: 't', kind: 'maintenance', at: at(1), from: at(5), to: at(45) } as const
    const planned = { by: 'Ada', from: '2026-11-24 12:05 UTC', to: '2026-11-24 12:45 UTC' }
    const said = {
      ...history,
      events: [
        event('maintenance-planned', 1, planned),
        event('maintenance-planned', 2, { ...planned, from: '2026-11-30 12:05 UTC' }),
        event('noted', 14, { by: 'Ada', note: note.text }),
        event('noted', 15, { by: 'Ada', note: 'deleted since' }),
        event('maintenance-ended', 30, { by: 'Ben', to: planned.to }),
      ],
      marks: [markOf({ ...mark, endedAt: at(30) }), note],
    }
    expect(entriesOf(said, 'utc').map(({ what }) => what)).toEqual([
      'Maintenance until 24 Nov 2026, 12:45:00 ended early by Ben',
      'Note by Ada: deleted since',
      'Note: the ~~carrier~~ | called <b>',
      'Maintenance from 30 Nov 2026, 12:05:00 to 24 Nov 2026, 12:45:00 planned by Ada',
      'Maintenance from 24 Nov 2026, 12:05:00 to 24 Nov 2026, 12:30:00, ended early',
    ])
  })

  test('is a ticket in Markdown in which nothing that was typed is markup', () => {
    const text = markdownOf('lon [x](http://evil)', history, { from: at(0), to: at(60) }, 'utc')
    expect(text).toContain('# lon \\[x\\](http://evil): 24 Nov 2026, 12:00:00 to')
    expect(text).toContain('| Tunnel status | Down | 24 Nov 2026, 12:10:00 ± 5 s |')
    expect(text).toContain('the \\~\\~carrier\\~\\~ \\| called \\<b\\> | Ada |')
    expect(text).toContain('- Available: 80.0 % of the 83.3 % observed\n')
  })

  test('tells a ticket what lies outside of maintenance, and what is only the worst of a piece', () => {
    const down = interval('down', 10, 20, { mixed: true })
    const summary = { ...history.summary, maintenanceMs: 60_000, availabilityOutside: 1 }
    const one = { ...history, bucketMs: 600_000, status: [down], summary }
    const text = markdownOf('lon', one, { from: at(0), to: at(60) }, 'utc')
    expect(text).toContain('80.0 % of the 83.3 % observed, 100 % outside maintenance\n')
    expect(text).toContain('each stretch of 10 m shows the worst state in it')
    expect(text).toContain('| 10 m at most |')
  })

  test('tells a ticket where not all that happened is listed', () => {
    const said = (one: TunnelHistory) =>
      markdownOf('lon', one, { from: at(0), to: at(60) }, 'utc').includes('only the newest')
    expect([said(history), said({ ...history, truncated: true })]).toEqual([false, true])
  })

  test('is of the time that its answer covers', () => {
    expect(coveredBy(history)).toEqual({ from: at(0), to: at(60) })
    expect(coveredBy({ ...history, to: at(90) })).toEqual({ from: at(0), to: at(60) })
    expect(coveredBy({ ...history, to: at(30) })).toEqual({ from: at(0), to: at(30) })
    const later = { from: at(70), to: at(90) }
    expect(coveredBy({ ...history, ...later })).toEqual(later)
  })

  test('keeps words that run from right to left apart on the page, and as they were written in a ticket', () => {
    const renamed = event('tunnel-renamed', 5, { from: 'lon', to: 'مكتب دبي' })
    const one = { ...history, events: [renamed], marks: [] }
    expect(entriesOf(one, 'utc')[0]?.what).toBe('Renamed from lon to \u2068مكتب دبي\u2069')
    expect(markdownOf('lon', one, { from: at(0), to: at(60) }, 'utc')).toContain(
      '| Renamed from lon to مكتب دبي |',
    )
  })

  test('of a tunnel that never ran says so', () => {
    const never = { ...history, status: [interval('inactive', 0, 60, { open: true })], events: [] }
    expect(troublesOf(never).map(({ state }) => state)).toEqual(['Inactive'])
  })

  test('keeps the worst and the newest, and says how many had no room', () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => minute)
    const full = {
      ...history,
      status: minutes.map((from) =>
        interval(
          from === 7 ? 'down' : (['degraded', 'healthy'][from % 2] as string),
          from,
          from + 1,
        ),
      ),
      events: minutes.map((minute) =>
        event('tunnel-renamed', minute, { from: 'a', to: `b${minute}` }),
      ),
      marks: [],
    }
    const { troubles, entries } = onPaper(full, 'utc')
    expect(troubles.kept.slice(0, 2).map(({ state, from }) => [state, from])).toEqual([
      ['Down', at(7)],
      ['Degraded', at(58)],
    ])
    expect(troubles.kept.length + troubles.left).toBe(31)
    expect(entries.kept[0]?.at).toBe(at(59))
    expect(entries.kept.length + entries.left).toBe(60)
    expect(entries.left).toBeGreaterThan(0)
    const long = { ...full, marks: [], events: full.events.flatMap((one) => [one, one, one, one]) }
    expect(markdownOf('lon', long, { from: at(0), to: at(60) }, 'utc')).toMatch(/^And \d+ more: /m)
  })

  describe('without a problem', () => {
    const watched = { ...history.summary, observedMs: 3_600_000 }
    const healthy = [interval('healthy', 0, 60, { open: true })]
    const quiet = { ...history, status: healthy, summary: watched, events: [], marks: [] }
    const saidOf = (one: TunnelHistory) => {
      expect(troublesOf(one)).toEqual([])
      const text = quietText(one)
      expect(markdownOf('lon', one, { from: at(0), to: at(60) }, 'utc')).toContain(
        `## Problems\n\n${text}\n`,
      )
      return text
    }

    test('says that there was none of an hour that was watched', () => {
      expect(saidOf(quiet)).toBe('Nothing: the tunnel was healthy and watched all the time.')
      const active = [interval('a', 0, 20), interval('b', 20, 60, { open: true })]
      expect(saidOf({ ...quiet, active })).toBe(
        'Nothing: the tunnel was healthy, watched, and had an active connector all the time.',
      )
      expect(saidOf({ ...quiet, active: [interval('a', 30, 60, { open: true })] })).toBe(
        'Nothing: the tunnel was healthy and watched all the time.',
      )
    })

    test('promises nothing of the time before Tandem watched', () => {
      const status = [
        interval('healthy', 0, 30, { source: 'reported' }),
        interval('healthy', 30, 60, { open: true }),
      ]
      const half = { ...quiet, status, summary: { ...watched, observedMs: 1_800_000 } }
      const part = 'No problem in the 50.0 % that was observed.'
      expect(saidOf(half)).toBe(part)
      expect(saidOf({ ...half, active: [interval('a', 0, 60)] })).toBe(part)
      expect(saidOf({ ...quiet, status: [], summary: { ...watched, observedMs: 0 } })).toBe(
        'Nothing is known: this stretch was not observed.',
      )
    })
  })
})
