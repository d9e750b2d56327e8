import { memo, useLayoutEffect, useMemo, useRef } from 'react'
import { rootPx } from '#web/ui/root-size.ts'
import { tip } from '#web/ui/tip.ts'
import type { Ink } from './ink.ts'
import { paintSample } from './paint.ts'
import type { Stretch } from './range.ts'
import { type Lane, type Look, lookOf, looks, type Mark } from './series.ts'

const words: Record<Look, { word: string; meaning: string }> = {
  active: { word: 'Active', meaning: 'Carries the traffic' },
  passive: { word: 'Passive', meaning: 'Connected and standing by' },
  offline: { word: 'Offline', meaning: 'Not connected: can’t take over' },
  up: { word: 'Running', meaning: 'Running, in a role that nobody knows' },
  plain: { word: 'No HA role', meaning: 'Cloudflare reports no role, as on tunnels without HA' },
  holder: { word: 'Active connector', meaning: 'Which connector was the active one' },
  vacant: { word: 'No active', meaning: 'No connector was active: nobody carried the traffic' },
  several: {
    word: 'More than one active',
    meaning: 'Cloudflare reported more than one active connector',
  },
  healthy: { word: 'Healthy', meaning: 'Connected to Cloudflare' },
  degraded: { word: 'Degraded', meaning: 'Connected, but Cloudflare calls its state unhealthy' },
  down: { word: 'Down', meaning: 'No connections to Cloudflare' },
  inactive: { word: 'Inactive', meaning: 'Never run' },
  unknown: { word: 'Not watched', meaning: 'Nobody looked, or the answer could not be read' },
}

const markWords: Record<Mark['kind'], { word: string; meaning: string }> = {
  manual: { word: 'Manual failover', meaning: 'Started by a person in Tandem' },
  automatic: {
    word: 'Automatic',
    meaning: 'The active one was lost and Cloudflare promoted another',
  },
  unknown: { word: 'Cause unknown', meaning: 'Not started here; the old active one was not lost' },
  failed: { word: 'Failover without effect', meaning: 'Refused, or not confirmed' },
}

/** What the bands and marks of this picture mean; only what is in it. */
export const Legend = memo(function Legend({
  lanes,
  marks,
  stretch: { from, to },
  ink,
}: {
  lanes: readonly Lane[]
  marks: readonly Mark[]
  stretch: Stretch
  ink: Ink
}) {
  const { seen, reported } = useMemo(() => seenIn(lanes, from, to), [lanes, from, to])
  const kinds = new Set(marks.map(({ kind }) => kind))
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-2">
      {looks
        .filter((look) => seen.has(look))
        .map((look) => (
          <Entry key={look} {...words[look]}>
            <Sample sample={{ look, reported: false }} ink={ink} />
          </Entry>
        ))}
      {reported ? (
        <Entry word="Reported only" meaning="Cloudflare says so of a time before Tandem watched">
          <Sample sample={{ look: 'up', reported: true }} ink={ink} />
        </Entry>
      ) : null}
      {(['manual', 'automatic', 'unknown', 'failed'] as const)
        .filter((kind) => kinds.has(kind))
        .map((kind) => (
          <Entry key={kind} {...markWords[kind]}>
            <Sample sample={{ mark: kind }} ink={ink} />
          </Entry>
        ))}
    </ul>
  )
})

function seenIn(lanes: readonly Lane[], from: number, to: number) {
  const seen = new Set<Look>()
  let reported = false
  for (const { kind, intervals } of lanes)
    for (const interval of intervals) {
      if (interval.to <= from || interval.from >= to) continue
      if (interval.source === 'reported') reported = true
      else seen.add(lookOf(kind, interval))
    }
  return { seen, reported }
}

function Entry({
  word,
  meaning,
  children,
}: {
  word: string
  meaning: string
  children: React.ReactNode
}) {
  return (
    <li className="flex min-h-6 items-center gap-2 whitespace-nowrap" {...tip(meaning)}>
      {children}
      {word}
    </li>
  )
}

/** In units. Known, not measured: the browser would lay out for each sample anew. */
const sizes = {
  mark: { width: 18, height: 18, className: 'h-4.5 w-4.5' },
  look: { width: 24, height: 14, className: 'h-3.5 w-6' },
}

function Sample({ sample, ink }: { sample: Parameters<typeof paintSample>[1]; ink: Ink }) {
  const ref = useRef<HTMLCanvasElement>(null)
  const text = JSON.stringify(sample)
  const { width, height, className } = 'mark' in sample ? sizes.mark : sizes.look
  useLayoutEffect(() => {
    const canvas = ref.current
    if (!canvas) return
    const unit = rootPx() / 14
    paintSample(canvas, JSON.parse(text) as typeof sample, {
      width: width * unit,
      height: height * unit,
      unit,
      ink,
      dpr: window.devicePixelRatio || 1,
    })
  }, [text, ink, width, height])
  return (
    <canvas
      ref={ref}
      aria-hidden="true"
      className={`shrink-0 forced-color-adjust-none ${className}`}
    />
  )
}
