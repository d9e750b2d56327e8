import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { tunnelsQuery } from '#web/api/queries.ts'
import { CustomRange, ZoneChoice } from '#web/charts/RangePicker.tsx'
import { parseRange, presets, rangeText, stretchOf } from '#web/charts/range.ts'
import { Button, buttonClass } from '#web/ui/Button.tsx'
import { serverNow } from '#web/ui/clock.ts'
import { Select } from '#web/ui/Field.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { displayName, shortId } from '#web/ui/names.ts'
import { Popover } from '#web/ui/Popover.tsx'
import { tip } from '#web/ui/Tooltip.tsx'
import { shortIn, useZone } from '#web/ui/zone.ts'
import type { ActivitySearch } from './filter.ts'
import { chosen, families, toggled } from './kinds.ts'

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Of which tunnel, of which kinds, of which time. All of it stands in the address. */
export function ActivityFilters({
  search,
  onChange,
  onClear,
}: {
  search: ActivitySearch
  onChange: (change: Partial<ActivitySearch>) => void
  /** Null where nothing is filtered. */
  onClear: (() => void) | null
}) {
  const tunnelId = useId()
  const { data } = useQuery(tunnelsQuery)
  const tunnels = (data?.tunnels ?? []).toSorted((a, b) => names.compare(a.name, b.name))
  const isKnown = !search.tunnel || tunnels.some(({ id }) => id === search.tunnel)
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="w-full sm:w-64">
        <label htmlFor={tunnelId} className="sr-only">
          Tunnel
        </label>
        <Select
          id={tunnelId}
          value={search.tunnel ?? ''}
          onChange={(event) => onChange({ tunnel: event.target.value || undefined })}
        >
          <option value="">All tunnels</option>
          {isKnown ? null : <option value={search.tunnel}>{shortId(search.tunnel ?? '')}</option>}
          {tunnels.map(({ id, name }) => (
            <option key={id} value={id}>
              {displayName(name)}
            </option>
          ))}
        </Select>
      </div>
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">Kinds</legend>
        {families.map(({ label, meaning, kinds }) => (
          <button
            key={label}
            type="button"
            aria-pressed={chosen(search.kind, kinds)}
            {...tip(meaning)}
            onClick={() => onChange({ kind: toggled(search.kind, kinds) })}
            className="h-7 rounded-full px-3 text-sm text-ink-2 ring-1 ring-line-strong/60 ring-inset hover:bg-hover hover:text-ink aria-[pressed=mixed]:bg-accent-soft/60 aria-[pressed=mixed]:text-accent-text aria-pressed:bg-accent-soft aria-pressed:text-accent-text aria-pressed:ring-accent"
          >
            {label}
          </button>
        ))}
      </fieldset>
      <TimeFilter range={search.range} onRange={(range) => onChange({ range })} />
      {onClear ? (
        <Button variant="ghost" size="sm" icon="close" onClick={onClear}>
          Clear filters
        </Button>
      ) : null}
      <span className="ml-auto">
        <ZoneChoice />
      </span>
    </div>
  )
}

/** All time, the last so long, or any stretch. */
function TimeFilter({
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
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">Time</legend>
      <div className="inline-flex rounded-md bg-sunken p-0.5">
        {[{ text: undefined, label: 'All time' }, ...presets.slice(1, 5)].map((each) => (
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
            {range && !preset
              ? `${shortIn(stretch.from, zone)} – ${shortIn(stretch.to, zone)}`
              : 'Custom'}
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
