import { useQuery } from '@tanstack/react-query'
import { whyNotEndOthers } from '#contract/people.ts'
import type { Me } from '#contract/session.ts'
import { useSignOut } from '#web/api/account.ts'
import { toProblem } from '#web/api/client.ts'
import { ownSessionsQuery, useOwnSessionEnd } from '#web/api/me.ts'
import { SessionRows } from '#web/identity/SessionRows.tsx'
import { Button } from '#web/ui/Button.tsx'
import { Panel } from '#web/ui/Panel.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'

/** Where you are signed in; what you don't know can be ended at once. */
export function OwnSessionsPanel({ me, onEndOthers }: { me: Me; onEndOthers: () => void }) {
  const { data, error, refetch } = useQuery(ownSessionsQuery)
  const end = useOwnSessionEnd()
  const signOut = useSignOut()
  const failed = error ?? end.error
  // What could not be read may be there, and be ended.
  const whyNone = data?.sessions.every(({ isThis }) => isThis)
    ? 'You are signed in nowhere else.'
    : data || error
      ? null
      : 'Still loading'
  return (
    <Panel
      flush
      title="Where you are signed in"
      aside={
        <Button
          size="sm"
          disabledReason={whyNotEndOthers(me.method) ?? whyNone}
          onClick={onEndOthers}
        >
          Sign out everywhere else
        </Button>
      }
    >
      {failed ? (
        <div className="p-4">
          <ProblemCallout
            problem={toProblem(failed)}
            onRetry={error ? () => void refetch() : null}
          />
        </div>
      ) : null}
      {data && data.sessions.length > 0 ? (
        <SessionRows
          label="Your sessions"
          sessions={data.sessions}
          endingId={end.isPending ? end.variables : undefined}
          onEnd={(session) => {
            if (!session.isThis) return end.mutate(session.id)
            signOut.mutate(undefined, { onSuccess: () => window.location.replace('/sign-in') })
          }}
        />
      ) : data ? (
        <p className="p-4 text-ink-2">
          {me.method === 'access'
            ? 'Cloudflare Access keeps your sign-in and vouches for it with every request. It ends there.'
            : 'Nowhere else.'}
        </p>
      ) : error ? null : (
        <div className="p-4">
          <p className="sr-only">Loading</p>
          <Skeleton className="h-10" />
        </div>
      )}
    </Panel>
  )
}
