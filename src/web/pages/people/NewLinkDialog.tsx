import { useState } from 'react'
import type { Invitation, Person, Ways } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { usePersonInvite } from '#web/api/people.ts'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { InvitationLink } from './InvitationLink.tsx'
import { whyNotLink } from './rows.ts'

/** Another link: for somebody who never came in, or who lost password or phone. */
export function NewLinkDialog({
  person,
  ways,
  onClose,
}: {
  person: Person
  ways: Ways
  onClose: () => void
}) {
  const [made, setMade] = useState<Invitation | null>(null)
  const invite = usePersonInvite(person.id)
  if (made) return <InvitationLink invitation={made} onClose={onClose} />
  const isNew = person.state === 'invited'
  return (
    <FormDialog
      title={
        <>
          {isNew ? 'A new link for ' : 'Reset the password of '}
          <Name name={person.name} />
        </>
      }
      size="sm"
      submit="Make the link"
      busyLabel="Making…"
      busy={invite.isPending}
      problem={invite.error ? toProblem(invite.error) : null}
      disabledReason={whyNotLink(person, ways)}
      onSubmit={() =>
        invite.mutate(undefined, {
          onSuccess: (invitation) => {
            setMade(invitation)
            // Out of the mutation: this dialog's state is the only place where it is.
            invite.reset()
          },
        })
      }
      onClose={onClose}
    >
      {isNew ? (
        <p className="text-ink-2">The link that was made before stops working at once.</p>
      ) : (
        <ul className="flex list-disc flex-col gap-1 pl-4 text-ink-2">
          <li>You get a one-time link for this person to choose a new password with.</li>
          <li>Until it is used, the present password stays good and sessions stay open.</li>
          <li>Using it ends every session and turns the second factor off.</li>
        </ul>
      )}
    </FormDialog>
  )
}
