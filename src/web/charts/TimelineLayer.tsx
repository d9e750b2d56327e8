import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react'
import type { Interval, TunnelHistory } from '#contract/history.ts'
import { shownSentence } from '#web/ui/sentence.ts'
import { instantIn, type Zone } from '#web/ui/zone.ts'
import { Bubble } from './Bubble.tsx'
import { useCursor, useCursorLine } from './cursor.ts'
import { MomentLine } from './MomentLine.tsx'
import { clustersOf, heightOf, markApart, type Picture } from './paint.ts'
import { precisionText } from './precision.ts'
import type { Stretch } from './range.ts'
import { intervalAt, intervalNear, type Mark, tell } from './series.ts'
import { nearestShown, placeOf, type Spot } from './spot.ts'
import { TellingView, tellingText } from './TellingView.tsx'

/**
 * What the reader points at: an interval, or marks on the rail. `x` is in CSS pixels of the plot; null: reached by
 * keys, whose bubble stands at the interval's middle.
 */
type Focus =
  | ({ kind: 'interval'; x: number | null } & Spot)
  | { kind: 'marks'; marks: readonly Mark[]; x: number }

/** Further than this (CSS pixels) a press is a drag. */
const dragPx = 5
/** A second click within this long is a double one, which goes back. */
const doubleMs = 240

/**
 * Everything that moves above the painted timeline: the cursor, what is under it, the stretch that is being
 * dragged. Apart from the canvas, so that moving the pointer paints nothing again.
 */
export function TimelineLayer({
  history,
  picture,
  zone,
  label,
  seenUntil,
  onZoom,
  onBack,
}: {
  history: TunnelHistory
  picture: Picture
  zone: Zone
  label: string
  /** The last look, where it is too old to be believed. */
  seenUntil: number | null
  /** Left out: the picture stands still. */
  onZoom?: ((stretch: Stretch) => void) | undefined
  onBack?: (() => void) | undefined
}) {
  const { lanes, geometry, width, unit, stretch } = picture
  const { from, to } = stretch
  const cursor = useCursor()
  const chart = useId()
  const line = useCursorLine<HTMLDivElement>(stretch, width)
  const [focus, setFocus] = useState<Focus | null>(null)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const press = useRef<{ x: number; y: number; touch: boolean } | null>(null)
  const click = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(click.current), [])

  const timeAt = (x: number) => from + (Math.min(Math.max(0, x), width) / width) * (to - from)
  const xAt = (at: number) => ((at - from) / (to - from)) * width

  const find = (x: number, y: number): Focus | null => {
    if (y < geometry.railHeight) {
      const apart = markApart(unit)
      const near = clustersOf(picture.marks, stretch, width, apart).find(
        (cluster) => Math.abs(cluster.x - x) < apart / 2 + 2,
      )
      return near ? { kind: 'marks', marks: near.marks, x: near.x } : null
    }
    const lane = Math.floor((y - geometry.railHeight) / geometry.laneHeight)
    const pointed = lanes[lane]
    if (!pointed) return null
    const index = intervalNear(pointed, timeAt(x), (3 / width) * (to - from))
    const interval = pointed.intervals[index]
    if (!interval) return null
    const at = Math.min(Math.max(timeAt(x), interval.from), interval.to - 1)
    return { kind: 'interval', laneId: pointed.id, at, x }
  }

  const place = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const { x, y } = place(event)
    cursor.set(timeAt(x), chart)
    if (onZoom && press.current && Math.abs(x - press.current.x) > dragPx) {
      setDrag({ from: Math.min(press.current.x, x), to: Math.max(press.current.x, x) })
      setFocus(null)
    } else if (!press.current) setFocus(find(x, y))
  }

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    const { x, y } = place(event)
    press.current = { x, y, touch: event.pointerType === 'touch' }
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const began = press.current
    press.current = null
    if (!began) return
    const { x, y } = place(event)
    if (drag) {
      setDrag(null)
      if (began.touch) leave()
      onZoom?.({ from: timeAt(drag.from), to: timeAt(drag.to) })
      return
    }
    const hit = find(x, y)
    setFocus(hit)
    cursor.set(timeAt(x), chart)
    // The first touch shows what is there, the second one goes in.
    if (began.touch && !isSame(hit, focus)) return
    clearTimeout(click.current)
    click.current = setTimeout(() => zoomTo(hit), doubleMs)
  }

  const zoomTo = (target: Focus | null) => {
    if (!onZoom) return
    if (target?.kind === 'marks') {
      const times = target.marks.map(({ at }) => at)
      const [first, last] = [Math.min(...times), Math.max(...times)]
      const room = Math.max((last - first) * 0.15, (to - from) / 40)
      return onZoom({ from: first - room, to: last + room })
    }
    const interval = target && intervalOf(target)
    if (!interval) return
    const room = Math.max((interval.to - interval.from) * 0.15, 5000)
    const next = {
      from: interval.from - room,
      to: Math.min(interval.to + room, Math.max(to, picture.now)),
    }
    // Nothing is gained where it fills the picture already.
    if (next.to - next.from < (to - from) * 0.95) onZoom(next)
  }

  const spotOf = (target: Focus | null) =>
    target?.kind === 'interval' ? placeOf(target, lanes, stretch) : null
  const intervalOf = (target: Focus) => spotOf(target)?.interval
  const isSame = (one: Focus | null, other: Focus | null) => {
    // Where a mark stands moves on with the stretch.
    if (one?.kind === 'marks')
      return other?.kind === 'marks' && one.marks[0]?.event.id === other.marks[0]?.event.id
    return one !== null && other !== null && intervalOf(one) === intervalOf(other)
  }

  const leave = () => {
    if (press.current) return
    cursor.set(null, chart)
    setFocus(null)
  }

  /** Puts the focus of the keyboard on the interval of that number, or the nearest that is in the picture. */
  const go = (lane: number, wanted: number) => {
    const intervals = lanes[lane]?.intervals ?? []
    const interval = intervals[nearestShown(intervals, wanted, stretch)]
    const at = interval ? middleOf(interval) : (cursor.at() ?? to)
    if (interval) cursor.set(at, chart)
    setFocus({ kind: 'interval', laneId: lanes[lane]?.id ?? '', at, x: null })
  }
  /** Of what is seen of it. */
  const middleOf = (interval: Interval) =>
    (Math.max(interval.from, from) + Math.min(interval.to, to)) / 2

  const onKeyDown = (event: KeyboardEvent) => {
    const at = spotOf(focus)
    const inLane = (lane: number) => {
      const clamped = Math.min(Math.max(0, lane), lanes.length - 1)
      go(clamped, intervalAt(lanes[clamped]?.intervals ?? [], cursor.at() ?? to))
    }
    switch (event.key) {
      case 'ArrowLeft':
      case 'ArrowRight':
        if (at) go(at.lane, at.index + (event.key === 'ArrowLeft' ? -1 : 1))
        else inLane(0)
        break
      case 'ArrowUp':
      case 'ArrowDown':
        inLane(at ? at.lane + (event.key === 'ArrowUp' ? -1 : 1) : 0)
        break
      case 'Home':
        go(at?.lane ?? 0, 0)
        break
      case 'End':
        go(at?.lane ?? 0, Number.POSITIVE_INFINITY)
        break
      case 'Enter':
        if (!at?.interval || !onZoom) return
        zoomTo(focus)
        break
      case 'Escape':
      case 'Backspace':
        if (drag) {
          press.current = null
          setDrag(null)
        } else if (onBack) onBack()
        else return
        break
      default:
        return
    }
    event.preventDefault()
    event.stopPropagation()
  }

  const height = heightOf(lanes.length, geometry)
  const spot = spotOf(focus)
  const interval = spot?.interval
  const lane = spot ? lanes[spot.lane] : undefined
  const telling = spot && lane && interval ? tell(history, lane, spot.index) : null

  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application of its own: arrows go from interval to interval */}
      <div
        role="application"
        aria-roledescription="timeline"
        aria-label={`${label} Arrow keys go from interval to interval${onZoom ? ', Enter zooms in, Escape goes back; the table says the same' : ''}.`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="absolute inset-0 cursor-crosshair touch-pan-y overflow-hidden outline-offset-2 select-none"
        onPointerMove={onPointerMove}
        onPointerDown={onPointerDown}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          press.current = null
          setDrag(null)
          leave()
        }}
        // A finger leaves with every touch: what it showed stays until it touches something else.
        onPointerLeave={({ pointerType }) => pointerType === 'touch' || leave()}
        onDoubleClick={() => {
          clearTimeout(click.current)
          onBack?.()
        }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.currentTarget.matches(':focus-visible') && !focus)
            go(0, Number.POSITIVE_INFINITY)
        }}
        onBlur={leave}
      >
        {spot && interval ? (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute rounded-[2px] ring-2 ring-ink ring-offset-1 ring-offset-panel"
            style={boxOf(interval, spot.lane)}
          />
        ) : null}
        <div
          ref={line}
          aria-hidden="true"
          className="invisible pointer-events-none absolute top-0 left-0 w-px bg-accent"
          style={{ height: height - geometry.axisHeight }}
        />
        <div className="absolute inset-x-0 top-0" style={{ height: height - geometry.axisHeight }}>
          <MomentLine stretch={stretch} width={width} />
        </div>
        {drag ? (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute top-0 border-x border-accent bg-accent/20"
            style={{
              left: drag.from,
              width: drag.to - drag.from,
              height: height - geometry.axisHeight,
            }}
          />
        ) : null}
      </div>
      {drag ? (
        <Bubble x={(drag.from + drag.to) / 2} width={width} top={geometry.railHeight}>
          <p className="whitespace-nowrap">
            {instantIn(timeAt(drag.from), zone)} – {instantIn(timeAt(drag.to), zone)}
          </p>
        </Bubble>
      ) : spot && lane && interval && telling ? (
        <Bubble
          x={(focus?.kind === 'interval' ? focus.x : null) ?? xAt(middleOf(interval))}
          width={width}
          top={geometry.railHeight + (spot.lane + 1) * geometry.laneHeight}
        >
          <TellingView {...{ telling, interval, zone, seenUntil }} kind={lane.kind} />
        </Bubble>
      ) : focus?.kind === 'marks' ? (
        <Bubble x={focus.x} width={width} top={geometry.railHeight}>
          <Marks marks={focus.marks} zone={zone} hint={onZoom ? ' Click to zoom in.' : ''} />
        </Bubble>
      ) : null}
      <output className="sr-only">
        {focus?.kind === 'interval' && focus.x === null && telling
          ? tellingText(telling, zone, seenUntil)
          : ''}
      </output>
    </>
  )

  function boxOf(interval: Interval, lane: number) {
    const left = Math.max(0, xAt(interval.from))
    const right = Math.min(width, xAt(interval.to))
    return {
      left: Math.min(left, width - 2),
      width: Math.max(2, right - left),
      top: geometry.railHeight + lane * geometry.laneHeight + geometry.bandTop,
      height: geometry.bandHeight,
    }
  }
}

const mostMarks = 6

/** What happened at a mark of the rail, the newest last. */
function Marks({ marks, zone, hint }: { marks: readonly Mark[]; zone: Zone; hint: string }) {
  return (
    <ul className="flex flex-col gap-1.5">
      {marks.slice(0, mostMarks).map(({ event }) => (
        <li key={event.id}>
          <span className="text-ink-2">
            {instantIn(event.at, zone)}
            {precisionText(event.precisionMs)}
          </span>
          <br />
          {shownSentence(event)}
        </li>
      ))}
      {marks.length > mostMarks ? (
        <li className="text-ink-2">
          and {marks.length - mostMarks} more.{hint}
        </li>
      ) : null}
    </ul>
  )
}
