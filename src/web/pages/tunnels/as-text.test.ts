import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TunnelSummary } from '#contract/history.ts'
import { tunnelOf } from '#web/fleet/tunnel-of.ts'
import { type AsText, toCsv, toMarkdown } from './as-text.ts'
import { type ColumnId, choosable } from './columns.ts'

const at = Date.UTC(2026, 10, 24, 12, 4, 10)
const only = (...ids: ColumnId[]) => choosable.map(({ id }) => id).filter((id) => !ids.includes(id))
const none = { day: new Map(), month: new Map() }
const textOf = (more: Partial<AsText>): AsText => ({
  tunnels: [],
  hidden: [],
  figures: none,
  isStale: () => false,
  ...more,
})

test('a table for a spreadsheet has the columns that are shown, and the ids', () => {
  const tunnel = tunnelOf('gw-1', { connectorCount: 2, connectionCount: 8, changedAt: at })
  const csv = toCsv(textOf({ tunnels: [tunnel], hidden: only('status', 'connectors', 'changed') }))
  expect(csv).toBe(
    `Status,Name,Connectors,Connections,Last change,Tags,Maintenance until,Not acknowledged,Id\r\nHealthy,gw-1,2,8,2026-11-24T12:04:10.000Z,none,none,none,${tunnel.id}\r\n`,
  )
})

test('what is not known says so, and what is too old is called stale', () => {
  const tunnel = tunnelOf('gw-1', {
    readiness: 'unknown',
    activeConnectorId: null,
    activeColos: [],
    colos: [],
    connectorCount: null,
    connectionCount: null,
    since: null,
    changedAt: null,
    checkedAt: null,
  })
  const [, row] = toCsv(textOf({ tunnels: [tunnel], isStale: () => true })).split('\r\n')
  expect(row).toBe(
    `Healthy (stale),gw-1,Unknown (stale),unknown (stale),unknown,unknown,unknown,unknown,unknown,unknown,unknown,unknown,unknown,unknown,none seen,not yet,none,none,none,${tunnel.id}`,
  )
})

test('what people put on a tunnel is told, in a ticket only where there is some', () => {
  const bare = tunnelOf('gw-1')
  const busy = tunnelOf('gw-2', {
    tags: ['site:london', 'team:network'],
    maintenance: { from: at, to: at + 3_600_000, by: 'Ada', text: null },
    unacknowledged: { count: 2, firstAt: at, lastAt: at },
  })
  const summary = { availability: 0.5, maintenanceMs: 1, availabilityOutside: 1 } as TunnelSummary
  const figures = { day: new Map([[busy.id, summary]]), month: new Map() }
  const how = textOf({ tunnels: [bare, busy], hidden: only('day'), figures })
  expect(toCsv(how).split('\r\n').slice(0, 3)).toEqual([
    'Name,Available in 24 h,Available in 24 h outside maintenance,Tags,Maintenance until,Not acknowledged,Id',
    `gw-1,unknown,unknown,none,none,none,${bare.id}`,
    `gw-2,50.0 %,100 %,site:london team:network,2026-11-24T13:04:10.000Z,2,${busy.id}`,
  ])
  const head = (tunnels: AsText['tunnels']) => toMarkdown({ ...how, tunnels }, '').split('\n')[0]
  expect(head([bare])).toBe('| Name | Available in 24 h |')
  expect(head([bare, busy])).toBe(
    '| Name | Available in 24 h | Available in 24 h outside maintenance | Tags | Maintenance until | Not acknowledged |',
  )
})

test('a failover that nobody can follow any more is told in the past', () => {
  const tunnel = tunnelOf('gw-1', { failoverId: 'f1' })
  const readiness = (isStale: boolean) =>
    toCsv(textOf({ tunnels: [tunnel], hidden: only('readiness'), isStale: () => isStale }))
  expect(readiness(false)).toContain('gw-1,Failing over,')
  expect(readiness(true)).toContain('gw-1,Was failing over,')
})

test('a share is told as the list tells it', () => {
  const tunnel = tunnelOf('gw-1')
  const summary = { availability: 0.99987 } as TunnelSummary
  const figures = { day: new Map([[tunnel.id, summary]]), month: new Map() }
  expect(toCsv(textOf({ tunnels: [tunnel], hidden: only('day'), figures }))).toContain('99.98 %')
})

test('a name never becomes a formula, a column or a line of its own', () => {
  const tunnels = ['=HYPERLINK("http://x")', 'a,b', 'a\r\nb', '-1+2'].map((name) =>
    tunnelOf(name, { id: 'i' }),
  )
  const lines = toCsv(textOf({ tunnels, hidden: only() })).split('\r\n')
  expect(lines.slice(1, -1).map((line) => line.replace(/,none,none,none,i$/, ''))).toEqual([
    `"'=HYPERLINK(""http://x"")"`,
    '"a,b"',
    'a b',
    `'-1+2`,
  ])
})

test('a table for a ticket leads to the tunnels and shortens ids', () => {
  const tunnel = tunnelOf('a|b', {
    activeConnectorId: '6f3a1c2e-0000-4000-8000-000000000000',
    activeColos: ['lhr13'],
  })
  expect(
    toMarkdown(textOf({ tunnels: [tunnel], hidden: only('active') }), 'https://t.example'),
  ).toBe(
    `| Name | Active connector | Active colo |\n| --- | --- | --- |\n| [a\\|b](https://t.example/tunnels/${tunnel.id}) | 6f3a1c2e | lhr13 |\n`,
  )
})

test('whatever a tunnel is called, its row has as many cells as the head and no line more', () => {
  const cells = (line: string) => line.replace(/\\./g, '').split('|').length
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      // Its id is Cloudflare's, whatever it is called.
      const tunnels = [tunnelOf(name, { id: 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415' })]
      const [head = '', , row = '', end, more] = toMarkdown(textOf({ tunnels }), 'https://t').split(
        '\n',
      )
      expect(cells(row)).toBe(cells(head))
      expect([end, more]).toEqual(['', undefined])
    }),
  )
})
