import { useId } from 'react'
import { useAddressText } from '#web/api/address-text.ts'
import { ZoneChoice } from '#web/charts/RangePicker.tsx'
import type { AuditSearch } from '#web/log/audit-address.ts'
import { FamilyFilter } from '#web/log/FamilyFilter.tsx'
import { TimeFilter } from '#web/log/TimeFilter.tsx'
import { TunnelFilter } from '#web/log/TunnelFilter.tsx'
import { Button } from '#web/ui/Button.tsx'
import { Input } from '#web/ui/Field.tsx'
import { families } from './families.ts'

/** By whom, of which tunnel, of which kinds, of which time. All of it stands in the address. */
export function AuditFilters({
  search,
  mayChooseWho,
  onChange,
  onClear,
}: {
  search: AuditSearch
  /** Whoever sees only their own records has nobody to choose. */
  mayChooseWho: boolean
  onChange: (change: Partial<AuditSearch>) => void
  /** Null where nothing is filtered. */
  onClear: (() => void) | null
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {mayChooseWho ? <WhoFilter who={search.who} onChange={(who) => onChange({ who })} /> : null}
      <TunnelFilter tunnelId={search.tunnel} onChange={(tunnel) => onChange({ tunnel })} />
      <FamilyFilter
        families={families}
        kinds={search.what}
        onChange={(what) => onChange({ what })}
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

function WhoFilter({
  who,
  onChange,
}: {
  who: string | undefined
  onChange: (who: string | undefined) => void
}) {
  const id = useId()
  const { text, change, settle } = useAddressText(who, onChange)
  return (
    <div className="w-full sm:w-48">
      <label htmlFor={id} className="sr-only">
        Name or address
      </label>
      <Input
        id={id}
        type="search"
        placeholder="Name or address"
        maxLength={100}
        value={text}
        onChange={({ target }) => change(target.value)}
        onBlur={settle}
      />
    </div>
  )
}
