import { useMemo, useRef } from 'react'
import { type Mark, type Window, windowOf } from '#contract/marks.ts'
import { geometryOf, gutterOf, narrowPx, usePlotSize } from '#web/charts/plot.ts'
import type { Stretch } from '#web/charts/range.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Popover } from '#web/ui/Popover.tsx'
import { tip } from '#web/ui/tip.ts'
import type { Zone } from '#web/ui/zone.ts'
import { type Cluster, clustersOf } from './clusters.ts'
import { MarkView, markIcons } from './MarkView.tsx'
import { markText } from './words.ts'

/** How near two marks may come before they are one, in units. */
const apart = 28
/** A band that is narrower says nothing, units. */
const readable = 110
/** What of a band is always seen, px. */
const thinnest = 4

/**
 * What people said, over the timeline and on its scale: a flag for a note, a tick for an acknowledgement, a
 * calm band for maintenance, which goes on through the lanes. It never takes the pointer from the timeline.
 */
export function MarksRail({
  marks,
  stretch,
  lanes,
  zone,
}: {
  marks: readonly Mark[]
  stretch: Stretch
  /** How many lanes the timeline has. */
  lanes: number
  zone: Zone
}) {
  const box = useRef<HTMLDivElement>(null)
  const size = usePlotSize(box)
  const stacked = size !== null && size.width < narrowPx
  const unit = size?.unit ?? 1
  const gutter = gutterOf(stacked, unit)
  const width = Math.max(0, (size?.width ?? 0) - gutter)
  const { railHeight, laneHeight } = geometryOf(lanes, stacked, unit)
  const clusters = useMemo(
    () => clustersOf(marks, stretch, width, apart * unit),
    [marks, stretch, width, unit],
  )
  const xAt = (at: number) => ((at - stretch.from) / (stretch.to - stretch.from)) * width
  const bands = marks.flatMap((mark) => {
    const window = windowOf(mark)
    const shown = window && clipped(window, stretch)
    if (!shown) return []
    // One that has just begun stays within the chart, too.
    const left = Math.min(xAt(shown.from), width - thinnest)
    return [{ mark, left, width: Math.max(thinnest, xAt(shown.to) - left) }]
  })
  return (
    // Where the keyboard goes on when what it was at is taken back.
    <section
      ref={box}
      tabIndex={-1}
      aria-label="Notes and maintenance"
      className="relative h-7 outline-none"
    >
      {size && !stacked ? (
        <p className="absolute inset-y-0 left-0 flex items-center pl-5 text-ink-2">Notes</p>
      ) : null}
      {size ? (
        <div className="absolute inset-y-0 right-0" style={{ left: gutter }}>
          {bands.map((band) => (
            <div
              key={band.mark.id}
              aria-hidden="true"
              className="pointer-events-none absolute top-7 z-1 border-x border-accent-edge bg-accent/10"
              style={{
                left: band.left,
                width: band.width,
                height: railHeight + lanes * laneHeight,
              }}
            />
          ))}
          {bands.map((band) => (
            <Popover
              key={band.mark.id}
              label="Maintenance"
              align="start"
              renderButton={(trigger) => (
                <button
                  type="button"
                  {...trigger}
                  aria-label={markText(band.mark, zone)}
                  className={`absolute inset-y-0.5 flex items-center gap-1.5 overflow-hidden rounded-t-sm border-x border-accent-edge bg-accent-soft text-sm text-accent-text ${band.width > 24 * unit ? 'px-1.5' : ''}`}
                  style={{ left: band.left, width: band.width }}
                  {...tip(markText(band.mark, zone))}
                >
                  {band.width > 24 * unit ? (
                    <Icon name="wrench" className="size-3.5 shrink-0" />
                  ) : null}
                  {band.width > readable * unit ? (
                    <span className="truncate">Maintenance</span>
                  ) : null}
                </button>
              )}
            >
              <MarkView mark={band.mark} zone={zone} />
            </Popover>
          ))}
          {clusters.map((cluster) => (
            <Spot key={cluster.marks[0]?.id} cluster={cluster} width={width} zone={zone} />
          ))}
        </div>
      ) : null}
    </section>
  )
}

function Spot({
  cluster: { x, marks },
  width,
  zone,
}: {
  cluster: Cluster
  width: number
  zone: Zone
}) {
  const [first] = marks
  if (!first) return null
  const only = marks.length === 1
  const label = only
    ? `${markText(first, zone)}, by ${first.by}`
    : `${marks.length} notes and acknowledgements`
  return (
    <Popover
      label={label}
      align="start"
      renderButton={(trigger) => (
        <button
          type="button"
          {...trigger}
          aria-label={label}
          className="absolute top-0.5 flex size-6 -translate-x-1/2 items-center justify-center rounded-full border border-accent bg-panel text-sm text-accent-text hover:bg-accent-soft"
          style={{ left: Math.min(Math.max(12, x), width - 12) }}
          {...tip(only ? [label, first.text].filter(Boolean).join('\n') : label)}
        >
          {only ? <Icon name={markIcons[first.kind]} className="size-3.5" /> : marks.length}
        </button>
      )}
    >
      <ul className="flex flex-col gap-3">
        {marks.map((mark) => (
          <li key={mark.id}>
            <MarkView mark={mark} zone={zone} />
          </li>
        ))}
      </ul>
    </Popover>
  )
}

function clipped({ from, to }: Window, stretch: Stretch): Window | null {
  const [begin, end] = [Math.max(from, stretch.from), Math.min(to, stretch.to)]
  return begin < end ? { from: begin, to: end } : null
}
