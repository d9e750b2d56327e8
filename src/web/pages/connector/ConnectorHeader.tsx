import { Link } from '@tanstack/react-router'
import { type Connector, isUp, type TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { useCheckConnector } from '#web/api/fresh.ts'
import { Button } from '#web/ui/Button.tsx'
import { CopyId } from '#web/ui/CopyId.tsx'
import { Flash } from '#web/ui/Flash.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId } from '#web/ui/names.ts'
import { Place } from '#web/ui/Place.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { RoleMark, roleLooks } from '#web/ui/RoleMark.tsx'
import { Stat, Stats } from '#web/ui/Stat.tsx'
import { Term } from '#web/ui/Term.tsx'
import { Age, Elapsed, Moment, NotReported, SinceText } from '#web/ui/TimeAgo.tsx'
import { VersionText } from '#web/ui/VersionText.tsx'

export function ConnectorHeader({
  tunnel,
  connector,
  activeVersion,
  checkedAt,
  isAlone,
  stale,
  gone,
  promoteReason,
  onPromote,
}: {
  tunnel: TunnelDetail
  connector: Connector
  activeVersion: string | null
  /** The newest look at this connector, epoch ms. */
  checkedAt: number | null
  /** It was read alone, later than its tunnel. */
  isAlone: boolean
  stale: boolean
  gone: boolean
  promoteReason: string | null
  onPromote: () => void
}) {
  const check = useCheckConnector(tunnel.id, connector.id)
  const { colos, role } = connector
  const connected = connector.connections.filter(isUp).length
  return (
    <header className="flex flex-col gap-3">
      <nav
        aria-label="You are here"
        className="-mb-2 flex min-h-6 min-w-0 items-center gap-1 text-sm"
      >
        <Link to="/" className="inline-flex min-h-6 items-center text-ink-2 hover:text-ink">
          Tunnels
        </Link>
        <Icon name="chevronRight" className="size-3.5 text-ink-3" />
        <Link
          to="/tunnels/$tunnelId"
          params={{ tunnelId: tunnel.id }}
          className="inline-flex min-h-6 min-w-0 items-center text-ink-2 hover:text-ink"
        >
          <Name name={tunnel.name} className="truncate" />
        </Link>
        <Icon name="chevronRight" className="size-3.5 text-ink-3" />
      </nav>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 className="flex min-w-0 flex-wrap items-baseline gap-x-3 text-2xl font-semibold tracking-tight">
          <span className="sr-only">Connector </span>
          <CopyId value={connector.id} what="connector id" short className="font-semibold" />
        </h1>
        <div className="flex flex-wrap items-center gap-2">
          {role === 'active' && !gone ? (
            <span className="px-2 text-ink-2 max-sm:hidden">
              {stale ? 'Carried the traffic when last seen' : 'Carries the traffic'}
            </span>
          ) : (
            <Button
              variant="primary"
              icon="failover"
              disabledReason={promoteReason}
              aria-keyshortcuts="f"
              onClick={onPromote}
            >
              {`Promote ${shortId(connector.id)}`}
            </Button>
          )}
          <Button
            icon="refresh"
            busy={check.isPending}
            disabledReason={tunnel.deletedAt === null ? null : 'The tunnel has been deleted.'}
            onClick={() => check.mutate()}
            className="min-w-30"
          >
            {check.isPending ? 'Checking…' : 'Check now'}
          </Button>
        </div>
      </div>
      {check.error ? <ProblemCallout problem={toProblem(check.error)} /> : null}
      <Stats label="How it stands">
        <Stat
          name={<Term of="role">Role</Term>}
          note={
            connector.roleSince ? (
              <>
                <SinceText lead="for" since={connector.roleSince} />
                {connector.roleSince.source === 'reported' ? ', as reported' : ', as seen'}
              </>
            ) : gone ? (
              'when last seen'
            ) : (
              // As much of it as there is room for.
              roleLooks[role].meaning.replace(/:.*/, '')
            )
          }
        >
          <Flash value={role}>
            <RoleMark role={role} reported={connector.roleReported} stale={stale} />
          </Flash>
        </Stat>
        <Stat
          name="Running for"
          note={
            connector.runAt === null ? null : gone ? (
              'when last seen'
            ) : (
              <>
                since <Moment at={connector.runAt} />
              </>
            )
          }
        >
          <Elapsed at={connector.runAt} />
        </Stat>
        <Stat name="Where" wide note={colos.length > 1 ? `and ${colos.slice(1).join(', ')}` : null}>
          <Flash value={colos.join()}>
            {colos[0] ? (
              <Place colo={colos[0]} />
            ) : (
              <NotReported
                word={connected > 0 ? 'Not reported' : 'Nowhere'}
                why={connected > 0 ? 'Colo not reported' : 'Not connected to any colo'}
              />
            )}
          </Flash>
        </Stat>
        <Stat name="Connections" note={connector.originIps.join(', ') || null}>
          <Flash value={connected}>{connected}</Flash>
        </Stat>
        <Stat name="Version" note={connector.arch}>
          <Flash value={connector.version}>
            <VersionText
              version={connector.version}
              activeVersion={role === 'active' ? null : activeVersion}
            />
          </Flash>
        </Stat>
        <Stat
          name="Data age"
          note={gone ? 'no longer listed' : isAlone ? 'of this connector alone' : null}
        >
          <Age at={checkedAt} staleAfterMs={tunnel.staleAfterMs} />
        </Stat>
      </Stats>
    </header>
  )
}
