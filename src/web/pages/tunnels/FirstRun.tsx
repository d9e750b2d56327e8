import type { PollerState } from '#contract/session.ts'
import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'

/** Where no tunnel is known: because none was looked for yet, because Tandem can't look, or because there is none. */
export function FirstRun({
  poller,
  mayNotCreate,
  onCreate,
}: {
  poller: PollerState
  mayNotCreate: string | null
  onCreate: () => void
}) {
  return (
    <div className="rounded-lg border border-line bg-panel">
      {poller.listedAt !== null ? (
        <EmptyState
          title="No tunnels yet"
          action={
            <Button variant="primary" icon="plus" disabledReason={mayNotCreate} onClick={onCreate}>
              Create the first tunnel
            </Button>
          }
        >
          A WARP Connector tunnel (“Mesh node” in Cloudflare’s dashboard) joins a network to
          Cloudflare. Create one, then install its connectors.
        </EmptyState>
      ) : poller.state === 'starting' || poller.state === 'running' ? (
        <EmptyState title="Looking at the account for the first time">
          The tunnels appear here by themselves, within a few seconds.
        </EmptyState>
      ) : (
        <EmptyState title="Tandem can’t see the tunnels yet">
          {poller.reason ?? 'Cloudflare does not answer.'} The tunnels appear here by themselves as
          soon as it can.
        </EmptyState>
      )}
    </div>
  )
}
