import type { HistoryEvent, TunnelHistory } from '#contract/history.ts'
import { type Mark, windowOf } from '#contract/marks.ts'
import { availabilityText, observedShare, percentText } from '#web/charts/percent.ts'
import { precisionText } from '#web/charts/precision.ts'
import type { Stretch } from '#web/charts/range.ts'
import {
  activeUntoldMs,
  type Look,
  lookOf,
  type Telling,
  tell,
  toLanes,
  unobservedMs,
} from '#web/charts/series.ts'
import { fromText, lengthText, toText } from '#web/charts/TellingView.tsx'
import { plain } from '#web/ui/markdown.ts'
import { visibleName } from '#web/ui/names.ts'
import { apart, shownSentence } from '#web/ui/sentence.ts'
import { durationText } from '#web/ui/time.ts'
import { instantIn, type Zone, zoneName } from '#web/ui/zone.ts'

/** A stretch of a tunnel's history as a report: what was not as it should be, what happened, who did what. Pure. */

/** Of a stretch what its answer can tell of: nothing older is kept, and nothing later is known. */
export const coveredBy = ({ from, to, at }: TunnelHistory): Stretch => ({
  from,
  // Of a time that is yet to come there is nothing but its ends.
  to: at > from ? Math.min(to, at) : to,
})

/** Something that happened or was said. */
export type Entry = {
  id: string
  at: number
  precisionMs: number | null
  what: string
  who: string | null
}

/** What is not as it should be, the worst first. */
const bad: readonly Look[] = ['down', 'vacant', 'several', 'degraded', 'inactive', 'unknown']

/**
 * Every stretch in which the tunnel was not well, had no active connector, or was not watched; the worst first,
 * among equals the newest.
 */
export function troublesOf(history: TunnelHistory): Telling[] {
  return toLanes(history)
    .filter(({ kind }) => kind !== 'role')
    .flatMap((lane) =>
      lane.intervals.flatMap((interval, index) => {
        const rank = bad.indexOf(lookOf(lane.kind, interval))
        return rank < 0 ? [] : [{ rank, at: interval.from, telling: tell(history, lane, index) }]
      }),
    )
    .toSorted((a, b) => a.rank - b.rank || b.at - a.at)
    .map(({ telling }) => telling)
}

/** What is said where there is no trouble to tell: it promises nothing of what nobody watched. */
export function quietText(history: TunnelHistory): string {
  const { summary } = history
  if (summary.observedMs === 0) return 'Nothing is known: this stretch was not observed.'
  if (unobservedMs(summary) > 0)
    return `No problem in the ${percentText(observedShare(summary))} that was observed.`
  // A tunnel without HA has no active connector.
  return activeUntoldMs(history) === 0
    ? 'Nothing: the tunnel was healthy, watched, and had an active connector all the time.'
    : 'Nothing: the tunnel was healthy and watched all the time.'
}

/** What happened and what people said, newest first. Single connections come and go too often to be told. */
export function entriesOf({ events, marks }: TunnelHistory, zone: Zone): Entry[] {
  const happened = events
    .filter(({ kind }) => !kind.startsWith('connection-') && kind !== 'acknowledged')
    .filter((event) => !marks.some((mark) => tellsSame(mark, event)))
    .map((event) => ({
      id: event.id,
      at: event.at,
      precisionMs: event.precisionMs,
      what: shownSentence(isMaintenance(event) ? dated(event, zone) : event),
      who: event.by,
    }))
  const said = marks.map((mark) => ({
    id: mark.id,
    at: mark.at,
    precisionMs: null,
    what: wordsOf(mark, zone),
    who: mark.by,
  }))
  return [...happened, ...said].toSorted((a, b) => b.at - a.at)
}

/** Whether an entry of the log is the writing of that mark: then the mark, which knows more, is enough. */
const tellsSame = (mark: Mark, { kind, by, note, from }: HistoryEvent): boolean =>
  mark.by === by &&
  mark.text === note &&
  (kind === 'noted'
    ? mark.kind === 'note'
    : kind === 'maintenance-planned' &&
      mark.from !== null &&
      instantOf(from) === mark.from - (mark.from % 60_000))

const isMaintenance = ({ kind }: HistoryEvent) =>
  kind === 'maintenance-planned' || kind === 'maintenance-ended'

/** A maintenance's entry with its times as the report tells all others. */
const dated = (event: HistoryEvent, zone: Zone): HistoryEvent => ({
  ...event,
  from: event.from && instantIn(instantOf(event.from), zone),
  to: event.to && instantIn(instantOf(event.to), zone),
})

/** The log writes such times as `2026-11-24 12:05 UTC`. */
const instantOf = (text: string | null) =>
  Date.parse((text ?? '').replace(' UTC', 'Z').replace(' ', 'T'))

function wordsOf(mark: Mark, zone: Zone): string {
  const what = markWords(mark, zone)
  return mark.text === null ? what : `${what}: ${apart(visibleName(mark.text))}`
}

/** Without the moment that stands in the row's first cell. */
function markWords(mark: Mark, zone: Zone): string {
  if (mark.kind === 'note') return 'Note'
  if (mark.kind === 'acknowledgement') return 'Acknowledged'
  const window = windowOf(mark)
  if (!window) return 'Maintenance, called off'
  const early = mark.endedAt === null ? '' : ', ended early'
  return `Maintenance from ${instantIn(window.from, zone)} to ${instantIn(window.to, zone)}${early}`
}

/** Some of many, in their order, and how many of them had no room. */
export type Kept<T> = { kept: T[]; left: number }

/** How many lines of a table two sheets hold beside all the rest, where the timeline has no lanes. */
const paperLines = 54
/** A line of a table is about as high as a lane of the timeline. */
const mostLanes = 16
/** So many lines of a table nobody minds in a ticket. */
const ticketLines = 200

/** What of a history goes on two sheets of paper: the worst troubles, the newest entries, the first lanes. */
export function onPaper(history: TunnelHistory, zone: Zone) {
  const all = toLanes(history)
  const lanes = { kept: all.slice(0, mostLanes), left: Math.max(0, all.length - mostLanes) }
  return { lanes, ...fitted(history, zone, paperLines - lanes.kept.length) }
}

function fitted(history: TunnelHistory, zone: Zone, lines: number) {
  const [troubles, entries] = [troublesOf(history), entriesOf(history, zone)]
  // Half is for either; what one of them leaves over is the other one's.
  const wanted = entries.reduce((sum, entry) => sum + linesOfEntry(entry), 0)
  const worst = fitting(troubles, Math.max(lines / 2, lines - wanted), linesOfTrouble)
  const newest = fitting(entries, lines - worst.lines, linesOfEntry)
  return { troubles: worst, entries: newest }
}

function fitting<T>(all: readonly T[], lines: number, linesOf: (one: T) => number) {
  let used = 0
  const kept: T[] = []
  for (const one of all) {
    const next = used + linesOf(one)
    if (next > lines) break
    used = next
    kept.push(one)
  }
  return { kept, left: all.length - kept.length, lines: used }
}

/** How many lines a text takes in a column of so many letters. Those of East Asia are twice as wide. */
const linesOf = (text: string, letters: number) =>
  Math.max(1, Math.ceil((text.length + (text.match(wide)?.length ?? 0)) / letters))
const wide = /[\u1100-\uffdc]/gu

/** What a row has above and below its lines. */
const air = 0.4
const linesOfEntry = ({ what, who }: Entry) =>
  air + Math.max(linesOf(what, 50), linesOf(who ?? '', 12))
const linesOfTrouble = ({ notes }: Telling) => air + 1 + linesOf(notes[0] ?? ' ', 24)

/**
 * The report as Markdown, for a ticket.
 *
 * @param seenUntil the last look, where it is too old to be believed.
 */
export function markdownOf(
  name: string,
  history: TunnelHistory,
  { from, to }: Stretch,
  zone: Zone,
  seenUntil: number | null = null,
): string {
  const { summary } = history
  const { troubles, entries } = fitted(history, zone, ticketLines)
  const lines = [
    `# ${cell(name)}: ${instantIn(from, zone)} to ${instantIn(to, zone)} (${zoneName(zone)})`,
    '',
    `- Available: ${availabilityText(summary)}`,
    `- The active connector changed ${timesText(summary.roleChanges)}; connections opened: ${summary.reconnects}`,
    ...(history.bucketMs === null ? [] : [`- ${inPieces(history.bucketMs)}`]),
    ...(history.truncated ? [`- ${newestOnly}`] : []),
    '',
    '## Problems',
    '',
    ...tableOf(
      ['What', 'State', 'From', 'To', 'Lasted'],
      troubles.kept.map((one) => [
        one.title,
        one.state,
        fromText(one, zone),
        toText(one, zone, seenUntil),
        lengthText(one),
      ]),
      troubles.left,
      quietText(history),
    ),
    '',
    '## What happened',
    '',
    ...tableOf(
      ['When', 'What', 'Who'],
      entries.kept.map(({ at, precisionMs, what, who }) => [
        `${instantIn(at, zone)}${precisionText(precisionMs)}`,
        what,
        who ?? '',
      ]),
      entries.left,
      'Nothing.',
    ),
  ]
  return `${lines.join('\n')}\n`
}

const inPieces = (ms: number) =>
  `So much happened that each stretch of ${durationText(ms)} shows the worst state in it. A shorter report tells more.`

const newestOnly =
  'So much happened that only the newest connections and events were looked through; all failovers and times without an active connector count. A shorter report tells more.'

const timesText = (n: number) => (n === 1 ? 'once' : `${n} times`)

/** What is said under what had no room. */
export const leftText = (left: number) =>
  `And ${left} more: choose a shorter stretch, or take the CSV export.`

/** @param empty what is said where there are no rows. */
function tableOf(heads: string[], rows: string[][], left: number, empty: string): string[] {
  if (rows.length === 0) return [empty]
  const rest = left === 0 ? [] : ['', leftText(left)]
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ...rest]
}

const cell = (text: string): string => plain(visibleName(text).replaceAll(/\s+/g, ' '))
