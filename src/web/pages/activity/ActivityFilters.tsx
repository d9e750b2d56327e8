import { ZoneChoice } from '#web/charts/RangePicker.tsx'
import type { ActivitySearch } from '#web/log/activity-address.ts'
import { FamilyFilter } from '#web/log/FamilyFilter.tsx'
import { TimeFilter } from '#web/log/TimeFilter.tsx'
import { TunnelFilter } from '#web/log/TunnelFilter.tsx'
import { Button } from '#web/ui/Button.tsx'
import { families } from './kinds.ts'

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
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <TunnelFilter tunnelId={search.tunnel} onChange={(tunnel) => onChange({ tunnel })} />
      <FamilyFilter
        families={families}
        kinds={search.kind}
        onChange={(kind) => onChange({ kind })}
      />
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
