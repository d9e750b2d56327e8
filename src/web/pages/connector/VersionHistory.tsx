import { useInfiniteQuery } from '@tanstack/react-query'
import type { Connector } from '#contract/tunnel.ts'
import { activityQuery } from '#web/api/queries.ts'
import { precisionText } from '#web/charts/precision.ts'
import { Panel } from '#web/ui/Panel.tsx'
import { NotReported } from '#web/ui/TimeAgo.tsx'
import { instantIn, useZone } from '#web/ui/zone.ts'

const most = 12

/** Which version of the client the connector ran since when, the present one first. */
export function VersionHistory({
  tunnelId,
  connector,
}: {
  tunnelId: string
  connector: Connector
}) {
  const zone = useZone()
  const { data } = useInfiniteQuery(activityQuery({ tunnelId, kinds: ['version-changed'] }))
  const changes = (data?.pages ?? [])
    .flatMap((page) => page.events)
    .filter((event) => event.connectorId === connector.id)
    .slice(0, most)
  return (
    <Panel title="Versions">
      <ol className="flex flex-col gap-2">
        {changes.map((event, index) => (
          <li key={event.id} className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className={index === 0 ? 'font-medium' : ''}>{event.to ?? <NotReported />}</span>
            <span className="text-sm text-ink-2">
              since {instantIn(event.at, zone)}
              {precisionText(event.precisionMs)}
            </span>
          </li>
        ))}
        <li className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span className={changes.length === 0 ? 'font-medium' : ''}>
            {(changes.at(-1)?.from ?? connector.version) || <NotReported />}
          </span>
          <span className="text-sm text-ink-2">
            {data ? 'since before Tandem saw a change' : 'Loading…'}
          </span>
        </li>
      </ol>
    </Panel>
  )
}
