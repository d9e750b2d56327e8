import { useState } from 'react'
import type { InvitationLook } from '#contract/people.ts'
import { kindOf, toProblem } from '#web/api/client.ts'
import { useInvitation, useInvitationAccept } from '#web/api/sign-in.ts'
import { newPasswordHint, PasswordField, whyNotPassword } from '#web/identity/PasswordField.tsx'
import { useFragment } from '#web/identity/use-fragment.ts'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { EntryForm, EntryFrame } from './EntryFrame.tsx'

/** A one-time link: whoever has it chooses a password. */
export function InvitationPage() {
  const secret = useFragment('/invitation')
  const { data: invitation, error, refetch } = useInvitation(secret)
  const problem = error ? toProblem(error) : null
  return (
    <EntryFrame title="Welcome to Tandem">
      {secret === '' ? (
        <p>The link is not complete. Open it once more, from where it was sent to you.</p>
      ) : null}
      {problem ? (
        <ProblemCallout
          problem={problem}
          onRetry={kindOf(problem) === 'link-spent' ? null : () => void refetch()}
        />
      ) : null}
      {invitation ? <Accept secret={secret} invitation={invitation} /> : null}
    </EntryFrame>
  )
}

function Accept({ secret, invitation }: { secret: string; invitation: InvitationLook }) {
  const [password, setPassword] = useState('')
  const accept = useInvitationAccept()
  const problem = accept.error ? toProblem(accept.error) : null
  return (
    <>
      <p className="text-ink-2">
        You are <bdi className="font-medium text-ink">{invitation.name}</bdi>, with the role{' '}
        {invitation.role}. Choose a password; this link is good once.
      </p>
      <EntryForm
        submit="Set the password"
        busyLabel="Setting…"
        busy={accept.isPending || accept.isSuccess}
        problem={problem}
        fields={['password']}
        disabledReason={whyNotPassword(password)}
        onSubmit={() =>
          accept.mutate({ secret, password }, { onSuccess: () => window.location.replace('/') })
        }
      >
        {/* For password managers, which want to know whose it is. */}
        <input
          readOnly
          aria-hidden="true"
          tabIndex={-1}
          autoComplete="username"
          value={invitation.name}
          className="sr-only"
        />
        <PasswordField
          isNew
          hint={newPasswordHint}
          error={problem?.field === 'password' ? problem.detail : null}
          value={password}
          onChange={setPassword}
        />
      </EntryForm>
    </>
  )
}
