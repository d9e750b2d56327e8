import {
  badnessOf,
  type Interval,
  isPartial,
  type LaneKind,
  type UnknownReason,
} from '#contract/history.ts'
import type { Span } from './advance.ts'

/**
 * A window on a lane: clipped, with what is open carried to its true end, and down-sampled where it holds
 * too much. Pure.
 */
export type Edge = {
  from: number
  to: number
  now: number
  /** When the lane was last confirmed; null: never. */
  confirmedAt: number | null
  /** An open interval is believed for this long after its last confirmation. */
  gapMs: number
  /** Why nothing came since. */
  reason: UnknownReason
}

/** @param spans in the order of time, not overlapping. */
export function toIntervals(spans: Span[], edge: Edge): Interval[] {
  const { from, to, now } = edge
  const intervals: Interval[] = []
  const add = (span: Span, begin: number, end: number, open: boolean) => {
    const [left, right] = [Math.max(begin, from), Math.min(end, to)]
    if (right <= left) return
    intervals.push({
      from: left,
      to: right,
      value: span.value,
      source: span.source,
      precisionMs: begin < from ? null : span.precisionMs,
      reason: span.reason,
      open,
      mixed: false,
      unknownMs: 0,
    })
  }
  for (const span of spans) {
    if (span.to !== null) {
      add(span, span.from, span.to, false)
      continue
    }
    const confirmedAt = edge.confirmedAt ?? span.from
    if (now - confirmedAt <= edge.gapMs) {
      add(span, span.from, now, true)
      continue
    }
    add(span, span.from, confirmedAt, false)
    const unknown = { ...span, value: 'unknown', source: 'observed' as const, precisionMs: null }
    add({ ...unknown, reason: edge.reason }, confirmedAt, now, true)
  }
  return intervals
}

/**
 * Fewer intervals that still show every bad state: one for each bucket at most. It takes the worst state in
 * it, and says that others are hidden there and how much of it is unknown. Neighbours that say the same
 * become one.
 *
 * A hole inside of a bucket, where a lane ended and began again, is covered by it: holes without number would
 * make pieces without number.
 */
export function downsample(
  kind: LaneKind,
  intervals: Interval[],
  bucketMs: number,
  from: number,
): Interval[] {
  const result: Interval[] = []
  const push = (interval: Interval) => {
    const last = result.at(-1)
    const joins =
      last &&
      last.to === interval.from &&
      last.value === interval.value &&
      last.source === interval.source &&
      last.reason === interval.reason &&
      // One bucket with something hidden must not say so of its neighbours.
      last.mixed === interval.mixed &&
      isPartial(last) === isPartial(interval)
    if (joins) {
      last.to = interval.to
      last.open = interval.open
      last.unknownMs += interval.unknownMs
    } else result.push({ ...interval })
  }
  const bucketOf = (at: number) => Math.floor((at - from) / bucketMs)
  type Bucket = {
    number: number
    from: number
    to: number
    worst: Interval
    several: boolean
    unknownMs: number
    open: boolean
  }
  let bucket: Bucket | null = null
  const close = () => {
    if (bucket) {
      const { from: begin, to, worst, several: mixed, unknownMs, open } = bucket
      const stretch = { from: begin, to, open, precisionMs: null }
      push({ ...worst, ...stretch, mixed, unknownMs: mixed ? unknownMs : 0 })
    }
    bucket = null
  }
  for (const interval of intervals) {
    let begin = interval.from
    while (begin < interval.to) {
      const number = bucketOf(begin)
      const end = Math.min(interval.to, from + (number + 1) * bucketMs)
      if (bucket && bucket.number !== number) close()
      // A long stretch needs no buckets of its own.
      if (!bucket && interval.to - begin >= bucketMs && begin === from + number * bucketMs) {
        const whole = from + bucketOf(interval.to) * bucketMs
        const precisionMs = begin === interval.from ? interval.precisionMs : null
        const open = interval.open && whole === interval.to
        push({ ...interval, from: begin, to: whole, precisionMs, open })
        begin = whole
        continue
      }
      // `close` may have ended it, which the compiler does not see.
      const before = bucket as Bucket | null
      const isWorse =
        !before || badnessOf(kind, interval.value) > badnessOf(kind, before.worst.value)
      bucket = {
        number,
        from: before?.from ?? begin,
        to: end,
        worst: isWorse ? interval : before.worst,
        several: before !== null,
        unknownMs: (before?.unknownMs ?? 0) + (interval.value === 'unknown' ? end - begin : 0),
        open: interval.open && end === interval.to,
      }
      begin = end
    }
  }
  close()
  return result
}

/** Milliseconds of `intervals` for which `is` holds. */
export const lengthOf = (intervals: Interval[], is: (interval: Interval) => boolean) =>
  intervals.reduce((sum, interval) => (is(interval) ? sum + interval.to - interval.from : sum), 0)

const letters: Record<string, string> = {
  healthy: 'h',
  degraded: 'd',
  down: 'x',
  inactive: 'i',
  unknown: 'u',
}

/** A bad state that was seen for a moment of a bucket of which little else is known. */
const partialLetters: Record<string, string> = { x: 'y', d: 'e', '-': '~', '+': '*' }

/**
 * A lane as `buckets` letters, the worst state of each; upper case where it is only reported, `.` where
 * there was nothing. `letterOf` names the values that are no status.
 */
export function toStrip(
  kind: LaneKind,
  intervals: Interval[],
  { from, to }: { from: number; to: number },
  buckets: number,
  letterOf: (value: string) => string = (value) => letters[value] ?? 'u',
): string {
  const strip: string[] = Array.from({ length: buckets }, () => '.')
  const worst: number[] = Array.from({ length: buckets }, () => 0)
  const unknownMs: number[] = Array.from({ length: buckets }, () => 0)
  const width = (to - from) / buckets
  for (const interval of intervals) {
    const first = Math.max(0, Math.floor((interval.from - from) / width))
    const last = Math.min(buckets - 1, Math.ceil((interval.to - from) / width) - 1)
    const letter = letterOf(interval.value)
    const badness = badnessOf(kind, interval.value)
    for (let at = first; at <= last; at += 1) {
      if (interval.value === 'unknown') {
        const end = Math.min(interval.to, from + (at + 1) * width)
        unknownMs[at] = (unknownMs[at] ?? 0) + end - Math.max(interval.from, from + at * width)
      }
      if (badness < (worst[at] ?? 0)) continue
      worst[at] = badness
      strip[at] = interval.source === 'reported' ? letter.toUpperCase() : letter
    }
  }
  return strip
    .map((letter, at) =>
      (unknownMs[at] ?? 0) * 2 > width ? (partialLetters[letter] ?? letter) : letter,
    )
    .join('')
}
