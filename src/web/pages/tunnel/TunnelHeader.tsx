import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type OperationId, whyNot } from '#contract/operations.ts'
import type { Connector, TunnelDetail } from '#contract/tunnel.ts'
import { useCheckedAt } from '#web/api/ages.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { activeOf } from '#web/failover/order.ts'
import { Button, IconButton } from '#web/ui/Button.tsx'
import { Flash } from '#web/ui/Flash.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { Kbd } from '#web/ui/Kbd.tsx'
import { Menu, MenuItem, MenuSeparator } from '#web/ui/Menu.tsx'
import { Name } from '#web/ui/Name.tsx'
import { shortId } from '#web/ui/names.ts'
import { manyText } from '#web/ui/numbers.ts'
import { Places } from '#web/ui/Place.tsx'
import { ReadinessMark } from '#web/ui/ReadinessMark.tsx'
import { readinessLooks } from '#web/ui/readiness.ts'
import { Stat, Stats } from '#web/ui/Stat.tsx'
import { StatusMark } from '#web/ui/StatusMark.tsx'
import { Term } from '#web/ui/Term.tsx'
import { Age, Elapsed, NotReported, SinceText, TimeAgo } from '#web/ui/TimeAgo.tsx'
import { haModeLooks } from './ha-modes.ts'
import type { TunnelDialog } from './search.ts'
import { Tags } from './Tags.tsx'

/** The name, what can be done, and the five facts that matter first. */
export function TunnelHeader({
  tunnel,
  connectors,
  stale,
  failoverReason,
  onOpen,
}: {
  tunnel: TunnelDetail
  connectors: readonly Connector[]
  stale: boolean
  failoverReason: string | null
  onOpen: (dialog: TunnelDialog) => void
}) {
  return (
    <header className="flex flex-col gap-3">
      <nav aria-label="You are here" className="-mb-2 flex min-h-6 items-center gap-1 text-sm">
        <Link to="/" className="inline-flex min-h-6 items-center text-ink-2 hover:text-ink">
          Tunnels
        </Link>
        <Icon name="chevronRight" className="size-3.5 text-ink-3" />
      </nav>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 className="min-w-0 text-2xl font-semibold tracking-tight">
          <Flash value={tunnel.name}>
            <Name name={tunnel.name} />
          </Flash>
        </h1>
        <Actions tunnel={tunnel} failoverReason={failoverReason} onOpen={onOpen} />
      </div>
      <Tags tunnel={tunnel} onEdit={() => onOpen('tags')} />
      <Vitals tunnel={tunnel} connectors={connectors} stale={stale} />
    </header>
  )
}

function Actions({
  tunnel,
  failoverReason,
  onOpen,
}: {
  tunnel: TunnelDetail
  failoverReason: string | null
  onOpen: (dialog: TunnelDialog) => void
}) {
  const gone = tunnel.deletedAt === null ? null : 'The tunnel has been deleted.'
  const { data: session } = useSuspenseQuery(sessionQuery)
  const reason = (operationId: OperationId) => gone ?? whyNot(session.me?.role ?? null, operationId)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        variant="primary"
        icon="failover"
        disabledReason={failoverReason}
        aria-keyshortcuts="f"
        onClick={() => onOpen('failover')}
      >
        Fail over
        <span className="ml-1 max-sm:hidden" aria-hidden="true">
          <Kbd>F</Kbd>
        </span>
      </Button>
      <Button icon="plus" disabledReason={reason('tokenGet')} onClick={() => onOpen('replica')}>
        Add a replica
      </Button>
      <Menu
        label="More about this tunnel"
        renderButton={(trigger) => <IconButton {...trigger} label="More actions" icon="more" />}
      >
        <MenuItem
          icon="flag"
          disabledReason={whyNot(session.me?.role ?? null, 'noteAdd')}
          onSelect={() => onOpen('note')}
        >
          Write a note
        </MenuItem>
        <MenuItem
          icon="wrench"
          disabledReason={reason('maintenanceAdd')}
          onSelect={() => onOpen('maintenance')}
        >
          Maintenance
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon="pencil"
          disabledReason={reason('tunnelUpdate')}
          onSelect={() => onOpen('rename')}
        >
          Rename
        </MenuItem>
        <MenuItem
          icon="key"
          disabledReason={reason('tunnelUpdate')}
          onSelect={() => onOpen('secret')}
        >
          Rotate secret
        </MenuItem>
        <MenuItem
          icon="settings"
          disabledReason={reason('configurationPut')}
          onSelect={() => onOpen('configuration')}
        >
          HA configuration
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon="trash"
          tone="danger"
          disabledReason={reason('tunnelDelete')}
          onSelect={() => onOpen('delete')}
        >
          Delete
        </MenuItem>
      </Menu>
    </div>
  )
}

function Vitals({
  tunnel,
  connectors,
  stale,
}: {
  tunnel: TunnelDetail
  connectors: readonly Connector[]
  stale: boolean
}) {
  const active = activeOf(connectors)
  const checkedAt = useCheckedAt(tunnel)
  return (
    <Stats label="How it stands">
      <Stat
        name="Status"
        note={
          tunnel.since ? (
            <>
              <SinceText lead="for" since={tunnel.since} />
              {tunnel.since.source === 'reported' ? ', as reported' : ', as seen'}
            </>
          ) : (
            'since when is not reported'
          )
        }
      >
        <Flash value={tunnel.status}>
          <StatusMark status={tunnel.status} reported={tunnel.statusReported} stale={stale} />
        </Flash>
      </Stat>
      <Stat
        name={<Term of="readiness">HA readiness</Term>}
        note={
          tunnel.connectorCount === null
            ? 'not checked yet'
            : `${manyText(tunnel.connectorCount, 'connector')}, ${manyText(tunnel.connectionCount ?? 0, 'connection')}`
        }
      >
        <Flash value={`${tunnel.readiness} ${tunnel.standbyCount}`}>
          <ReadinessMark
            readiness={tunnel.readiness}
            standbyCount={tunnel.standbyCount}
            stale={stale}
            // Its word need not stand where those of other rows do.
            className="*:first:w-auto"
          />
        </Flash>
      </Stat>
      <Stat
        name={<Term of="active">Active connector</Term>}
        wide
        note={
          active && tunnel.preferredConnectorId && tunnel.preferredConnectorId !== active.id ? (
            <span className="text-warn">
              standby of {shortId(tunnel.preferredConnectorId)}
              {tunnel.onStandbySince === null ? null : (
                <>
                  {' '}
                  for <Elapsed at={tunnel.onStandbySince} />
                </>
              )}
            </span>
          ) : active && active.colos.length > 0 ? (
            // Without cities, which come later and would move what follows them; the card names them.
            <Places colos={active.colos} />
          ) : null
        }
      >
        <Flash value={active?.id ?? null}>
          {active ? (
            <>
              <Link
                to="/tunnels/$tunnelId/connectors/$connectorId"
                params={{ tunnelId: tunnel.id, connectorId: active.id }}
                className="inline-block font-mono text-accent-text hover:underline"
              >
                {shortId(active.id)}
              </Link>
              {tunnel.activeSince ? (
                <span className="font-normal text-ink-2">
                  {' '}
                  <SinceText lead="for" since={tunnel.activeSince} />
                </span>
              ) : null}
            </>
          ) : tunnel.readiness === 'unknown' ? (
            <NotReported word="Not known" why={readinessLooks.unknown.meaning} />
          ) : (
            <span className={tunnel.ha === false ? 'text-ink-2' : ''}>
              {tunnel.readiness === 'conflict' ? 'More than one' : 'None'}
            </span>
          )}
        </Flash>
      </Stat>
      <Stat
        name={<Term of="mode">HA mode</Term>}
        note={
          tunnel.haMode
            ? haModeLooks[tunnel.haMode].meaning
            : tunnel.ha === false
              ? 'no HA is reported'
              : null
        }
      >
        <Flash value={tunnel.haMode}>
          {tunnel.haMode ? (
            haModeLooks[tunnel.haMode].word
          ) : tunnel.ha === false ? (
            'Not HA'
          ) : (
            <NotReported word="Not reported" why="Cloudflare does not report the HA mode" />
          )}
        </Flash>
      </Stat>
      <Stat
        name="Data age"
        note={
          tunnel.changedAt === null ? (
            'no change seen so far'
          ) : (
            <>
              last change <TimeAgo at={tunnel.changedAt} />
            </>
          )
        }
      >
        <Age at={checkedAt} staleAfterMs={tunnel.staleAfterMs} />
      </Stat>
    </Stats>
  )
}
