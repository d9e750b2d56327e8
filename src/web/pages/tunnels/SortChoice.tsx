import { getRouteApi } from '@tanstack/react-router'
import { useId } from 'react'
import { Select } from '#web/ui/Field.tsx'
import { Segmented } from '#web/ui/Segmented.tsx'
import { columns } from './columns.ts'
import { type SortKey, sortKeys } from './search.ts'

/** Where the head of a column is short for want of room. */
const words: Partial<Record<SortKey, string>> = {
  connectors: 'Connectors',
  age: 'Data age',
  day: 'Availability, 24 h',
  month: 'Availability, 30 d',
}
const choices = columns.flatMap(({ sort, head }) =>
  sort ? [{ sort, text: words[sort] ?? head }] : [],
)
const directions = [
  { value: 'asc', label: 'Ascending' },
  { value: 'desc', label: 'Descending' },
] as const

const route = getRouteApi('/')

/** What the heads of the columns do, for where there are none: on a phone, and for a column that is not shown. */
export function SortChoice() {
  const { sort, dir = 'asc' } = route.useSearch()
  const navigate = route.useNavigate()
  const id = useId()
  const change = (next: { sort?: SortKey | undefined; dir?: 'desc' | undefined }) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true, resetScroll: false })
  return (
    <div className="flex flex-col gap-2 border-t border-line pt-3">
      <label htmlFor={id} className="text-sm font-medium text-ink-2">
        Sort by
      </label>
      <Select
        id={id}
        value={sort ?? ''}
        onChange={({ target }) =>
          change({ sort: sortKeys.find((key) => key === target.value), dir: undefined })
        }
      >
        <option value="">Worst first</option>
        {choices.map(({ sort, text }) => (
          <option key={sort} value={sort}>
            {text}
          </option>
        ))}
      </Select>
      {sort ? (
        <Segmented
          label="Direction"
          value={dir}
          options={directions}
          onChange={(next) => change({ dir: next === 'desc' ? next : undefined })}
        />
      ) : null}
    </div>
  )
}
