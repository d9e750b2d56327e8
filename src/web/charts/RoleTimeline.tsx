import { memo, type ReactNode, useLayoutEffect, useMemo, useRef } from 'react'
import type { TunnelHistory } from '#contract/history.ts'
import { type Zone, zoneName } from '#web/ui/zone.ts'
import { useInk } from './ink.ts'
import { Legend } from './Legend.tsx'
import { heightOf, type Picture, paint } from './paint.ts'
import { geometryOf, narrowPx, tickApartPx, timelineRem, usePlotSize } from './plot.ts'
import type { Stretch } from './range.ts'
import { type Lane, summaryText, toMarks } from './series.ts'
import { TimelineLayer } from './TimelineLayer.tsx'
import { ticksOf } from './ticks.ts'

export type RoleTimelineProps = {
  history: TunnelHistory
  lanes: readonly Lane[]
  stretch: Stretch
  zone: Zone
  /** The name of a lane, e.g. a link to its connector. */
  renderTitle: (lane: Lane) => ReactNode
  /** The last look, where it is too old to be believed. */
  seenUntil: number | null
  /** Left out: the picture stands still. */
  onZoom?: (stretch: Stretch) => void
  onBack?: () => void
}

/**
 * Who was active when: a lane for the tunnel's status, one for the active connector, one for each
 * connector. Painted on a canvas (`paint.ts` says why); `IntervalTable` tells the same in words.
 */
export const RoleTimeline = memo(function RoleTimeline(props: RoleTimelineProps) {
  const { history, lanes, stretch, zone, renderTitle, seenUntil, onZoom, onBack } = props
  const box = useRef<HTMLDivElement>(null)
  const size = usePlotSize(box)
  const ink = useInk()
  const marks = useMemo(() => toMarks(history.events), [history.events])
  const picture = useMemo((): Picture | null => {
    if (!size) return null
    const geometry = geometryOf(lanes.length, size.width < narrowPx, size.unit)
    const width = Math.max(0, size.width - geometry.gutter)
    const ticks = ticksOf(
      stretch.from,
      stretch.to,
      Math.max(2, Math.floor(width / (tickApartPx * size.unit))),
      zone,
    )
    return {
      lanes,
      marks,
      stretch,
      now: history.at,
      ticks,
      geometry,
      width,
      dpr: size.dpr,
      unit: size.unit,
      ink,
    }
  }, [lanes, marks, stretch, history.at, zone, size, ink])

  return (
    <div className="flex flex-col gap-3">
      <div
        ref={box}
        className="relative flex min-w-0 forced-color-adjust-none"
        style={{ minHeight: `${timelineRem(lanes.length)}rem` }}
      >
        {picture && size ? (
          <>
            <Titles picture={picture} stacked={size.width < narrowPx} renderTitle={renderTitle} />
            <div className="relative min-w-0 flex-1">
              <Canvas picture={picture} />
              <TimelineLayer
                {...{ history, picture, zone, seenUntil, onZoom, onBack }}
                label={`HA role timeline: ${summaryText(history, lanes, marks)}. Times in ${zoneName(zone)}.`}
              />
            </div>
          </>
        ) : null}
      </div>
      <Legend lanes={lanes} marks={marks} stretch={stretch} ink={ink} />
      <Caveats history={history} />
    </div>
  )
})

function Canvas({ picture }: { picture: Picture }) {
  const ref = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    if (ref.current) paint(ref.current, picture)
  }, [picture])
  return (
    <canvas
      ref={ref}
      aria-hidden="true"
      className="block"
      style={{ width: picture.width, height: heightOf(picture.lanes.length, picture.geometry) }}
    />
  )
}

/** The lanes' names: beside them, or above them where there is no room. */
function Titles({
  picture,
  stacked,
  renderTitle,
}: {
  picture: Picture
  stacked: boolean
  renderTitle: (lane: Lane) => ReactNode
}) {
  const { lanes, geometry } = picture
  return (
    <ul
      aria-label="Lanes"
      className={stacked ? 'pointer-events-none absolute inset-0 z-10' : 'shrink-0'}
      style={{ paddingTop: geometry.railHeight, ...(stacked ? {} : { width: geometry.gutter }) }}
    >
      {lanes.map((lane) => (
        <li
          key={lane.id}
          className={`flex min-w-0 items-center ${stacked ? 'items-start text-sm leading-none *:pointer-events-auto' : 'pr-3'}`}
          style={{ height: geometry.laneHeight }}
        >
          {renderTitle(lane)}
        </li>
      ))}
    </ul>
  )
}

/** What the picture can't show by itself. */
function Caveats({ history: { bucketMs, lanesLeftOut, truncated } }: { history: TunnelHistory }) {
  if (bucketMs === null && !truncated) return null
  return (
    <div className="text-sm text-ink-2">
      {bucketMs === null ? null : (
        <p>
          So much happened that each stretch of {spanText(bucketMs)} shows the worst state in it
          (dashed at its top where others are hidden, half hatched where most of it is unknown).
          Zoom in to see every change.
        </p>
      )}
      {lanesLeftOut > 0 ? (
        <p>
          {lanesLeftOut === 1 ? 'One more connector' : `${lanesLeftOut} more connectors`} that left
          longest ago {lanesLeftOut === 1 ? 'is' : 'are'} not shown. Zoom in for the rest.
        </p>
      ) : null}
      {truncated ? (
        <p>
          Only the newest connections and events of this stretch are listed; all failovers and times
          without an active connector count. Zoom in for the rest.
        </p>
      ) : null}
    </div>
  )
}

function spanText(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 1) return `${Math.round(ms / 1000)} seconds`
  if (minutes < 120) return `${Math.round(minutes)} minutes`
  return `${Math.round(minutes / 60)} hours`
}
