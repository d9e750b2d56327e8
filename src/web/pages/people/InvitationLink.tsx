import type { Invitation } from '#contract/people.ts'
import { LinkDialog } from '#web/identity/LinkDialog.tsx'
import { Name } from '#web/ui/Name.tsx'

export function InvitationLink({
  invitation: { person, path, expiresAt },
  onClose,
}: {
  invitation: Invitation
  onClose: () => void
}) {
  return (
    <LinkDialog
      title={
        <>
          A link for <Name name={person.name} />
        </>
      }
      what="the link"
      path={path}
      expiresAt={expiresAt}
      onClose={onClose}
    >
      <p>
        Opening it asks for a new password and signs in as <Name name={person.name} />, with the
        role {person.role}. Links that were made before are no longer good. This one can be taken
        back under “Open invitations”.
      </p>
    </LinkDialog>
  )
}
