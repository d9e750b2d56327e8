import { type FormEvent, useState } from 'react'
import { Button, buttonClass, IconButton } from '#web/ui/Button.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { Field, Input } from '#web/ui/Field.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { useOffers } from '#web/ui/offers.ts'
import { Popover } from '#web/ui/Popover.tsx'
import { Segmented } from '#web/ui/Segmented.tsx'
import { fieldOf, fromField } from '#web/ui/time-field.ts'
import { tip } from '#web/ui/tip.ts'
import { instantIn, setZone, useZone, type Zone, zoneName } from '#web/ui/zone.ts'
import { CopyLink } from './CopyLink.tsx'
import {
  isLive,
  momentOf,
  narrowed,
  panned,
  parseRange,
  presets,
  type Range,
  rangeText,
  shortestMs,
  widened,
} from './range.ts'
import { alsoRange, presetOffers } from './range-offers.ts'
import { stretchText } from './stretch-text.ts'
import type { RangeControl } from './use-range.ts'

/**
 * Which stretch of time the page shows: the usual ones, any other one, earlier, later, closer, wider, back.
 * One for a page; what it shows stands in the address.
 */
export function RangePicker({ control }: { control: RangeControl }) {
  const { range, stretch, go, back } = control
  const zone = useZone()
  const live = isLive(range)
  const chosen = rangeText(range)
  const moment = momentOf(range)
  const whyNotLater = live ? 'This is the present' : null
  const whyNotCloser = stretch.to - stretch.from <= shortestMs ? 'Can’t zoom in further' : null
  const whyNotBack = back ? null : 'There is no previous range'
  const earlier = () => go(panned(stretch, -1, serverNow()))
  const later = () => go(panned(stretch, 1, serverNow()))
  const zoomIn = () => go(narrowed(range, serverNow()))
  const zoomOut = () => go(widened(stretch, serverNow()))
  useOffers(() => {
    const also = alsoRange
    return [
      ...presetOffers(presets, chosen, ({ lastMs }) => go({ lastMs })),
      { icon: 'chevronLeft', words: 'Earlier', also, run: earlier },
      { icon: 'chevronRight', words: 'Later', also, reason: whyNotLater, run: later },
      { icon: 'plus', words: 'Zoom in', also, reason: whyNotCloser, run: zoomIn },
      { icon: 'minus', words: 'Zoom out', also, run: zoomOut },
      { icon: 'back', words: 'Previous range', also, reason: whyNotBack, run: () => back?.() },
    ]
  })
  return (
    <fieldset aria-label="Time range" className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="flex flex-wrap items-center gap-1">
        <div className="inline-flex rounded-md bg-sunken p-0.5">
          {presets.map(({ text, label, lastMs }) => (
            <button
              key={text}
              type="button"
              aria-pressed={chosen === text}
              aria-label={`The last ${label}`}
              onClick={() => go({ lastMs })}
              className="h-7 rounded-sm px-1.5 text-sm whitespace-nowrap text-ink-2 hover:text-ink aria-pressed:bg-overlay aria-pressed:text-ink aria-pressed:shadow-sm sm:px-2.5"
            >
              {label}
            </button>
          ))}
        </div>
        <Popover
          label="Custom time range"
          align="start"
          renderButton={(trigger) => (
            <button
              type="button"
              {...trigger}
              className={`${buttonClass(presets.some(({ text }) => text === chosen) ? 'ghost' : 'secondary', 'sm')} px-2`}
            >
              Custom
              <Icon name="chevronDown" className="size-3.5" />
            </button>
          )}
        >
          <CustomRange key={chosen} stretch={stretch} zone={zone} onRange={go} />
        </Popover>
      </div>
      <div className="flex items-center">
        <IconButton size="sm" icon="chevronLeft" label="Earlier" onClick={earlier} />
        <IconButton
          size="sm"
          icon="chevronRight"
          label="Later"
          disabledReason={whyNotLater}
          onClick={later}
        />
        <IconButton
          size="sm"
          icon="plus"
          label="Zoom in"
          disabledReason={whyNotCloser}
          onClick={zoomIn}
        />
        <IconButton size="sm" icon="minus" label="Zoom out" onClick={zoomOut} />
        <IconButton
          size="sm"
          icon="back"
          label="Previous range"
          disabledReason={whyNotBack}
          onClick={() => back?.()}
        />
        <CopyLink control={control} />
      </div>
      <p
        className="flex min-h-7 min-w-0 flex-[1_1_14rem] flex-wrap items-center gap-x-2 text-sm text-ink-2 max-sm:order-1 max-sm:basis-full"
        {...tip(
          `${instantIn(stretch.from, zone)}\n${instantIn(stretch.to, zone)}\n${zoneName(zone)}`,
        )}
      >
        <span className="whitespace-nowrap">{stretchText(stretch, serverNow(), zone, live)}</span>
        {moment === null ? null : (
          <span className="inline-flex items-center rounded-sm bg-accent-soft pl-2 whitespace-nowrap text-accent-text">
            {instantIn(moment, zone)}
            <IconButton
              size="sm"
              icon="close"
              label="Clear the marked moment"
              onClick={() => go({ from: stretch.from, to: stretch.to })}
            />
          </span>
        )}
        {live ? (
          <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
            <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />
            follows
          </span>
        ) : (
          <button
            type="button"
            className="min-h-6 text-accent-text hover:underline"
            onClick={() => go({ lastMs: Math.max(shortestMs, stretch.to - stretch.from) })}
          >
            To now
          </button>
        )}
      </p>
      <ZoneChoice />
    </fieldset>
  )
}

/** Times in the reader's own zone or in UTC, on every page of this browser. */
export function ZoneChoice() {
  const zone = useZone()
  return (
    <Segmented
      label="Time zone"
      value={zone}
      options={[
        { value: 'local', label: <span {...tip(zoneName('local'))}>Local</span> },
        { value: 'utc', label: 'UTC' },
      ]}
      onChange={setZone}
    />
  )
}

export function CustomRange({
  stretch,
  zone,
  onRange,
}: {
  stretch: { from: number; to: number }
  zone: Zone
  onRange: (range: Range) => void
}) {
  const [begun] = useState(stretch)
  const [from, setFrom] = useState(fieldOf(begun.from, zone))
  const [to, setTo] = useState(fieldOf(begun.to, zone))
  const [tried, setTried] = useState(false)
  const [begin, end] = [fromField(from, zone, begun.from), fromField(to, zone, begun.to)]
  const fault =
    begin === null || end === null
      ? 'Both times are needed.'
      : end - begin < 1000
        ? 'The end must be after the beginning.'
        : // What the address would not hold, and so mean another one.
          parseRange(rangeText({ from: begin, to: end })) === undefined
          ? 'At most ten years can be shown, none before 1970.'
          : null
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setTried(true)
    if (fault || begin === null || end === null) return
    event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
    onRange({ from: begin, to: end })
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3">
      <Field label={`From (${zoneName(zone)})`}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            step={1}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        )}
      </Field>
      <Field label="To" error={tried ? fault : null}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            step={1}
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        )}
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary">
          Show this stretch
        </Button>
      </div>
    </form>
  )
}
