import type { TunnelDetail } from '#contract/tunnel.ts'
import { CopyId } from '#web/ui/CopyId.tsx'
import { Fact, Facts, Panel } from '#web/ui/Panel.tsx'
import { Instant, NotReported } from '#web/ui/TimeAgo.tsx'
import { Tree } from '#web/ui/Tree.tsx'

export function FactsPanel({ tunnel }: { tunnel: TunnelDetail }) {
  return (
    <Panel title="Facts">
      <Facts>
        <Fact name="Tunnel id" long>
          <CopyId value={tunnel.id} what="tunnel id" className="max-sm:text-xs" />
        </Fact>
        <Fact name="Account id" long>
          <CopyId value={tunnel.accountId} what="account id" className="max-sm:text-xs" />
        </Fact>
        <Fact name="Created">
          <At at={tunnel.createdAt} />
        </Fact>
        <Fact name="Type">{tunnel.tunType ?? <NotReported />}</Fact>
        <Fact name="Connected since">
          <At at={tunnel.connsActiveAt} why="Not reported, or not connected" />
        </Fact>
        <Fact name="Disconnected since">
          <At at={tunnel.connsInactiveAt} why="Not reported, or connected" />
        </Fact>
        {tunnel.deletedAt === null ? null : (
          <Fact name="Deleted">
            <At at={tunnel.deletedAt} />
          </Fact>
        )}
      </Facts>
    </Panel>
  )
}

function At({ at, why }: { at: number | null; why?: string }) {
  if (at === null) return why ? <NotReported why={why} /> : <NotReported />
  return <Instant at={at} />
}

/** What Cloudflare keeps about the tunnel besides: anything at all. */
export function MetadataPanel({ metadata }: { metadata: unknown }) {
  const empty =
    metadata === null ||
    metadata === undefined ||
    (typeof metadata === 'object' && Object.keys(metadata).length === 0)
  return (
    <Panel title="Metadata">
      {empty ? (
        <p className="text-ink-2">None.</p>
      ) : (
        <div className="relative max-h-120 overflow-auto">
          <Tree value={metadata} label="Metadata" />
        </div>
      )}
    </Panel>
  )
}
