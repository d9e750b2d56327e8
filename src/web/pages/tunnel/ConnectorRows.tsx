import { Link } from '@tanstack/react-router'
import { type Connector, isUp } from '#contract/tunnel.ts'
import { Button } from '#web/ui/Button.tsx'
import { Flash } from '#web/ui/Flash.tsx'
import { shortId } from '#web/ui/names.ts'
import { Places } from '#web/ui/Place.tsx'
import { RoleMark } from '#web/ui/RoleMark.tsx'
import { Table, Td, Th } from '#web/ui/Table.tsx'
import { Elapsed, NotReported, SinceText } from '#web/ui/TimeAgo.tsx'
import { VersionText } from '#web/ui/VersionText.tsx'

/** Many connectors, one in a row: cards side by side stop being comparable past a handful. */
export function ConnectorRows({
  connectors,
  activeVersion,
  stale,
  promoteReason,
  onPromote,
}: {
  connectors: readonly Connector[]
  activeVersion: string | null
  stale: boolean
  promoteReason: (connector: Connector) => string | null
  onPromote: (connector: Connector) => void
}) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-panel">
      <Table caption="Connectors">
        <thead>
          <tr>
            <Th>Role</Th>
            <Th>Connector</Th>
            <Th>For</Th>
            <Th>Colos</Th>
            <Th>Origin IP</Th>
            <Th>Version</Th>
            <Th className="text-right max-lg:hidden">Running for</Th>
            <Th className="text-right">Connections</Th>
            <Th>
              <span className="sr-only">Promote</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {connectors.map((connector) => (
            <tr key={connector.id} className="hover:bg-hover">
              <Td>
                <Flash value={connector.role}>
                  <RoleMark role={connector.role} reported={connector.roleReported} stale={stale} />
                </Flash>
              </Td>
              <Td>
                <Link
                  to="/tunnels/$tunnelId/connectors/$connectorId"
                  params={{ tunnelId: connector.tunnelId, connectorId: connector.id }}
                  className="inline-flex min-h-6 items-center font-mono text-accent-text hover:underline"
                >
                  {shortId(connector.id)}
                </Link>
              </Td>
              <Td className="text-ink-2">
                <SinceText since={connector.roleSince} />
              </Td>
              <Td className="max-w-60">
                {connector.colos.length === 0 ? (
                  <NotReported
                    why={
                      connector.connections.some(isUp)
                        ? 'Not reported'
                        : 'Not connected to any colo'
                    }
                  />
                ) : (
                  <Places colos={connector.colos} />
                )}
              </Td>
              <Td className="font-mono text-[0.93em]">
                {connector.originIps.join(', ') || <NotReported />}
              </Td>
              <Td>
                <VersionText version={connector.version} activeVersion={activeVersion} />
              </Td>
              <Td className="text-right max-lg:hidden">
                <Elapsed at={connector.runAt} />
              </Td>
              <Td className="text-right">{connector.connections.filter(isUp).length}</Td>
              <Td className="text-right">
                {connector.role === 'active' ? null : (
                  <Button
                    size="sm"
                    disabledReason={promoteReason(connector)}
                    onClick={() => onPromote(connector)}
                  >
                    Promote<span className="sr-only"> {shortId(connector.id)}</span>
                  </Button>
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}
