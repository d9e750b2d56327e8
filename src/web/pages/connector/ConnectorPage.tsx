import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { Connector, ConnectorList, TunnelDetail } from '#contract/tunnel.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { connectorsQuery, sessionQuery, tunnelQuery } from '#web/api/queries.ts'
import { activeOf, blocksOf, inOrder } from '#web/failover/order.ts'
import { RunningFailover } from '#web/failover/RunningFailover.tsx'
import { whyNoFailover } from '#web/failover/reason.ts'
import { HistoryRoom } from '#web/history/HistoryRoom.tsx'
import { HistorySection } from '#web/history/later.ts'
import type { ConnectorSearch } from '#web/router.tsx'
import { buttonClass } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { useClock } from '#web/ui/clock.ts'
import { DeletedCallout } from '#web/ui/DeletedCallout.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'
import { later } from '#web/ui/later.ts'
import { shortId, visibleName } from '#web/ui/names.ts'
import { OutlookPanel } from '#web/ui/OutlookPanel.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { roleLooks } from '#web/ui/RoleMark.tsx'
import { refuse } from '#web/ui/refusal.ts'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { EndContext, Moment, useStale } from '#web/ui/TimeAgo.tsx'
import { ConnectionsPanel } from './ConnectionsPanel.tsx'
import { ConnectorFacts } from './ConnectorFacts.tsx'
import { ConnectorHeader } from './ConnectorHeader.tsx'
import { PromotionPanel } from './PromotionPanel.tsx'
import { SiblingsPanel } from './SiblingsPanel.tsx'
import { VersionHistory } from './VersionHistory.tsx'

const FailoverDialog = later(
  async () => (await import('#web/failover/FailoverDialog.tsx')).FailoverDialog,
)

const route = getRouteApi('/tunnels/$tunnelId/connectors/$connectorId')

/** One connector: its role and connections, who stands beside it, and whether it could take over. */
export function ConnectorPage() {
  const { tunnelId, connectorId } = route.useParams()
  const { data: tunnel } = useSuspenseQuery(tunnelQuery(tunnelId))
  const { data: list } = useSuspenseQuery(connectorsQuery(tunnelId))
  const now = list.connectors.find(({ id }) => id === connectorId) ?? null
  const last = useLast(connectorId, list)

  const tunnelAt = useCheckedAt(tunnel)
  const old = useStale(tunnelAt, tunnel.staleAfterMs)
  // What “check now” reads is this connector alone.
  const checkedAt = Math.max(tunnelAt ?? 0, now?.checkedAt ?? 0) || null
  const oldItself = useStale(checkedAt, tunnel.staleAfterMs)
  const isUnread = list.checkedAt === null && tunnel.deletedAt === null
  const word = isUnread
    ? 'not read yet'
    : !now || tunnel.deletedAt !== null
      ? 'gone'
      : oldItself
        ? 'stale'
        : roleLooks[now.role].word.toLowerCase()

  usePageTitle(`${shortId(connectorId)} ${word}`, tunnel.name)
  if (!last) return <NeverSeen tunnel={tunnel} connectorId={connectorId} isUnread={isUnread} />
  // Whichever came first: a deleted tunnel may be looked at once more.
  const ends = [last.missingSince, tunnel.deletedAt].filter((at) => at !== null)
  return (
    <EndContext value={ends.length > 0 ? Math.min(...ends) : null}>
      <ConnectorView
        key={connectorId}
        tunnel={tunnel}
        connector={last.connector}
        old={old}
        checkedAt={checkedAt}
        oldItself={oldItself}
        isAlone={checkedAt !== tunnelAt}
        missing={!now}
        missingSince={last.missingSince}
      />
    </EndContext>
  )
}

type Last = { connector: Connector; missingSince: number | null }

/** The connector as it was last listed, for as long as this page is open, and when it was first missing. */
function useLast(connectorId: string, list: ConnectorList): Last | null {
  const now = list.connectors.find(({ id }) => id === connectorId)
  const [kept, setKept] = useState<Last | null>(null)
  const last = kept?.connector.id === connectorId ? kept : null
  const next: Last | null = now
    ? { connector: now, missingSince: null }
    : last && { ...last, missingSince: last.missingSince ?? list.checkedAt }
  const same = next?.connector === last?.connector && next?.missingSince === last?.missingSince
  if (!same) setKept(next)
  return same ? last : next
}

function ConnectorView({
  tunnel,
  connector,
  old,
  checkedAt,
  oldItself,
  isAlone,
  missing,
  missingSince,
}: {
  tunnel: TunnelDetail
  connector: Connector
  /** What is known of the tunnel is too old to be believed. */
  old: boolean
  /** The newest look at this connector, epoch ms. */
  checkedAt: number | null
  /** That is too. */
  oldItself: boolean
  /** It was read alone, later than its tunnel. */
  isAlone: boolean
  /** Cloudflare no longer lists it. */
  missing: boolean
  /** When it was first looked for in vain, epoch ms. */
  missingSince: number | null
}) {
  const { dialog, to, failover, range } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const deleted = tunnel.deletedAt !== null
  const gone = missing || deleted
  const stale = old || gone
  const barrier = useClock((now) => whyNoFailover(session, tunnel, now))
  const promoteReason =
    (missing && !deleted ? 'Cloudflare no longer lists this connector.' : null) ??
    barrier ??
    (tunnel.failoverId ? 'A failover of this tunnel is running.' : null) ??
    blocksOf(connector)[0]?.sentence ??
    null
  const { data: list } = useSuspenseQuery(connectorsQuery(tunnel.id))
  const siblings = inOrder(list.connectors.filter(({ id }) => id !== connector.id))
  const active = activeOf([connector, ...siblings])

  const { open, turn, close } = useDialogAddress<ConnectorSearch>(dialog)
  const promote = () => open({ dialog: 'failover', to: connector.id })
  const follow = (failoverId: string): ConnectorSearch => ({
    dialog: 'failover',
    failover: failoverId,
  })

  useShortcut('failover', () => {
    if (tunnel.failoverId) open(follow(tunnel.failoverId))
    else if (promoteReason) refuse(promoteReason)
    else promote()
  })

  return (
    <div className="mx-auto flex max-w-450 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <ConnectorHeader
        tunnel={tunnel}
        connector={connector}
        activeVersion={active?.version ?? null}
        checkedAt={checkedAt}
        isAlone={isAlone}
        stale={oldItself || gone}
        gone={gone}
        promoteReason={promoteReason}
        onPromote={promote}
      />
      {tunnel.deletedAt !== null ? (
        <DeletedCallout at={tunnel.deletedAt}>
          What you see is the last that Tandem knew of this connector.
        </DeletedCallout>
      ) : missing ? (
        <Callout
          tone="bad"
          title="Cloudflare no longer lists this connector"
          action={
            <Link
              to="/tunnels/$tunnelId"
              params={{ tunnelId: tunnel.id }}
              className={buttonClass('secondary', 'sm')}
            >
              Its tunnel
            </Link>
          }
        >
          {missingSince === null ? null : (
            <>
              Missing since the look at <Moment at={missingSince} />.{' '}
            </>
          )}
          Below is what was known of it until then.
        </Callout>
      ) : tunnel.trouble ? (
        <Callout tone="warn" title="The last look at this tunnel failed">
          {tunnel.trouble} {isAlone ? 'This connector alone was read later than the others.' : null}
        </Callout>
      ) : stale ? (
        <Callout tone="warn" title="Older than it should be">
          {oldItself
            ? 'Nobody knows whether this is still true, so nothing here is shown as good.'
            : 'This connector alone was read later: of the others nobody knows whether it is still true.'}
        </Callout>
      ) : null}
      <RunningFailover
        key={tunnel.id}
        failoverId={tunnel.failoverId}
        stale={old}
        onFollow={(failoverId) => open(follow(failoverId))}
      />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_25rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <ConnectionsPanel connector={connector} gone={gone} />
          {gone ? null : connector.role === 'active' ? (
            <OutlookPanel
              title={`If ${shortId(connector.id)} fails`}
              outlook={list.outlook}
              stale={stale}
            />
          ) : (
            <PromotionPanel connector={connector} stale={stale} barrier={barrier} />
          )}
          <Suspense>
            <VersionHistory tunnelId={tunnel.id} connector={connector} />
          </Suspense>
        </div>
        <div className="grid min-w-0 items-start gap-4 md:grid-cols-2 xl:grid-cols-1">
          <SiblingsPanel siblings={siblings} stale={old || deleted} deleted={deleted} />
          <ConnectorFacts tunnel={tunnel} connector={connector} />
        </div>
      </div>
      <HistorySection
        tunnel={tunnel}
        connectorId={connector.id}
        expected={1}
        rangeText={range}
        onRange={(text) =>
          void navigate({ search: (old) => ({ ...old, range: text }), resetScroll: false })
        }
        room={<HistoryRoom lanes={3} />}
      />
      <Suspense>
        {dialog === 'failover' ? (
          <FailoverDialog
            tunnelId={tunnel.id}
            to={to}
            failoverId={failover}
            onChoose={(id) => turn({ dialog: 'failover', to: id })}
            onFollow={(failoverId) => turn(follow(failoverId))}
            onClose={close}
          />
        ) : null}
      </Suspense>
    </div>
  )
}

/** An address of a connector that is not there, and was not there since the page was opened. */
function NeverSeen({
  tunnel,
  connectorId,
  isUnread,
}: {
  tunnel: TunnelDetail
  connectorId: string
  /** The connectors of the tunnel were not read yet. */
  isUnread: boolean
}) {
  const name = visibleName(tunnel.name)
  return (
    <EmptyState
      title={
        isUnread
          ? `Nothing is known of ${shortId(connectorId)} yet`
          : `Cloudflare lists no connector ${shortId(connectorId)}`
      }
      action={
        <Link
          to="/tunnels/$tunnelId"
          params={{ tunnelId: tunnel.id }}
          className={buttonClass('primary')}
        >
          To its tunnel
        </Link>
      }
    >
      {isUnread ? (
        <>
          The connectors of {name || 'its tunnel'} were not read yet. {tunnel.trouble}
        </>
      ) : tunnel.deletedAt === null ? (
        <>
          {name || 'The tunnel'} has{' '}
          {tunnel.connectorCount === 1
            ? '1 connector'
            : `${tunnel.connectorCount ?? 'unknown'} connectors`}
          , and this is not one of them. It may have left some time ago, or the address is not
          complete.
        </>
      ) : (
        <>
          {name || 'The tunnel'} was deleted at <Moment at={tunnel.deletedAt} />, and its connectors
          with it. What was recorded of them stands in its history.
        </>
      )}
    </EmptyState>
  )
}
