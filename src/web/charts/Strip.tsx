import { memo, type SVGProps } from 'react'
import { stripBuckets } from '#contract/history.ts'
import { tip } from '#web/ui/tip.ts'
import { type Band, type Day, stripText, toBands } from './strip.ts'

/**
 * The last 24 hours in a table's row: status above, who was active below. One small SVG with a path for each
 * state, because a thousand rows have one.
 */
export const Strip = memo(function Strip({
  summary,
  flat = false,
  className = '',
}: {
  summary: Day
  /** Where it is only a few pixels high: plain colours. */
  flat?: boolean
  className?: string
}) {
  const text = stripText(summary)
  return (
    <svg
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- drawn here, so no element with a source
      role="img"
      aria-label={text}
      viewBox={`0 0 ${stripBuckets * 3} 18`}
      preserveAspectRatio="none"
      className={`block forced-color-adjust-none ${className}`}
      {...tip(text.replace(': ', '\n'))}
    >
      {flat ? flatPaths(toBands(summary.strip)) : statusPaths(toBands(summary.strip))}
      {activePaths(toBands(summary.activeStrip))}
    </svg>
  )
})

/** Hatches that all strips of a page share; to be drawn once. */
export function StripPatterns() {
  return (
    <svg aria-hidden="true" className="absolute size-0">
      <pattern
        id="strip-unknown"
        width="4"
        height="4"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="4" height="4" className="fill-unknown-soft" />
        <rect width="1.2" height="4" className="fill-unknown" opacity="0.7" />
      </pattern>
    </svg>
  )
}

const box = (bands: readonly Band[], y: number, height: number) =>
  bands.map(({ at, length }) => `M${at * 3} ${y}h${length * 3}v${height}h${-length * 3}z`).join('')

/** What has no length is left out: most strips have one or two of all these, and a list has dozens of strips. */
const shape = (d: string, look: SVGProps<SVGPathElement>) => (d ? <path d={d} {...look} /> : null)

/** Healthy is a quiet line, trouble is solid: the eye finds what is not as it should be. */
function statusPaths(bands: readonly Band[]) {
  const of = (letter: string) =>
    bands.filter((band) => band.letter === letter || band.letter === letter.toUpperCase())
  const [healthy, degraded, down, inactive, unknown] = ['h', 'd', 'x', 'i', 'u'].map(of)
  const [partlyDown, partlyDegraded] = ['y', 'e'].map(of)
  const partial = [...(partlyDown ?? []), ...(partlyDegraded ?? [])]
  const reported = bands.filter(({ letter }) => letter !== letter.toLowerCase())
  return (
    <>
      {shape(box(healthy ?? [], 0, 11), { className: 'fill-good-soft' })}
      {shape(box(healthy ?? [], 9, 2), { className: 'fill-good' })}
      {shape(box(degraded ?? [], 0, 11), { className: 'fill-warn-soft' })}
      {shape(box(degraded ?? [], 0, 2) + box(degraded ?? [], 9, 2), { className: 'fill-warn' })}
      {shape(box(down ?? [], 0, 11), { className: 'fill-bad' })}
      {shape(box(inactive ?? [], 9, 2), { className: 'fill-unknown' })}
      {shape(box(unknown ?? [], 0, 11) + box(partial, 0, 7), { fill: 'url(#strip-unknown)' })}
      {/* Seen for a moment of a half-hour of which little else is known. */}
      {shape(box(partlyDown ?? [], 7, 4), { className: 'fill-bad' })}
      {shape(box(partlyDegraded ?? [], 7, 4), { className: 'fill-warn' })}
      {/* Only reported: paler than what was seen. */}
      {shape(box(reported, 0, 11), { className: 'fill-panel', opacity: 0.55 })}
    </>
  )
}

function flatPaths(bands: readonly Band[]) {
  const of = (letters: string) =>
    box(
      bands.filter((band) => letters.includes(band.letter.toLowerCase())),
      0,
      11,
    )
  return (
    <>
      {shape(of('h'), { className: 'fill-good', opacity: 0.35 })}
      {shape(of('de'), { className: 'fill-warn' })}
      {shape(of('xy'), { className: 'fill-bad' })}
      {shape(of('i'), { className: 'fill-unknown-soft' })}
      {shape(of('u'), { fill: 'url(#strip-unknown)' })}
    </>
  )
}

/** Each handover changes the shade; whose turn it was stands on the tunnel's own page. */
function activePaths(bands: readonly Band[]) {
  const holders = bands.filter(({ letter }) => !'-+~*u.'.includes(letter.toLowerCase()))
  const shade = new Map<string, number>()
  for (const { letter } of holders) {
    const name = letter.toLowerCase()
    if (!shade.has(name)) shade.set(name, shade.size)
  }
  const odd = holders.filter(({ letter }) => (shade.get(letter.toLowerCase()) ?? 0) % 2 === 1)
  const even = holders.filter((band) => !odd.includes(band))
  const vacant = bands.filter(({ letter }) => letter === '-')
  const several = bands.filter(({ letter }) => letter === '+')
  const partial = bands.filter(({ letter }) => '~*'.includes(letter))
  const unknown = bands.filter(({ letter }) => letter.toLowerCase() === 'u')
  return (
    <>
      {shape(box(even, 13, 5), { className: 'fill-good' })}
      {shape(box(odd, 13, 5), { className: 'fill-good', opacity: 0.45 })}
      {shape(box(vacant, 13, 5), { className: 'fill-bad' })}
      {shape(box(several, 13, 2) + box(several, 16, 2), { className: 'fill-bad' })}
      {shape(box(unknown, 13, 5) + box(partial, 13, 3), { fill: 'url(#strip-unknown)' })}
      {shape(box(partial, 16, 2), { className: 'fill-bad' })}
    </>
  )
}
