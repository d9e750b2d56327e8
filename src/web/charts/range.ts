/**
 * Which stretch of time does a page show? One word in the address says it: `24h` is the last 24 hours and
 * goes on with the time, `2026-11-24T09:00Z..2026-11-24T12:30Z` stays for ever, and `@2026-11-24T09:41:07Z` behind it
 * points at a moment. All pure.
 */

/** The last so many milliseconds, or from then until then (epoch ms), with a moment to look at. */
export type Range = { lastMs: number } | { from: number; to: number; moment?: number }
/** A stretch of time, epoch ms. */
export type Stretch = { from: number; to: number }

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

export const presets = [
  { text: '15m', label: '15 m', lastMs: 15 * minute },
  { text: '1h', label: '1 h', lastMs: hour },
  { text: '24h', label: '24 h', lastMs: day },
  { text: '7d', label: '7 d', lastMs: 7 * day },
  { text: '30d', label: '30 d', lastMs: 30 * day },
  { text: '90d', label: '90 d', lastMs: 90 * day },
] as const

export const defaultRange: Range = { lastMs: day }

/** Shorter than this there is nothing to see: looks are seconds apart. */
export const shortestMs = 10 * second
/** Ten years: retention ends long before. */
const longestMs = 3650 * day

const units = { s: second, m: minute, h: hour, d: day } as const

/** What an address holds, read leniently; undefined for anything that is no range. */
export function parseRange(value: unknown): Range | undefined {
  if (typeof value !== 'string') return undefined
  const last = /^(\d{1,9})(s|m|h|d)$/.exec(value)
  if (last) {
    const lastMs = Number(last[1]) * units[last[2] as keyof typeof units]
    return lastMs >= shortestMs && lastMs <= longestMs ? { lastMs } : undefined
  }
  const [span = '', pointer, ...beyond] = value.split('@')
  const [left, right, ...more] = span.split('..')
  if (right === undefined || more.length > 0 || beyond.length > 0) return undefined
  const from = parseInstant(left ?? '')
  const to = parseInstant(right)
  if (from === null || to === null) return undefined
  if (to - from < second || to - from > longestMs) return undefined
  const moment = pointer === undefined ? null : parseInstant(pointer)
  // A moment outside of it can't be shown; the stretch can.
  return moment !== null && moment >= from && moment <= to ? { from, to, moment } : { from, to }
}

/**
 * ISO 8601 or epoch milliseconds. Without a zone it is UTC: an address means the same everywhere. The plus of a zone
 * is a space in an address where nobody escaped it.
 */
function parseInstant(given: string): number | null {
  const text = given.replace(' ', '+')
  if (/^\d{10,15}$/.test(text)) return Number(text)
  if (!/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return null
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T')
  const at = Date.parse(hasZone ? text : `${text}Z`)
  return Number.isNaN(at) || at < 0 ? null : at
}

/** The other way round: the shortest text that means the same. */
export function rangeText(range: Range): string {
  if ('lastMs' in range) {
    const preset = presets.find(({ lastMs }) => lastMs === range.lastMs)
    if (preset) return preset.text
    const unit = (['d', 'h', 'm'] as const).find((each) => range.lastMs % units[each] === 0) ?? 's'
    return `${Math.max(1, Math.round(range.lastMs / units[unit]))}${unit}`
  }
  const pointer = range.moment === undefined ? '' : `@${instantOf(range.moment)}`
  return `${instantOf(range.from)}..${instantOf(range.to)}${pointer}`
}

const instantOf = (at: number) =>
  new Date(at).toISOString().replace('.000Z', 'Z').replace(/:00Z$/, 'Z')

/** What stands in the address: undefined for the default and for nonsense. */
export function rangeSearch(value: unknown): string | undefined {
  const range = parseRange(value)
  if (!range) return undefined
  const text = rangeText(range)
  return text === rangeText(defaultRange) ? undefined : text
}

/** The range an address asks for. */
export const rangeOf = (text: string | undefined): Range => parseRange(text) ?? defaultRange

export const isLive = (range: Range): range is { lastMs: number } => 'lastMs' in range

/** The last two looks are never nearer than this, milliseconds: about one pixel of a wide chart. */
export const grainOf = (range: Range): number =>
  isLive(range) ? Math.max(1000, range.lastMs / 1500) : 1000

/** The moment that a link points at, epoch ms; null where it points at none. */
export const momentOf = (range: Range): number | null =>
  isLive(range) ? null : (range.moment ?? null)

/** What a link keeps of a look at the charts: the stretch as it is, and the moment that somebody points at. */
export function permanent({ from, to }: Stretch, moment: number | null): Range {
  const stretch = { from: Math.floor(from), to: Math.ceil(to) }
  return moment === null ? stretch : { ...stretch, moment: Math.round(moment) }
}

/** The stretch that is shown at the time `now`. */
export const stretchOf = (range: Range, now: number): Stretch =>
  isLive(range) ? { from: now - range.lastMs, to: now } : { from: range.from, to: range.to }

/** As long, but no shorter than to the last look in it: an answer may be ahead of the clock's last step. */
export const reaching = ({ from, to }: Stretch, lookedAt: number): Stretch => {
  const end = Math.max(to, lookedAt)
  return { from: from + end - to, to: end }
}

/** The query of Tandem's API; what follows the time leaves its end to the server. */
export function rangeQuery(range: Range, now: number): string {
  const { from, to } = stretchOf(range, now)
  return isLive(range) ? `from=${Math.floor(from)}` : `from=${Math.floor(from)}&to=${Math.ceil(to)}`
}

/** A stretch as a range. One that reaches the present follows it from then on. */
export function toRange({ from, to }: Stretch, now: number): Range {
  const span = Math.max(to - from, shortestMs)
  if (to >= now - span / 200) {
    const lastMs = Math.min(longestMs, Math.max(shortestMs, now - Math.min(from, now)))
    const whole = lastMs > hour ? minute : second
    return { lastMs: Math.ceil(lastMs / whole) * whole }
  }
  // A stretch too short to be seen grows around its middle.
  const middle = (from + to) / 2
  return {
    from: Math.max(0, Math.round(to - from < shortestMs ? middle - span / 2 : from)),
    to: Math.round(to - from < shortestMs ? middle + span / 2 : to),
  }
}

/** Twice as long, around the middle; never past the present. */
export function widened({ from, to }: Stretch, now: number): Range {
  const span = Math.min(2 * (to - from), longestMs)
  const end = Math.min((from + to) / 2 + span / 2, Math.max(now, to))
  return toRange({ from: end - span, to: end }, now)
}

/** Half as long, around the middle; what follows the present goes on doing so. */
export function narrowed(range: Range, now: number): Range {
  const { from, to } = stretchOf(range, now)
  const span = Math.max(shortestMs, (to - from) / 2)
  if (isLive(range)) return toRange({ from: to - span, to }, now)
  const middle = (from + to) / 2
  return toRange({ from: middle - span / 2, to: middle + span / 2 }, now)
}

/** The neighbour of the same length, half a length away; -1 is earlier, 1 is later. */
export function panned({ from, to }: Stretch, direction: -1 | 1, now: number): Range {
  const span = to - from
  const end = Math.min(to + (direction * span) / 2, Math.max(now, to))
  return toRange({ from: end - span, to: end }, now)
}

/** An interval with some room around it, so that one sees what came before and after. */
export function around({ from, to }: Stretch, now: number): Range {
  const room = Math.max((to - from) * 0.15, shortestMs / 2)
  return toRange({ from: from - room, to: Math.min(to + room, Math.max(now, to)) }, now)
}
