import { useInfiniteQuery } from '@tanstack/react-query'
import type { Connector } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { activityQuery } from '#web/api/queries.ts'
import { precisionText } from '#web/charts/precision.ts'
import { Panel } from '#web/ui/Panel.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { NotReported } from '#web/ui/TimeAgo.tsx'
import { instantIn, useZone } from '#web/ui/zone.ts'
import { type VersionSince, versionsOf } from './versions.ts'

const most = 13

/** Which version of the client the connector ran since when, the present one first. */
export function VersionHistory({
  tunnelId,
  connector,
}: {
  tunnelId: string
  connector: Connector
}) {
  const zone = useZone()
  const { data, error, refetch } = useInfiniteQuery(
    activityQuery({
      tunnelId,
      connectorId: connector.id,
      kinds: ['version-changed', 'connector-joined'],
    }),
  )
  const events = (data?.pages ?? []).flatMap((page) => page.events)
  const since = ({ event }: VersionSince) => {
    if (!data) return error ? null : 'Loading…'
    if (!event) return 'since before Tandem saw a change'
    const when = instantIn(event.at, zone) + precisionText(event.precisionMs)
    return event.kind === 'connector-joined' ? `since it joined, ${when}` : `since ${when}`
  }
  return (
    <Panel title="Versions">
      <ol className="flex flex-col gap-2">
        {versionsOf(connector.version, events, most).map((one, index) => (
          <li
            key={one.event?.id ?? 'before'}
            className="flex flex-wrap items-baseline justify-between gap-x-4"
          >
            <span className={index === 0 ? 'font-medium' : ''}>
              {one.version || <NotReported />}
            </span>
            <span className="text-sm text-ink-2">{since(one)}</span>
          </li>
        ))}
      </ol>
      {error ? (
        <div className="mt-3">
          <ProblemCallout problem={toProblem(error)} onRetry={() => void refetch()} />
        </div>
      ) : null}
    </Panel>
  )
}
