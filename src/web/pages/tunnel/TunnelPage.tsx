import { useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { memo, Suspense } from 'react'
import type { ConnectorList, TunnelDetail } from '#contract/tunnel.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { useDialogAddress } from '#web/api/dialog-address.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { connectorsQuery, sessionQuery, tunnelQuery } from '#web/api/queries.ts'
import { useStable } from '#web/charts/use-stable.ts'
import { RunningFailover } from '#web/failover/RunningFailover.tsx'
import { deleted, whyNoFailover } from '#web/failover/reason.ts'
import { whyNoStandby } from '#web/failover/standby.ts'
import { HistoryRoom } from '#web/history/HistoryRoom.tsx'
import { HistorySection } from '#web/history/later.ts'
import { Said } from '#web/marks/Said.tsx'
import type { TunnelSearch } from '#web/router.tsx'
import { useClock } from '#web/ui/clock.ts'
import { later } from '#web/ui/later.ts'
import { OutlookPanel } from '#web/ui/OutlookPanel.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { nothingWaits, refuse } from '#web/ui/refusal.ts'
import { statusLooks } from '#web/ui/StatusMark.tsx'
import { useShortcut } from '#web/ui/shortcuts.ts'
import { EndContext, useStale } from '#web/ui/TimeAgo.tsx'
import { ConfigurationPanel } from './ConfigurationPanel.tsx'
import { ConnectorsSection } from './ConnectorsSection.tsx'
import { FactsPanel, MetadataPanel } from './FactsPanel.tsx'
import { FailoversPanel } from './FailoversPanel.tsx'
import { TunnelHeader } from './TunnelHeader.tsx'
import { TunnelNotices } from './TunnelNotices.tsx'

const FailoverDialog = later(
  async () => (await import('#web/failover/FailoverDialog.tsx')).FailoverDialog,
)
const RenameTunnelDialog = later(
  async () => (await import('./RenameTunnelDialog.tsx')).RenameTunnelDialog,
)
const RotateSecretDialog = later(
  async () => (await import('./RotateSecretDialog.tsx')).RotateSecretDialog,
)
const ConfigurationDialog = later(
  async () => (await import('./ConfigurationDialog.tsx')).ConfigurationDialog,
)
const DeleteTunnelDialog = later(
  async () => (await import('./DeleteTunnelDialog.tsx')).DeleteTunnelDialog,
)
const AcknowledgeDialog = later(
  async () => (await import('#web/marks/AcknowledgeDialog.tsx')).AcknowledgeDialog,
)
const NoteDialog = later(async () => (await import('#web/marks/NoteDialog.tsx')).NoteDialog)
const MaintenanceDialog = later(
  async () => (await import('#web/marks/MaintenanceDialog.tsx')).MaintenanceDialog,
)
const TagsDialog = later(async () => (await import('./TagsDialog.tsx')).TagsDialog)
const AddReplicaDialog = later(
  async () => (await import('./AddReplicaDialog.tsx')).AddReplicaDialog,
)

const route = getRouteApi('/tunnels/$tunnelId')

const follow = (failoverId: string) => ({ dialog: 'failover' as const, failover: failoverId })

/** One tunnel: how it stands, who would take over, its connectors side by side, and what can be done. */
export function TunnelPage() {
  const { tunnelId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { data: tunnel } = useSuspenseQuery(tunnelQuery(tunnelId))
  const { data: list } = useSuspenseQuery(connectorsQuery(tunnelId))
  const old = useStale(useCheckedAt(tunnel), tunnel.staleAfterMs)
  const barrier = useClock((now) => whyNoFailover(session, tunnel, now))
  const failoverReason = barrier ?? whyNoStandby(list.connectors)

  const gone = tunnel.deletedAt !== null
  usePageTitle(tunnel.name, gone ? 'deleted' : old ? 'stale' : statusLooks[tunnel.status].word)

  const { range } = search
  const show = useStable((text: string | undefined) => {
    void navigate({ search: (old) => ({ ...old, range: text }), resetScroll: false })
  })
  const { open, turn, close } = useDialogAddress<TunnelSearch>(search.dialog)

  const mayNotAcknowledge = useWhyNot('acknowledgementAdd')
  useShortcut('acknowledge', () => {
    if (gone) refuse(deleted)
    else if (tunnel.unacknowledged) open({ dialog: 'acknowledge' })
    else refuse(nothingWaits)
  })
  useShortcut('note', () => open({ dialog: 'note' }))
  useShortcut('maintenance', () => {
    if (gone) refuse(deleted)
    else open({ dialog: 'maintenance' })
  })
  useShortcut('tags', () => {
    if (gone) refuse(deleted)
    else open({ dialog: 'tags' })
  })
  useShortcut(
    'report',
    () =>
      void navigate({ to: '/tunnels/$tunnelId/report', params: { tunnelId }, search: { range } }),
  )
  useShortcut('failover', () => {
    if (tunnel.failoverId) open(follow(tunnel.failoverId))
    else if (failoverReason) refuse(failoverReason)
    else open({ dialog: 'failover' })
  })

  return (
    <>
      <EndContext value={tunnel.deletedAt}>
        <TunnelBody
          tunnel={tunnel}
          list={list}
          old={old}
          barrier={barrier}
          failoverReason={failoverReason}
          mayNotAcknowledge={mayNotAcknowledge}
          range={range}
          onRange={show}
          onOpen={open}
        />
      </EndContext>
      <Suspense>
        {search.dialog === 'failover' ? (
          <FailoverDialog
            tunnelId={tunnelId}
            to={search.to}
            failoverId={search.failover}
            onChoose={(to) => turn({ dialog: 'failover', to })}
            onFollow={(failoverId) => turn(follow(failoverId))}
            onClose={close}
          />
        ) : null}
        {search.dialog === 'rename' ? <RenameTunnelDialog tunnel={tunnel} onClose={close} /> : null}
        {search.dialog === 'secret' ? <RotateSecretDialog tunnel={tunnel} onClose={close} /> : null}
        {search.dialog === 'configuration' ? (
          <ConfigurationDialog tunnel={tunnel} onClose={close} />
        ) : null}
        {search.dialog === 'delete' ? <DeleteTunnelDialog tunnel={tunnel} onClose={close} /> : null}
        {search.dialog === 'acknowledge' ? (
          <AcknowledgeDialog tunnel={tunnel} onClose={close} />
        ) : null}
        {search.dialog === 'note' ? <NoteDialog tunnel={tunnel} onClose={close} /> : null}
        {search.dialog === 'maintenance' ? (
          <MaintenanceDialog tunnel={tunnel} onClose={close} />
        ) : null}
        {search.dialog === 'tags' ? <TagsDialog tunnel={tunnel} onClose={close} /> : null}
        {search.dialog === 'replica' ? <AddReplicaDialog tunnel={tunnel} onClose={close} /> : null}
      </Suspense>
    </>
  )
}

/** Everything but the dialogs, which come and go above it without drawing it again. */
const TunnelBody = memo(function TunnelBody({
  tunnel,
  list,
  old,
  barrier,
  failoverReason,
  mayNotAcknowledge,
  range,
  onRange,
  onOpen: open,
}: {
  tunnel: TunnelDetail
  list: ConnectorList
  /** What is known of the tunnel is too old to be believed. */
  old: boolean
  barrier: string | null
  failoverReason: string | null
  mayNotAcknowledge: string | null
  range: string | undefined
  onRange: (text: string | undefined) => void
  onOpen: (next: TunnelSearch) => void
}) {
  const gone = tunnel.deletedAt !== null
  // Nothing of what is no more is shown as good.
  const stale = old || gone
  return (
    <div className="mx-auto flex max-w-450 flex-col gap-4 px-3 pt-4 pb-12 sm:px-6">
      <TunnelHeader
        tunnel={tunnel}
        connectors={list.connectors}
        stale={stale}
        failoverReason={failoverReason}
        onOpen={(dialog) => open({ dialog })}
      />
      <TunnelNotices tunnel={tunnel} stale={stale} />
      {gone ? null : (
        <Said
          tunnel={tunnel}
          mayNotAcknowledge={mayNotAcknowledge}
          onAcknowledge={() => open({ dialog: 'acknowledge' })}
          onMaintenance={() => open({ dialog: 'maintenance' })}
        />
      )}
      <RunningFailover
        key={tunnel.id}
        failoverId={tunnel.failoverId}
        stale={old}
        onFollow={(failoverId) => open(follow(failoverId))}
      />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_25rem]">
        <div className="flex min-w-0 flex-col gap-4 self-stretch">
          {list.connectors.length > 0 && !gone ? (
            <OutlookPanel outlook={list.outlook} stale={stale} />
          ) : null}
          <ConnectorsSection
            tunnel={tunnel}
            list={list}
            stale={stale}
            barrier={barrier}
            onPromote={(connectorId) => open({ dialog: 'failover', to: connectorId })}
            onAddReplica={() => open({ dialog: 'replica' })}
          />
        </div>
        <div className="grid min-w-0 items-start gap-4 md:grid-cols-2 xl:grid-cols-1">
          <FailoversPanel
            key={tunnel.id}
            tunnel={tunnel}
            connectors={list.connectors}
            onFollow={(failoverId) => open(follow(failoverId))}
          />
          <ConfigurationPanel tunnel={tunnel} onChange={() => open({ dialog: 'configuration' })} />
        </div>
      </div>
      <HistorySection
        key={tunnel.id}
        tunnel={tunnel}
        expected={list.connectors.length}
        rangeText={range}
        onRange={onRange}
        room={<HistoryRoom lanes={list.connectors.length + 2} />}
      />
      <div className="grid min-w-0 items-start gap-4 md:grid-cols-2">
        <FactsPanel tunnel={tunnel} />
        <MetadataPanel metadata={tunnel.metadata} />
      </div>
    </div>
  )
})
