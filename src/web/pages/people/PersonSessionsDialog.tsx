import { useQuery } from '@tanstack/react-query'
import type { Person } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { personSessionsQuery, usePersonSignOut, useSessionEnd } from '#web/api/people.ts'
import { SessionRows } from '#web/identity/SessionRows.tsx'
import { Button } from '#web/ui/Button.tsx'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { Skeleton } from '#web/ui/Skeleton.tsx'

/** Where somebody is signed in, and how that is ended. */
export function PersonSessionsDialog({
  person,
  isMe,
  onClose,
}: {
  person: Person
  isMe: boolean
  onClose: () => void
}) {
  const { data, error, refetch } = useQuery(personSessionsQuery(person.id))
  const end = useSessionEnd()
  const endAll = usePersonSignOut(person.id)
  const failed = error ?? end.error ?? endAll.error
  const sessions = data?.sessions ?? []
  const isKeptElsewhere = person.method === 'access'
  return (
    <Dialog
      title={
        <>
          Sessions of <Name name={person.name} />
        </>
      }
      description={
        isMe
          ? 'These are your own. Ending the one of this browser signs you out.'
          : 'Ending one signs that browser out within seconds. To keep somebody out, switch them off.'
      }
      busy={endAll.isPending}
      onClose={onClose}
      footer={
        <>
          <Button
            variant="danger"
            busy={endAll.isPending}
            disabledReason={
              sessions.length === 0 && !isKeptElsewhere ? 'There is no session to end.' : null
            }
            onClick={() => endAll.mutate()}
          >
            End all sessions
          </Button>
          <Button onClick={onClose}>Done</Button>
        </>
      }
    >
      <div className="-mx-4">
        {failed ? (
          <div className="px-4 pb-3">
            <ProblemCallout
              problem={toProblem(failed)}
              onRetry={error ? () => void refetch() : null}
            />
          </div>
        ) : null}
        {sessions.length > 0 ? (
          <SessionRows
            label="Sessions"
            sessions={sessions}
            endingId={end.isPending ? end.variables : undefined}
            onEnd={({ id }) => end.mutate(id)}
          />
        ) : data ? (
          <p className="px-4 py-2 text-ink-2">
            {!isKeptElsewhere
              ? 'Signed in nowhere.'
              : endAll.isSuccess
                ? 'Ended: they have to sign in at Cloudflare Access anew.'
                : 'Cloudflare Access keeps this person’s sign-ins and does not list them here. Ended, they count no more.'}
          </p>
        ) : error ? null : (
          <div className="px-4 py-2">
            <p className="sr-only">Loading</p>
            <Skeleton className="h-10" />
          </div>
        )}
      </div>
    </Dialog>
  )
}
