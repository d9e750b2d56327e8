import { createContext, use } from 'react'
import type { Since } from '#contract/tunnel.ts'
import { useClock } from './clock.ts'
import { ageText, durationText, relativeText, sinceText } from './time.ts'
import { tip, tipAt } from './tip.ts'
import { instantIn, momentIn, useZone } from './zone.ts'

/**
 * What stands where Cloudflare reported nothing: a sign that is read as what it means. One element without
 * hidden words beside it, because a list has dozens.
 */
export function NotReported({ word = '–', why = 'Not reported' }: { word?: string; why?: string }) {
  return (
    <span className="text-ink-3" {...tip(why)} {...(word === why ? null : asSign(why))}>
      {word}
    </span>
  )
}

/** Letters or lines that are read as something else. */
export const asSign = (label: string) => ({ role: 'img', 'aria-label': label }) as const

/** `3 h ago`, with both zones on hover. */
export function TimeAgo({ at, none }: { at: number | null; none?: string }) {
  const text = useClock((now) => (at === null ? '' : relativeText(at, now)))
  if (at === null) return none ? <NotReported word={none} why={none} /> : <NotReported />
  return <Instant at={at}>{text}</Instant>
}

/** When what a page shows has ended, epoch ms: to there it lasted, however long ago that is. Null: it goes on. */
export const EndContext = createContext<number | null>(null)

/** How long it lasts already: `3 h 12 m`, with both zones of its beginning on hover. */
export function Elapsed({ at, none }: { at: number | null; none?: string }) {
  const end = use(EndContext)
  const text = useClock((now) => (at === null ? '' : durationText((end ?? now) - at)))
  if (at === null) return none ? <NotReported word={none} why={none} /> : <NotReported />
  return <Instant at={at}>{text}</Instant>
}

/** Since when something holds, and on hover who says so. */
export function SinceText({
  since,
  none,
  lead = '',
}: {
  since: Since | null
  none?: string
  /** A word before a length of time, e.g. "for". */
  lead?: string
}) {
  const end = use(EndContext)
  const text = useClock((now) => (since === null ? '' : sinceText(since.at, end, now)))
  if (since === null) return none ? <NotReported word={none} why={none} /> : <NotReported />
  const source = since.source === 'reported' ? 'Reported by Cloudflare' : 'First seen by Tandem'
  return (
    <time
      dateTime={new Date(since.at).toISOString()}
      className="whitespace-nowrap"
      {...tipAt(since.at, source)}
    >
      {lead && text !== 'just now' ? `${lead} ` : ''}
      {since.source === 'observed' && text !== 'just now' ? <AtLeast /> : null}
      {text}
    </time>
  )
}

/**
 * ≥, drawn: the page's own letters have none, and the browser would search the system's for it while the
 * first list waits.
 */
function AtLeast() {
  return (
    <svg
      viewBox="0 0 8 10"
      {...asSign('at least')}
      className="mr-1 inline-block h-[0.72em] text-ink-3"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.1"
    >
      <path d="M1 1l6 2.75L1 6.5M1 9h6" />
    </svg>
  )
}

/** How old data is: `4 s`; louder once it is stale. Null: never looked. */
export function Age({
  at,
  staleAfterMs,
  ago = false,
}: {
  at: number | null
  staleAfterMs: number
  /** Inside a sentence: `4 s ago`. */
  ago?: boolean
}) {
  const text = useClock((now) => (at === null ? 'not yet' : ageText(now - at)))
  const stale = useStale(at, staleAfterMs)
  if (at === null) return <NotReported word="not yet" why="Its connectors were not read yet" />
  return (
    <span
      className={`whitespace-nowrap ${stale ? 'rounded-sm bg-unknown-soft px-1 hatch text-ink' : 'text-ink-3'}`}
      {...tipAt(at, 'Last looked at')}
    >
      {text}
      {ago ? ' ago' : ''}
      {stale ? <span className="sr-only">, stale</span> : null}
    </span>
  )
}

/** Whether something last looked at then is too old to be believed. Never looked counts as stale. */
export function useStale(at: number | null, staleAfterMs: number): boolean {
  return useClock((now) => at === null || now - at > staleAfterMs)
}

/** A point in time, in full or in the words of `children`, with both zones on hover. */
export function Instant({ at, children }: { at: number; children?: string }) {
  const zone = useZone()
  return (
    <time dateTime={new Date(at).toISOString()} className="whitespace-nowrap" {...tipAt(at)}>
      {children ?? instantIn(at, zone)}
    </time>
  )
}

/** A point in time by the clock, with its day once that is over: `12:04:10`. */
export function Moment({ at }: { at: number }) {
  const zone = useZone()
  const text = useClock((now) => momentIn(at, now, zone))
  return <Instant at={at}>{text}</Instant>
}
