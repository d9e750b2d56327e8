import { memo, useMemo, useRef } from 'react'
import {
  Area,
  AreaChart,
  DefaultZIndexes,
  ReferenceArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
  ZIndexLayer,
} from 'recharts'
import type { TunnelHistory } from '#contract/history.ts'
import { manyText } from '#web/ui/numbers.ts'
import { useCity } from '#web/ui/Place.tsx'
import { instantIn, type Zone, zoneName } from '#web/ui/zone.ts'
import { Bubble } from './Bubble.tsx'
import { useCursorLine } from './cursor.ts'
import { MomentLine } from './MomentLine.tsx'
import { gutterOf, narrowPx, tickApartPx, usePlotSize } from './plot.ts'
import type { Stretch } from './range.ts'
import { type ConnectionSteps, otherColo, toConnectionSteps } from './series.ts'
import { useStretchPointer } from './stretch-pointer.ts'
import { ticksOf } from './ticks.ts'

/**
 * How many connections to Cloudflare were open, by colo, with what opened and closed. Time that nobody
 * watched is hatched and has no number.
 */
export const ConnectionHistory = memo(function ConnectionHistory({
  history,
  stretch,
  zone,
  onZoom,
  onBack,
}: {
  history: TunnelHistory
  stretch: Stretch
  zone: Zone
  /** Left out where the chart stands still. */
  onZoom?: (stretch: Stretch) => void
  onBack?: () => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const size = usePlotSize(box)
  const steps = useMemo(() => toConnectionSteps(history, stretch), [history, stretch])
  const unit = size?.unit ?? 1
  const stacked = (size?.width ?? 0) < narrowPx
  const gutter = gutterOf(stacked, unit)
  const width = Math.max(0, (size?.width ?? 0) - gutter)
  const height = Math.round(11 * 14 * unit)
  return (
    <div className="flex flex-col gap-3">
      <div ref={box} className="relative min-w-0" style={{ minHeight: `${11}rem` }}>
        {size && width > 0 ? (
          <Plot {...{ steps, stretch, zone, gutter, width, height, unit, onZoom, onBack }} />
        ) : null}
      </div>
      <ColoLegend steps={steps} />
    </div>
  )
})

/** From the most used colo to the least: one hue in steps, because colour is for states only. */
const shades = ['100%', '74%', '52%', '34%', '20%'] as const
const shadeOf = (index: number) =>
  `color-mix(in oklab, var(--accent) ${shades[Math.min(index, shades.length - 1)]}, var(--panel))`

type PlotProps = {
  steps: ConnectionSteps
  stretch: Stretch
  zone: Zone
  gutter: number
  width: number
  height: number
  unit: number
  onZoom: ((stretch: Stretch) => void) | undefined
  onBack: (() => void) | undefined
}

function Plot(props: PlotProps) {
  const { steps, stretch, zone, gutter, width, height, unit, onZoom, onBack } = props
  const line = useCursorLine<HTMLDivElement>(stretch, width)
  const stops = useMemo(
    () =>
      [...new Set(steps.steps.map(({ at }) => at))].filter(
        (at) => at >= stretch.from && at <= stretch.to,
      ),
    [steps, stretch],
  )
  const pointer = useStretchPointer({ stretch, width, stops, onZoom, onBack })
  const axisHeight = Math.round(24 * unit)
  const rail = Math.round(12 * unit)
  const ticks = ticksOf(
    stretch.from,
    stretch.to,
    Math.max(2, Math.floor(width / (tickApartPx * unit))),
    zone,
  )
  const counts = countTicks(steps.most)
  const text = { fill: 'var(--ink-2)', fontSize: 11 * unit }
  return (
    <>
      <AreaChart
        width={gutter + width}
        height={height}
        data={steps.steps}
        margin={{ top: rail + 4 * unit, right: 0, bottom: 0, left: 0 }}
        accessibilityLayer={false}
        aria-hidden="true"
      >
        <defs>
          <pattern
            id="connection-gap"
            width="7"
            height="7"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="7" height="7" fill="var(--unknown-soft)" />
            <rect width="1.2" height="7" fill="var(--unknown)" fillOpacity="0.55" />
          </pattern>
          <pattern
            id="connection-unlisted"
            width="7"
            height="7"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(-45)"
          >
            <rect width="1.2" height="7" fill="var(--ink-3)" fillOpacity="0.55" />
          </pattern>
          <pattern id="connection-reported" width="5" height="5" patternUnits="userSpaceOnUse">
            <rect x="2" y="2" width="1.4" height="1.4" fill="var(--ink-2)" />
          </pattern>
        </defs>
        <XAxis
          dataKey="at"
          type="number"
          domain={[stretch.from, stretch.to]}
          allowDataOverflow
          ticks={ticks.map(({ at }) => at)}
          tickFormatter={(at: number) => ticks.find((tick) => tick.at === at)?.text ?? ''}
          height={axisHeight}
          axisLine={{ stroke: 'var(--line-strong)' }}
          tickLine={{ stroke: 'var(--line-strong)' }}
          tick={text}
          minTickGap={8}
          interval="preserveStart"
        />
        <YAxis
          width={gutter}
          hide={gutter === 0}
          domain={[0, counts.at(-1) ?? 1]}
          ticks={counts}
          interval={0}
          axisLine={false}
          tickLine={false}
          tick={text}
        />
        {steps.colos.map((colo, index) => (
          <Area
            key={colo}
            type="stepAfter"
            dataKey={colo}
            stackId="connections"
            stroke="var(--panel)"
            strokeWidth={1}
            fill={shadeOf(index)}
            fillOpacity={1}
            connectNulls={false}
            isAnimationActive={false}
            dot={false}
            activeDot={false}
          />
        ))}
        {steps.reported === null ? null : (
          <ReferenceArea
            x1={steps.reported.from}
            x2={Math.min(steps.reported.to, stretch.to)}
            fill="url(#connection-reported)"
            fillOpacity={1}
            stroke="none"
            ifOverflow="hidden"
          />
        )}
        {steps.unlisted === null ? null : (
          <ReferenceArea
            x1={steps.unlisted.from}
            x2={steps.unlisted.to}
            fill="url(#connection-unlisted)"
            fillOpacity={1}
            stroke="none"
            ifOverflow="hidden"
          />
        )}
        {steps.gaps.map((gap) => (
          <ReferenceArea
            key={gap.from}
            x1={Math.max(gap.from, stretch.from)}
            x2={Math.min(gap.to, stretch.to)}
            fill="url(#connection-gap)"
            fillOpacity={1}
            stroke="none"
            ifOverflow="hidden"
          />
        ))}
        <Changes steps={steps} rail={rail} />
        {gutter === 0 ? (
          // Above the areas, which Recharts paints after what is not its own.
          <ZIndexLayer zIndex={DefaultZIndexes.label}>
            <CountsInside counts={counts} unit={unit} />
          </ZIndexLayer>
        ) : null}
      </AreaChart>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application of its own: arrows go from change to change */}
      <div
        role="application"
        aria-roledescription="chart"
        aria-label={`Connections over time: ${steps.opened.length} opened, ${steps.closed.length} closed. Times in ${zoneName(zone)}. Arrow keys go from change to change${onZoom ? ', Enter zooms in, Escape goes back' : ''}; the table says the same.`}
        // A touch takes the focus here, and the next one elsewhere takes it away.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="absolute top-0 cursor-crosshair touch-pan-y overflow-hidden outline-offset-2 select-none"
        style={{ left: gutter, width, height: height - axisHeight }}
        {...pointer.handlers}
      >
        <div
          ref={line}
          aria-hidden="true"
          className="invisible pointer-events-none absolute top-0 left-0 h-full w-px bg-accent"
        />
        <MomentLine stretch={stretch} width={width} />
        {pointer.drag ? (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute top-0 h-full border-x border-accent bg-accent/20"
            style={{ left: pointer.drag.from, width: pointer.drag.to - pointer.drag.from }}
          />
        ) : null}
      </div>
      {pointer.at !== null && !pointer.drag ? (
        <div className="pointer-events-none absolute top-0" style={{ left: gutter, width }}>
          <Bubble x={pointer.x} width={width} top={rail}>
            <Counts steps={steps} at={pointer.at} zone={zone} />
          </Bubble>
        </div>
      ) : null}
      <output className="sr-only">
        {pointer.isKeyed && pointer.at !== null ? (
          <Counts steps={steps} at={pointer.at} zone={zone} />
        ) : null}
      </output>
    </>
  )
}

/** Whole numbers from 0 to at least `most`, five at most. */
function countTicks(most: number): number[] {
  const step = Math.max(1, Math.ceil(most / 4))
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) + 1 }, (_, index) => index * step)
}

/** Above the areas: a tick up for every connection that opened, a tick down for every one that closed. */
function Changes({ steps, rail }: { steps: ConnectionSteps; rail: number }) {
  const x = useXAxisScale()
  const y = useYAxisScale()
  if (!x || !y) return null
  const place = (at: number) => Math.round(Number(x(at)))
  const path = (times: readonly number[], top: number, bottom: number) =>
    [...new Set(times.map(place))].map((left) => `M${left + 0.5} ${top}V${bottom}`).join('')
  return (
    <g strokeWidth={1.5}>
      <path d={path(steps.opened, 0, rail / 2 - 1)} stroke="var(--good)" />
      <path d={path(steps.closed, rail / 2 + 1, rail)} stroke="var(--bad)" />
    </g>
  )
}

/** The numbers of the upright axis inside of the plot, where it has no room beside it. */
function CountsInside({ counts, unit }: { counts: readonly number[]; unit: number }) {
  const y = useYAxisScale()
  if (!y) return null
  return (
    <g
      fill="var(--ink)"
      stroke="var(--panel)"
      strokeWidth={3}
      paintOrder="stroke"
      fontSize={11 * unit}
    >
      {counts.slice(1).map((count) => (
        <text key={count} x={3} y={Number(y(count)) + 4 * unit}>
          {count}
        </text>
      ))}
    </g>
  )
}

function ColoLegend({ steps }: { steps: ConnectionSteps }) {
  return (
    <ul aria-label="Colos" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-2">
      {steps.colos.map((colo, index) => (
        <li key={colo} className="flex min-h-6 items-center gap-2 whitespace-nowrap">
          <span
            aria-hidden="true"
            className="size-3 rounded-[2px] forced-color-adjust-none"
            style={{ background: shadeOf(index) }}
          />
          <Colo colo={colo} />
        </li>
      ))}
      <li className="flex min-h-6 items-center gap-2 whitespace-nowrap">
        <span aria-hidden="true" className="flex h-3 flex-col justify-between">
          <span className="h-1.25 w-0.5 bg-good forced-color-adjust-none" />
          <span className="h-1.25 w-0.5 translate-x-1 bg-bad forced-color-adjust-none" />
        </span>
        <span className="ml-1">opened above, closed below</span>
      </li>
      {steps.reported ? (
        <li className="flex min-h-6 items-center gap-2 whitespace-nowrap">
          <span aria-hidden="true" className="h-3 w-5 border border-dashed border-ink-3" />
          Reported only
        </li>
      ) : null}
      {steps.unlisted ? (
        <li className="flex min-h-6 items-center gap-2 whitespace-nowrap">
          <span
            aria-hidden="true"
            className="h-3 w-5 border border-dotted border-ink-3 forced-color-adjust-none"
          />
          Too many to list: zoom in
        </li>
      ) : null}
      {steps.gaps.length > 0 ? (
        <li className="flex min-h-6 items-center gap-2 whitespace-nowrap">
          <span
            aria-hidden="true"
            className="h-3 w-5 hatch bg-unknown-soft forced-color-adjust-none"
          />
          Not watched
        </li>
      ) : null}
    </ul>
  )
}

function Colo({ colo }: { colo: string }) {
  const city = useCity(colo === otherColo ? null : colo)
  if (colo === otherColo) return 'other colos'
  return (
    <span>
      <span className="font-mono text-[0.93em]">{colo}</span>
      {city ? ` · ${city}` : ''}
    </span>
  )
}

/** The numbers under the pointer. */
function Counts({ steps, at, zone }: { steps: ConnectionSteps; at: number; zone: Zone }) {
  const gap = steps.gaps.find((each) => at >= each.from && at < each.to)
  const step = steps.steps.findLast((each) => each.at <= at)
  const total = step?.total ?? null
  const last = steps.steps.at(-1)
  return (
    <div className="flex flex-col gap-1">
      <p className="text-ink-2">{instantIn(at, zone)}</p>
      {gap ? (
        <p>Not watched. {gap.reason}.</p>
      ) : steps.unlisted && at < steps.unlisted.to ? (
        <p>More connections than are listed here. Zoom in to see how many were open.</p>
      ) : !step || total === null || (last && at > last.at) ? (
        <p>Nothing is known of this time yet.</p>
      ) : (
        <>
          <p className="font-medium">{manyText(total, 'connection')}</p>
          {steps.colos.map((colo) =>
            step[colo] ? (
              <p key={colo} className="flex justify-between gap-6 text-ink-2">
                <span className="font-mono">{colo}</span>
                <span>{step[colo]}</span>
              </p>
            ) : null,
          )}
          {steps.reported !== null && at < steps.reported.to ? (
            <p className="text-ink-2">
              Before Tandem watched: only those that were still open later are known.
            </p>
          ) : null}
        </>
      )}
    </div>
  )
}
