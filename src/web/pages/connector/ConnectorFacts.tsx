import { Link } from '@tanstack/react-router'
import type { Connector, TunnelDetail } from '#contract/tunnel.ts'
import { CopyId } from '#web/ui/CopyId.tsx'
import { Name } from '#web/ui/Name.tsx'
import { visibleName } from '#web/ui/names.ts'
import { Fact, Facts, Panel } from '#web/ui/Panel.tsx'
import { Instant, NotReported } from '#web/ui/TimeAgo.tsx'

export function ConnectorFacts({
  tunnel,
  connector,
}: {
  tunnel: TunnelDetail
  connector: Connector
}) {
  return (
    <Panel title="Facts">
      <Facts>
        <Fact name="Connector id" long>
          <CopyId value={connector.id} what="connector id" className="max-sm:text-xs" />
        </Fact>
        <Fact name="Tunnel">
          <Link
            to="/tunnels/$tunnelId"
            params={{ tunnelId: tunnel.id }}
            className="text-accent-text hover:underline"
          >
            <Name name={tunnel.name} />
          </Link>
        </Fact>
        <Fact name="Running since">
          {connector.runAt === null ? <NotReported /> : <Instant at={connector.runAt} />}
        </Fact>
        <Fact name="Version">{connector.version ?? <NotReported />}</Fact>
        <Fact name="Architecture">{connector.arch ?? <NotReported />}</Fact>
        <Fact name={connector.originIps.length > 1 ? 'Origin IPs' : 'Origin IP'}>
          {connector.originIps.length === 0 ? (
            <NotReported />
          ) : (
            connector.originIps.map((address) => (
              <span key={address} className="block">
                <CopyId value={address} what="origin IP" />
              </span>
            ))
          )}
        </Fact>
        <Fact name="Features">
          <Features features={connector.features} />
        </Fact>
      </Facts>
    </Panel>
  )
}

function Features({ features }: { features: string[] | null }) {
  if (features === null) return <NotReported />
  if (features.length === 0) return <span className="text-ink-2">none</span>
  return (
    <ul className="flex flex-wrap gap-1.5">
      {[...new Set(features)].map((feature) => (
        <li key={feature} className="rounded-sm bg-unknown-soft px-1.5 font-mono text-sm break-all">
          <bdi>{visibleName(feature) || '(empty)'}</bdi>
        </li>
      ))}
    </ul>
  )
}
