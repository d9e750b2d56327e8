import { instant, toRow } from '#contract/csv.ts'
import type { Since, Tunnel } from '#contract/tunnel.ts'
import { percentText } from '#web/charts/percent.ts'
import { plain } from '#web/ui/markdown.ts'
import { displayName, shortId } from '#web/ui/names.ts'
import { readinessText } from '#web/ui/readiness.ts'
import { statusLooks } from '#web/ui/StatusMark.tsx'
import { type ColumnId, columns } from './columns.ts'
import type { Figures } from './rows.ts'

/** Rows of the list as a table in text, for a ticket or a spreadsheet. What is not known says so. Pure. */

export type AsText = {
  tunnels: readonly Tunnel[]
  /** Columns that somebody hid; those that find no room on a screen find it in a text. */
  hidden: readonly ColumnId[]
  figures: Figures
  /** Which are too old to be believed. */
  isStale: (tunnel: Tunnel) => boolean
}

type Value = string | number | { at: number }
type Cell = {
  head: string
  of: (tunnel: Tunnel, how: AsText) => Value
  /** What most tunnels have not: a ticket has no column for it where none has it. */
  rare?: true
}

const unread = 'unknown'

function activeOf({ readiness }: Tunnel): string {
  if (readiness === 'not-ha') return 'not HA'
  return readiness === 'unknown' ? unread : none
}

const seen = (word: string, tunnel: Tunnel, how: AsText) =>
  how.isStale(tunnel) ? `${word} (stale)` : word

const sinceBy: Record<Since['source'], string> = {
  reported: 'reported by Cloudflare',
  observed: 'at least, first seen by Tandem',
}

const none = 'none'

const shareText = (share: number | null) =>
  share === null ? 'nothing observed' : percentText(share)

const availabilityCells = (window: keyof Figures, head: string): readonly Cell[] => [
  {
    head,
    of: ({ id }, { figures }) => {
      const summary = figures[window].get(id)
      return summary ? shareText(summary.availability) : unread
    },
  },
  {
    head: `${head} outside maintenance`,
    rare: true,
    of: ({ id }, { figures }) => {
      const summary = figures[window].get(id)
      if (!summary) return unread
      if (summary.maintenanceMs === 0) return none
      return shareText(summary.availabilityOutside)
    },
  },
]

/** What a column says in words; a picture says nothing. */
const cells: Partial<Record<ColumnId, readonly Cell[]>> = {
  status: [
    {
      head: 'Status',
      of: (tunnel, how) =>
        seen(tunnel.statusReported ?? statusLooks[tunnel.status].word, tunnel, how),
    },
  ],
  name: [{ head: 'Name', of: ({ name }) => displayName(name) }],
  readiness: [
    {
      head: 'HA readiness',
      of: (tunnel, how) =>
        tunnel.failoverId
          ? how.isStale(tunnel)
            ? 'Was failing over'
            : 'Failing over'
          : seen(readinessText(tunnel.readiness, tunnel.standbyCount), tunnel, how),
    },
  ],
  active: [
    {
      head: 'Active connector',
      of: (tunnel, how) =>
        tunnel.activeConnectorId
          ? seen(tunnel.activeConnectorId, tunnel, how)
          : seen(activeOf(tunnel), tunnel, how),
    },
    {
      head: 'Active colo',
      of: (tunnel) =>
        tunnel.activeColos.join(' ') || (tunnel.activeConnectorId ? unread : activeOf(tunnel)),
    },
  ],
  day: availabilityCells('day', 'Available in 24 h'),
  month: availabilityCells('month', 'Available in 30 d'),
  colos: [
    {
      head: 'Colos',
      of: ({ colos, connectorCount }) =>
        colos.join(' ') || (connectorCount === null ? unread : none),
    },
  ],
  connectors: [
    { head: 'Connectors', of: ({ connectorCount }) => connectorCount ?? unread },
    { head: 'Connections', of: ({ connectionCount }) => connectionCount ?? unread },
  ],
  since: [
    { head: 'Since', of: ({ since }) => since ?? unread },
    { head: 'Since is', of: ({ since }) => (since ? sinceBy[since.source] : unread) },
  ],
  changed: [
    {
      head: 'Last change',
      of: ({ changedAt }) => (changedAt === null ? 'none seen' : { at: changedAt }),
    },
  ],
  age: [
    {
      head: 'Last looked at',
      of: ({ checkedAt }) => (checkedAt === null ? 'not yet' : { at: checkedAt }),
    },
  ],
}

/** What people put on a tunnel, which the list tells beside its name. */
const ofPeople: readonly Cell[] = [
  { head: 'Tags', rare: true, of: ({ tags }) => tags.join(' ') || none },
  {
    head: 'Maintenance until',
    rare: true,
    of: ({ maintenance }) => (maintenance ? { at: maintenance.to } : none),
  },
  {
    head: 'Not acknowledged',
    rare: true,
    of: ({ unacknowledged }) => unacknowledged?.count ?? none,
  },
]

const cellsOf = ({ hidden }: AsText) => [
  ...columns.filter(({ id }) => !hidden.includes(id)).flatMap(({ id }) => cells[id] ?? []),
  ...ofPeople,
]

/** As a spreadsheet reads it, with each tunnel's id at the end. */
export function toCsv(how: AsText): string {
  const shown = cellsOf(how)
  const rows = how.tunnels.map((tunnel) => [
    ...shown.map(({ of }) => {
      const value = of(tunnel, how)
      return typeof value === 'object' ? instant(value.at) : value
    }),
    tunnel.id,
  ])
  return [[...shown.map(({ head }) => head), 'Id'], ...rows].map(toRow).join('')
}

/**
 * As tickets and chats draw it; a name leads to its tunnel.
 *
 * @param origin where Tandem is, e.g. `https://tandem.example.com`
 */
export function toMarkdown(how: AsText, origin: string): string {
  const shown = cellsOf(how).filter(
    ({ rare, of }) =>
      !rare || how.tunnels.some((tunnel) => ![none, unread].includes(String(of(tunnel, how)))),
  )
  const line = (texts: readonly string[]) => `| ${texts.join(' | ')} |\n`
  const textOf = ({ head, of }: Cell, tunnel: Tunnel) => {
    const value = of(tunnel, how)
    if (typeof value === 'object') return utcText(value.at)
    if (typeof value === 'number') return String(value)
    if (head === 'Name') return `[${plain(value)}](${origin}/tunnels/${tunnel.id})`
    return plain(value === tunnel.activeConnectorId ? shortId(value) : value)
  }
  return [
    line(shown.map(({ head }) => head)),
    line(shown.map(() => '---')),
    ...how.tunnels.map((tunnel) => line(shown.map((cell) => textOf(cell, tunnel)))),
  ].join('')
}

/** `2026-11-24 12:04 UTC` */
const utcText = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
