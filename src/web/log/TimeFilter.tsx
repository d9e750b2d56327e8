import { CustomRange } from '#web/charts/RangePicker.tsx'
import { parseRange, presets, rangeText, stretchOf } from '#web/charts/range.ts'
import { alsoRange, presetOffers } from '#web/charts/range-offers.ts'
import { stretchText } from '#web/charts/stretch-text.ts'
import { buttonClass } from '#web/ui/Button.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { useOffers } from '#web/ui/offers.ts'
import { Popover } from '#web/ui/Popover.tsx'
import { useZone } from '#web/ui/zone.ts'

const ofLogs = presets.slice(1, 5)

/** All time, the last so long, or any stretch. */
export function TimeFilter({
  range: text,
  onRange,
}: {
  range: string | undefined
  onRange: (range: string | undefined) => void
}) {
  const zone = useZone()
  const range = parseRange(text)
  const preset = presets.find((each) => each.text === text)
  const stretch = stretchOf(range ?? { lastMs: 86_400_000 }, serverNow())
  useOffers(() => [
    ...presetOffers(ofLogs, text, (each) => onRange(each.text)),
    ...(text === undefined
      ? []
      : [
          {
            icon: 'clock',
            words: 'Show all time',
            also: alsoRange,
            run: () => onRange(undefined),
          } as const,
        ]),
  ])
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">Time</legend>
      <div className="inline-flex rounded-md bg-sunken p-0.5">
        {[{ text: undefined, label: 'All time' }, ...ofLogs].map((each) => (
          <button
            key={each.label}
            type="button"
            aria-pressed={each.text === text}
            onClick={() => onRange(each.text)}
            className="h-7 rounded-sm px-2 text-sm whitespace-nowrap text-ink-2 hover:text-ink aria-pressed:bg-overlay aria-pressed:text-ink aria-pressed:shadow-sm sm:px-2.5"
          >
            {each.label}
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
            className={`${buttonClass(range && !preset ? 'secondary' : 'ghost', 'sm')} px-2`}
          >
            {range && !preset ? stretchText(stretch, serverNow(), zone) : 'Custom'}
            <Icon name="chevronDown" className="size-3.5" />
          </button>
        )}
      >
        <CustomRange
          key={text ?? ''}
          stretch={stretch}
          zone={zone}
          onRange={(next) => onRange(rangeText(next))}
        />
      </Popover>
    </fieldset>
  )
}
