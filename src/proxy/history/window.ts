import { badnessOf, type Interval, type UnknownReason } from '#contract/history.ts'
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
 * Fewer intervals that still show every bad state: each bucket takes the worst state in it, and says that
 * better ones are hidden there. Neighbours that say the same become one.
 */
export function downsample(intervals: Interval[], bucketMs: number, from: number): Interval[] {
  const result: Interval[] = []
  const push = (interval: Interval) => {
    const last = result.at(-1)
    const joins =
      last &&
      last.to === interval.from &&
      last.value === interval.value &&
      last.source === interval.source &&
      last.reason === interval.reason &&
      (last.mixed || interval.mixed)
    if (joins) {
      last.to = interval.to
      last.open = interval.open
      last.mixed = true
    } else result.push({ ...interval })
  }
  const bucketOf = (at: number) => Math.floor((at - from) / bucketMs)
  let bucket: {
    number: number
    from: number
    to: number
    worst: Interval
    several: boolean
  } | null = null
  const close = () => {
    if (bucket) {
      const { from: begin, to, worst, several } = bucket
      push({ ...worst, from: begin, to, mixed: several || worst.mixed, precisionMs: null })
    }
    bucket = null
  }
  for (const interval of intervals) {
    let begin = interval.from
    while (begin < interval.to) {
      const number = bucketOf(begin)
      const end = Math.min(interval.to, from + (number + 1) * bucketMs)
      if (bucket && (bucket.number !== number || bucket.to !== begin)) close()
      // A long stretch needs no buckets of its own.
      if (!bucket && interval.to - begin >= bucketMs && begin === from + number * bucketMs) {
        const whole = from + bucketOf(interval.to) * bucketMs
        push({ ...interval, from: begin, to: whole })
        begin = whole
        continue
      }
      const piece: Interval = { ...interval, from: begin, to: end }
      if (!bucket) bucket = { number, from: begin, to: end, worst: piece, several: false }
      else {
        const open: typeof bucket = bucket
        open.to = end
        open.several = true
        if (badnessOf(piece.value) > badnessOf(open.worst.value)) open.worst = piece
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

/**
 * A lane as `buckets` letters, the worst state of each; upper case where it is only reported, `.` where
 * there was nothing. `letterOf` names the values that are no status.
 */
export function toStrip(
  intervals: Interval[],
  { from, to }: { from: number; to: number },
  buckets: number,
  letterOf: (value: string) => string = (value) => letters[value] ?? 'u',
): string {
  const strip: string[] = Array.from({ length: buckets }, () => '.')
  const worst: number[] = Array.from({ length: buckets }, () => 0)
  const width = (to - from) / buckets
  for (const interval of intervals) {
    const first = Math.max(0, Math.floor((interval.from - from) / width))
    const last = Math.min(buckets - 1, Math.ceil((interval.to - from) / width) - 1)
    const letter = letterOf(interval.value)
    for (let at = first; at <= last; at += 1) {
      if (badnessOf(interval.value) < (worst[at] ?? 0)) continue
      worst[at] = badnessOf(interval.value)
      strip[at] = interval.source === 'reported' ? letter.toUpperCase() : letter
    }
  }
  return strip.join('')
}
