import type { Person } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { usePersonRemove } from '#web/api/people.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { voucherOf } from './rows.ts'

export function RemovePersonDialog({
  person,
  isMe,
  onClose,
}: {
  person: Person
  isMe: boolean
  onClose: () => void
}) {
  const remove = usePersonRemove(person.id)
  const isLocal = person.method === 'local'
  return (
    <FormDialog
      title={
        <>
          Remove <Name name={person.name} />
        </>
      }
      size="sm"
      submit="Remove"
      busyLabel="Removing…"
      tone="danger"
      busy={remove.isPending}
      problem={remove.error ? toProblem(remove.error) : null}
      onSubmit={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      {isMe ? (
        <Callout tone="warn" title="This is you">
          {isLocal
            ? 'You will be signed out, and only another admin can invite you again.'
            : `You will be signed out, and added again when you next sign in with ${voucherOf(person)}.`}
        </Callout>
      ) : null}
      {isLocal || isMe ? null : (
        <Callout tone="warn" title="They would come back">
          Whom {voucherOf(person)} vouches for is added again at the next sign-in there. To keep
          them out, switch them off instead.
        </Callout>
      )}
      <p className="text-ink-2">
        This can’t be undone. Password, second factor, sessions and links are deleted, and they are
        signed out everywhere within seconds. What they did stays in the audit record under their
        name.
      </p>
    </FormDialog>
  )
}
