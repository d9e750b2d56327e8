import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { tunnelsQuery } from '#web/api/queries.ts'
import { Select } from '#web/ui/Field.tsx'
import { displayName, shortId } from '#web/ui/names.ts'

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Of which tunnel; of all of them where none is chosen. */
export function TunnelFilter({
  tunnelId,
  onChange,
}: {
  tunnelId: string | undefined
  onChange: (tunnelId: string | undefined) => void
}) {
  const id = useId()
  const { data } = useQuery(tunnelsQuery)
  const tunnels = (data?.tunnels ?? []).toSorted((a, b) => names.compare(a.name, b.name))
  const isKnown = !tunnelId || tunnels.some((tunnel) => tunnel.id === tunnelId)
  return (
    <div className="w-full sm:w-64">
      <label htmlFor={id} className="sr-only">
        Tunnel
      </label>
      <Select
        id={id}
        value={tunnelId ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">All tunnels</option>
        {isKnown ? null : <option value={tunnelId}>{shortId(tunnelId ?? '')}</option>}
        {tunnels.map(({ id, name }) => (
          <option key={id} value={id}>
            {displayName(name)}
          </option>
        ))}
      </Select>
    </div>
  )
}
