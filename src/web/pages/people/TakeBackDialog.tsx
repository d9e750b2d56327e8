import type { Person } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { useInvitationRevoke } from '#web/api/people.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'

export function TakeBackDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const revoke = useInvitationRevoke(person.id)
  return (
    <FormDialog
      title={
        <>
          Take back the link of <Name name={person.name} />
        </>
      }
      size="sm"
      submit="Take back"
      busyLabel="Taking back…"
      tone="danger"
      busy={revoke.isPending}
      problem={revoke.error ? toProblem(revoke.error) : null}
      onSubmit={() => revoke.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className="text-ink-2">
        The link stops working at once.{' '}
        {person.state === 'invited'
          ? 'Nobody can come in under this name until you make a new link; to take the name out of the list, remove the person.'
          : 'The present password stays good.'}
      </p>
    </FormDialog>
  )
}
