import { useState } from 'react'
import { type Person, whyNotRole } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { usePersonChange } from '#web/api/people.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { RoleCards } from './RoleCards.tsx'

export function RoleDialog({
  person,
  isMe,
  onClose,
}: {
  person: Person
  isMe: boolean
  onClose: () => void
}) {
  const [role, setRole] = useState(person.role)
  const change = usePersonChange(person.id)
  return (
    <FormDialog
      title={
        <>
          Change the role of <Name name={person.name} />
        </>
      }
      description="It takes effect at once: their sessions end, and they sign in again with the new role. A failover that runs goes on."
      submit="Change role"
      busyLabel="Changing…"
      busy={change.isPending}
      problem={change.error ? toProblem(change.error) : null}
      disabledReason={
        whyNotRole(person.method) ?? (role === person.role ? 'This is the role already.' : null)
      }
      onSubmit={() => change.mutate({ role }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {isMe ? (
        <Callout tone="warn" title="This is you">
          You will be signed out. Without the role of an admin you can’t take it back yourself.
        </Callout>
      ) : null}
      <RoleCards value={role} onChange={setRole} />
    </FormDialog>
  )
}
