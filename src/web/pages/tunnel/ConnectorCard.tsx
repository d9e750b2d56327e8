import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Connector, isUp } from '#contract/tunnel.ts'
import { isPromotable, risksOf } from '#web/failover/order.ts'
import { Button } from '#web/ui/Button.tsx'
import { CopyId } from '#web/ui/CopyId.tsx'
import { Flash } from '#web/ui/Flash.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { shortId } from '#web/ui/names.ts'
import { Colo, Place } from '#web/ui/Place.tsx'
import { RoleMark } from '#web/ui/RoleMark.tsx'
import { Elapsed, NotReported, SinceText } from '#web/ui/TimeAgo.tsx'
import { tip } from '#web/ui/tip.ts'
import { VersionText } from '#web/ui/VersionText.tsx'

/** One connector beside the others of its tunnel: who it is, where it is, and whether it could take over. */
export function ConnectorCard({
  connector,
  activeVersion,
  stale,
  promoteReason,
  onPromote,
}: {
  connector: Connector
  /** To tell who runs another version than the active one. */
  activeVersion: string | null
  stale: boolean
  /** Why it can't be promoted now, or null. */
  promoteReason: string | null
  onPromote: () => void
}) {
  const { id, role } = connector
  return (
    <article
      aria-label={`Connector ${shortId(id)}`}
      className={`row-span-4 grid min-w-0 grid-rows-subgrid rounded-lg border bg-panel ${role === 'active' && !stale ? 'border-good' : 'border-line'}`}
    >
      <header className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 border-b border-line px-4 py-1.5">
        <p className="flex items-baseline gap-2">
          <Flash value={role}>
            <RoleMark
              role={role}
              reported={connector.roleReported}
              stale={stale}
              className="font-semibold"
            />
          </Flash>
          {connector.roleSince ? (
            <span className="text-sm text-ink-2">
              <SinceText lead="for" since={connector.roleSince} />
            </span>
          ) : null}
        </p>
        <CopyId value={id} what="connector id" short className="font-semibold" />
      </header>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] content-start gap-x-4 gap-y-1.5 px-4 py-3">
        <Row name={connector.originIps.length > 1 ? 'Origin IPs' : 'Origin IP'}>
          {connector.originIps.length === 0 ? (
            <NotReported />
          ) : (
            <Flash value={connector.originIps.join()} className="font-mono text-[0.93em]">
              {connector.originIps.join(', ')}
            </Flash>
          )}
        </Row>
        <Row name="Version">
          <VersionText version={connector.version} activeVersion={activeVersion} />
          {connector.arch ? <span className="text-ink-2"> · {connector.arch}</span> : null}
        </Row>
        <Row name="Running for">
          <Elapsed at={connector.runAt} />
        </Row>
        {/* Last: it has as many lines as it has colos, and none of the others move with them. */}
        <Row name={connector.colos.length === 1 ? 'Colo' : 'Colos'}>
          {connector.colos.length === 0 ? (
            <NotReported
              why={connector.connections.some(isUp) ? 'Not reported' : 'Not connected to any colo'}
            />
          ) : (
            <Flash
              value={connector.colos.join()}
              className="grid grid-cols-[repeat(auto-fill,minmax(min(15rem,100%),1fr))] gap-x-4"
            >
              {/* In columns that are as wide before the cities' names are there. */}
              {connector.colos.map((colo) => (
                <Place key={colo} colo={colo} />
              ))}
            </Flash>
          )}
        </Row>
      </dl>
      <div>
        <Connections connector={connector} />
      </div>
      <footer className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-t border-line px-4 py-2">
        <Link
          to="/tunnels/$tunnelId/connectors/$connectorId"
          params={{ tunnelId: connector.tunnelId, connectorId: id }}
          className="inline-flex min-h-6 items-center gap-1 text-accent-text hover:underline"
        >
          Details<span className="sr-only"> of {shortId(id)}</span>
          <Icon name="chevronRight" className="size-3.5" />
        </Link>
        {role === 'active' ? (
          <span className="text-sm text-ink-2">{`${stale ? 'Carried' : 'Carries'} the traffic`}</span>
        ) : (
          <span className="flex flex-auto items-center justify-end gap-3">
            <StandIn connector={connector} stale={stale} />
            <Button size="sm" disabledReason={promoteReason} onClick={onPromote}>
              Promote<span className="sr-only"> {shortId(id)}</span>
            </Button>
          </span>
        )}
      </footer>
    </article>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}

/** How good a stand-in it would be, in two words; of what is stale, how good it was. */
function StandIn({ connector, stale }: { connector: Connector; stale: boolean }) {
  if (!isPromotable(connector)) return null
  const risks = risksOf(connector).filter(({ id }) => id !== 'outbound-stays')
  const then = stale ? ' when last seen' : ''
  return risks.length === 0 ? (
    <span className={`text-sm ${stale ? 'text-ink-2' : 'text-good'}`}>Ready{then}</span>
  ) : (
    <span
      className={`inline-flex items-center gap-1.5 text-sm ${stale ? 'text-ink-2' : 'text-warn'}`}
      {...tip(risks.map(({ sentence }) => sentence).join('\n'))}
    >
      <Icon name="alert" className="size-3.5" />
      {risks.length === 1 ? '1 weakness' : `${risks.length} weaknesses`}
      {then}
    </span>
  )
}

function Connections({ connector: { connections, id } }: { connector: Connector }) {
  if (connections.length === 0)
    return (
      <p className="border-t border-line px-4 py-2.5 text-ink-2">No connections to Cloudflare.</p>
    )
  return (
    <table className="w-full border-t border-line text-left text-sm">
      <caption className="sr-only">Connections of {shortId(id)}</caption>
      <thead>
        <tr className="text-xs text-ink-2">
          <th scope="col" className="h-8 pl-4 font-medium">
            Connection
          </th>
          <th scope="col" className="h-8 px-3 font-medium">
            Origin IP
          </th>
          <th scope="col" className="h-8 pr-4 text-right font-medium">
            Open for
          </th>
        </tr>
      </thead>
      <tbody>
        {connections.map((connection) => (
          <tr key={connection.id} className="border-t border-line-soft">
            <td className="h-7 pl-4">
              {connection.colo ? (
                <Colo colo={connection.colo} />
              ) : (
                <NotReported why="Colo not reported" />
              )}
              {connection.pendingReconnect ? (
                <span
                  className="ml-2 rounded-sm bg-warn-soft px-1 text-xs text-warn"
                  {...tip('Cloudflare still keeps its place for some minutes')}
                >
                  disconnected
                </span>
              ) : null}
            </td>
            <td className="h-7 px-3 font-mono break-all">
              {connection.originIp ?? <NotReported />}
            </td>
            <td className="h-7 pr-4 text-right whitespace-nowrap">
              {isUp(connection) ? (
                <Elapsed at={connection.openedAt} />
              ) : (
                <NotReported why="Not open any more" />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
