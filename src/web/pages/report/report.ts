import { eventSentence, type TunnelHistory } from '#contract/history.ts'
import type { Mark } from '#contract/marks.ts'
import { availabilityText } from '#web/charts/percent.ts'
import { precisionText } from '#web/charts/precision.ts'
import type { Stretch } from '#web/charts/range.ts'
import { type Look, lookOf, type Telling, tell, toLanes } from '#web/charts/series.ts'
import { fromText, lengthText, toText } from '#web/charts/TellingView.tsx'
import { markText } from '#web/marks/words.ts'
import { visibleName } from '#web/ui/names.ts'
import { instantIn, type Zone, zoneName } from '#web/ui/zone.ts'

/** A stretch of a tunnel's history as a report: what was not as it should be, what happened, who did what. Pure. */

/** Something that happened or was said. */
export type Entry = {
  id: string
  at: number
  precisionMs: number | null
  what: string
  who: string | null
}

/** More than so many nobody reads on paper; the rest is in the export. */
export const mostEntries = 60

const bad: ReadonlySet<Look> = new Set(['degraded', 'down', 'vacant', 'several', 'unknown'])

/** Every stretch in which the tunnel was not well, had no active connector, or was not watched; oldest first. */
export function troublesOf(history: TunnelHistory): Telling[] {
  return toLanes(history)
    .filter(({ kind }) => kind !== 'role')
    .flatMap((lane) =>
      lane.intervals.flatMap((interval, index) =>
        bad.has(lookOf(lane.kind, interval))
          ? [{ at: interval.from, telling: tell(history, lane, index) }]
          : [],
      ),
    )
    .toSorted((a, b) => a.at - b.at)
    .map(({ telling }) => telling)
}

/** What happened and what people said, oldest first. Single connections come and go too often to be told. */
export function entriesOf({ events, marks }: TunnelHistory, zone: Zone): Entry[] {
  const happened = events
    .filter(({ kind }) => !kind.startsWith('connection-') && kind !== 'acknowledged')
    .map((event) => ({
      id: event.id,
      at: event.at,
      precisionMs: event.precisionMs,
      what: eventSentence(event),
      who: event.by,
    }))
  const said = marks.map((mark) => ({
    id: mark.id,
    at: mark.at,
    precisionMs: null,
    what: wordsOf(mark, zone),
    who: mark.by,
  }))
  return [...happened, ...said].toSorted((a, b) => a.at - b.at)
}

const wordsOf = (mark: Mark, zone: Zone): string =>
  mark.text === null ? markText(mark, zone) : `${markText(mark, zone)}: ${visibleName(mark.text)}`

/** The report as Markdown, for a ticket. */
export function markdownOf(
  name: string,
  history: TunnelHistory,
  { from, to }: Stretch,
  zone: Zone,
): string {
  const { summary } = history
  const entries = entriesOf(history, zone)
  const lines = [
    `# ${cell(name)}: ${instantIn(from, zone)} to ${instantIn(to, zone)} (${zoneName(zone)})`,
    '',
    `- Available: ${availabilityText(summary)}`,
    `- The active connector changed ${summary.roleChanges} times; ${summary.reconnects} connections were opened`,
    '',
    '## What was not as it should be',
    '',
    ...tableOf(
      ['What', 'State', 'From', 'To', 'Lasted'],
      troublesOf(history).map((one) => [
        one.title,
        one.state,
        fromText(one, zone),
        toText(one, zone),
        lengthText(one),
      ]),
    ),
    '',
    '## What happened',
    '',
    ...tableOf(
      ['When', 'What', 'Who'],
      entries.map(({ at, precisionMs, what, who }) => [
        `${instantIn(at, zone)}${precisionText(precisionMs)}`,
        what,
        who ?? '',
      ]),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function tableOf(heads: string[], rows: string[][]): string[] {
  if (rows.length === 0) return ['Nothing.']
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)]
}

/** Nothing that somebody typed can end a cell, begin a link or become markup. */
const cell = (text: string): string =>
  visibleName(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\|`*_[\]<>#]/g, (mark) => `\\${mark}`)
