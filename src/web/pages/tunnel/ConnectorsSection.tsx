import { useSuspenseQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { whyNot } from '#contract/operations.ts'
import type { Connector, ConnectorList, TunnelDetail } from '#contract/tunnel.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { activeOf, blocksOf, inOrder } from '#web/failover/order.ts'
import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { RoleShape } from '#web/ui/RoleShape.tsx'
import { Instant } from '#web/ui/TimeAgo.tsx'
import { ConnectorCard } from './ConnectorCard.tsx'
import { ConnectorRows } from './ConnectorRows.tsx'

/** Past this many, rows compare better than cards. */
const mostCards = 6

/** The connectors of a tunnel: the active one first, then who could take over best. */
export function ConnectorsSection({
  tunnel,
  list,
  stale,
  barrier,
  onPromote,
  onAddReplica,
}: {
  tunnel: TunnelDetail
  list: ConnectorList
  stale: boolean
  /** Why no connector at all can be promoted now, or null. */
  barrier: string | null
  onPromote: (connectorId: string) => void
  onAddReplica: () => void
}) {
  const titleId = useId()
  const connectors = inOrder(list.connectors)
  const active = activeOf(connectors)
  const reasonFor = (connector: Connector) =>
    barrier ??
    (tunnel.failoverId ? 'A failover of this tunnel is running.' : null) ??
    blocksOf(connector)[0]?.sentence ??
    null
  const shown = {
    activeVersion: active?.version ?? null,
    stale,
  }
  if (list.checkedAt !== null && connectors.length === 0)
    return <NoConnectors tunnel={tunnel} onAddReplica={onAddReplica} />
  return (
    <section aria-labelledby={titleId} className="flex min-w-0 flex-col gap-3">
      <h2 id={titleId} className="flex min-h-6 items-baseline gap-2 font-semibold">
        Connectors
        <span className="font-normal text-ink-2">
          {list.checkedAt === null ? 'not read yet' : connectors.length}
        </span>
      </h2>
      {connectors.length > mostCards ? (
        <ConnectorRows
          {...shown}
          connectors={connectors}
          promoteReason={reasonFor}
          onPromote={({ id }) => onPromote(id)}
        />
      ) : (
        <ul
          className={`-mb-4 grid grid-cols-[repeat(auto-fit,minmax(min(100%,23rem),1fr))] gap-x-4 ${connectors.length === 1 ? 'max-w-140' : ''}`}
        >
          {connectors.map((connector) => (
            // What cards beside each other tell begins at the same height.
            <li key={connector.id} className="row-span-4 mb-4 grid min-w-0 grid-rows-subgrid">
              <ConnectorCard
                {...shown}
                connector={connector}
                promoteReason={reasonFor(connector)}
                onPromote={() => onPromote(connector.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const missing = 'ghost'

function NoConnectors({
  tunnel,
  onAddReplica,
}: {
  tunnel: TunnelDetail
  onAddReplica: () => void
}) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const hadSome = tunnel.status !== 'inactive'
  const gone = tunnel.deletedAt !== null
  return (
    <div className="flex flex-1 items-center rounded-lg border border-dashed border-line-edge">
      <EmptyState
        title={
          gone
            ? 'A deleted tunnel has no connectors'
            : hadSome
              ? 'No connector is connected any more'
              : 'No connector has joined this tunnel yet'
        }
        picture={
          <span className="flex gap-3 text-unknown" aria-hidden="true">
            <RoleShape role={missing} className="size-8" />
            <RoleShape role={missing} className="size-8" />
          </span>
        }
        action={
          gone ? null : (
            <Button
              variant="primary"
              icon="plus"
              disabledReason={whyNot(session.me?.role ?? null, 'tokenGet')}
              onClick={onAddReplica}
            >
              Add a replica
            </Button>
          )
        }
      >
        {gone ? (
          'None can join it any more. What it had stands in the history below.'
        ) : hadSome ? (
          <>
            {tunnel.connsInactiveAt === null ? (
              'The tunnel carries no traffic'
            ) : (
              <>
                The tunnel has carried no traffic since <Instant at={tunnel.connsInactiveAt} />
              </>
            )}
            , and Cloudflare no longer lists the connectors it had. They come back by themselves
            once their machines are up and connected; or add a new one.
          </>
        ) : (
          'A connector is a machine on the site’s network that runs Cloudflare’s client. With two of them, one carries the traffic and the other stands by.'
        )}
      </EmptyState>
    </div>
  )
}
