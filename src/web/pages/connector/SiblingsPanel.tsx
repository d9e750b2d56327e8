import { Link } from '@tanstack/react-router'
import { type Connector, isUp } from '#contract/tunnel.ts'
import { shortId } from '#web/ui/names.ts'
import { Panel } from '#web/ui/Panel.tsx'
import { Place } from '#web/ui/Place.tsx'
import { RoleMark } from '#web/ui/RoleMark.tsx'

/** The other connectors of the tunnel. */
export function SiblingsPanel({
  siblings,
  stale,
  deleted,
}: {
  siblings: readonly Connector[]
  stale: boolean
  /** Their tunnel is. */
  deleted: boolean
}) {
  return (
    <Panel title="Beside it" flush>
      {siblings.length === 0 ? (
        <p className="p-4 text-ink-2">
          {deleted
            ? 'A deleted tunnel has no connectors.'
            : 'No other connector: nobody stands by.'}
        </p>
      ) : (
        <ul className="relative max-h-120 overflow-y-auto py-1">
          {siblings.map((connector) => (
            <li key={connector.id}>
              <Link
                to="/tunnels/$tunnelId/connectors/$connectorId"
                params={{ tunnelId: connector.tunnelId, connectorId: connector.id }}
                className="flex min-h-9 items-center gap-2 px-4 hover:bg-hover focus-visible:-outline-offset-2"
              >
                <RoleMark
                  role={connector.role}
                  reported={connector.roleReported}
                  stale={stale}
                  className="min-w-22"
                />
                <span className="font-mono text-accent-text">{shortId(connector.id)}</span>
                <span className="min-w-0 flex-1 truncate text-right text-sm text-ink-2">
                  {connector.colos[0] ? (
                    <Place colo={connector.colos[0]} />
                  ) : connector.connections.some(isUp) ? (
                    'colo not reported'
                  ) : (
                    'not connected'
                  )}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
