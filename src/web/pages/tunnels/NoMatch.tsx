import { Button } from '#web/ui/Button.tsx'
import { EmptyState } from '#web/ui/EmptyState.tsx'

/** In the place of the list, where the filters leave nothing of it. */
export function NoMatch({
  of,
  onClear,
  onLook,
}: {
  /** So many tunnels there are. */
  of: number
  onClear: () => void
  /** Looks for the words among all that there is; null: nothing was typed. */
  onLook: (() => void) | null
}) {
  return (
    <div className="rounded-lg border border-line bg-panel">
      <EmptyState
        title="No tunnel matches"
        action={
          <>
            {onLook ? (
              <Button icon="search" onClick={onLook}>
                Look everywhere
              </Button>
            ) : null}
            <Button onClick={onClear}>Clear filters</Button>
          </>
        }
      >
        {of} {of === 1 ? 'tunnel is' : 'tunnels are'} hidden by the filters. The search looks at
        names, tags, ids, colos and the active connector.
      </EmptyState>
    </div>
  )
}
