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
  absent: [],
  figures: none,
  isStale: () => false,
  ...more,
})

test('a table for a spreadsheet has the columns that are shown, and the ids', () => {
  const tunnel = tunnelOf('gw-1', { connectorCount: 2, connectionCount: 8, changedAt: at })
  const csv = toCsv(textOf({ tunnels: [tunnel], absent: only('status', 'connectors', 'changed') }))
  expect(csv).toBe(
    `Status,Name,Connectors,Connections,Last change,Id\r\nHealthy,gw-1,2,8,2026-11-24T12:04:10.000Z,${tunnel.id}\r\n`,
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
    `Healthy (stale),gw-1,Unknown (stale),unknown (stale),unknown,unknown,unknown,unknown,unknown,unknown,unknown,unknown,none seen,not yet,${tunnel.id}`,
  )
})

test('a failover that nobody can follow any more is told in the past', () => {
  const tunnel = tunnelOf('gw-1', { failoverId: 'f1' })
  const readiness = (isStale: boolean) =>
    toCsv(textOf({ tunnels: [tunnel], absent: only('readiness'), isStale: () => isStale }))
  expect(readiness(false)).toContain('gw-1,Failing over,')
  expect(readiness(true)).toContain('gw-1,Was failing over,')
})

test('a share is told as the list tells it', () => {
  const tunnel = tunnelOf('gw-1')
  const summary = { availability: 0.99987 } as TunnelSummary
  const figures = { day: new Map([[tunnel.id, summary]]), month: new Map() }
  expect(toCsv(textOf({ tunnels: [tunnel], absent: only('day'), figures }))).toContain('99.98 %')
})

test('a name never becomes a formula, a column or a line of its own', () => {
  const tunnels = ['=HYPERLINK("http://x")', 'a,b', 'a\r\nb', '-1+2'].map((name) =>
    tunnelOf(name, { id: 'i' }),
  )
  const lines = toCsv(textOf({ tunnels, absent: only() })).split('\r\n')
  expect(lines.slice(1, -1).map((line) => line.slice(0, line.lastIndexOf(',')))).toEqual([
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
    toMarkdown(textOf({ tunnels: [tunnel], absent: only('active') }), 'https://t.example'),
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
