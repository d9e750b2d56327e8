import { useState } from 'react'
import { type Invitation, type PersonRole, type Ways, whyNotInvite } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { usePersonAdd } from '#web/api/people.ts'
import { Field, Input } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { InvitationLink } from './InvitationLink.tsx'
import { RoleCards } from './RoleCards.tsx'

/** Somebody new: a name and a role, and then the link by which they come in. */
export function InviteDialog({ ways, onClose }: { ways: Ways; onClose: () => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<PersonRole>('viewer')
  const [made, setMade] = useState<Invitation | null>(null)
  const add = usePersonAdd()
  const problem = add.error ? toProblem(add.error) : null
  if (made) return <InvitationLink invitation={made} onClose={onClose} />
  return (
    <FormDialog
      title="Invite a person"
      description="They come in by a one-time link and choose their own password."
      submit="Make the link"
      busyLabel="Making…"
      busy={add.isPending}
      problem={problem}
      fields={['name']}
      disabledReason={whyNotInvite(ways) ?? (name.trim() === '' ? 'Type a name.' : null)}
      onSubmit={() =>
        add.mutate(
          { name: name.trim(), role },
          {
            onSuccess: (invitation) => {
              setMade(invitation)
              // Out of the mutation: this dialog's state is the only place where it is.
              add.reset()
            },
          },
        )
      }
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="They sign in with it, and everything they do is recorded under it."
        error={problem?.field === 'name' ? problem.detail : null}
      >
        {(control) => (
          <Input
            {...control}
            dir="auto"
            maxLength={64}
            value={name}
            onChange={(event) => {
              setName(event.target.value)
              if (problem) add.reset()
            }}
          />
        )}
      </Field>
      <RoleCards value={role} onChange={setRole} />
    </FormDialog>
  )
}
