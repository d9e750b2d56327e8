import type { Person } from '#contract/people.ts'
import { toProblem } from '#web/api/client.ts'
import { usePersonChange } from '#web/api/people.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { voucherOf } from './rows.ts'

/** Switches somebody off, or on again: the account stays as it is meanwhile. Another admin may have done it first. */
export function SwitchDialog({
  to,
  person,
  isMe,
  onClose,
}: {
  to: 'on' | 'off'
  person: Person
  isMe: boolean
  onClose: () => void
}) {
  const change = usePersonChange(person.id)
  const isOn = to === 'on'
  const isSo = isOn === (person.state !== 'disabled')
  return (
    <FormDialog
      title={
        <>
          Switch <Name name={person.name} /> {to}
        </>
      }
      size="sm"
      submit={isOn ? 'Switch on' : 'Switch off'}
      busyLabel="Switching…"
      tone={isOn ? 'primary' : 'danger'}
      busy={change.isPending}
      problem={change.error ? toProblem(change.error) : null}
      disabledReason={isSo ? `They are switched ${to} already.` : null}
      onSubmit={() => change.mutate({ disabled: !isOn }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {isMe && !isOn ? (
        <Callout tone="warn" title="This is you">
          You will be signed out, and only another admin can let you in again.
        </Callout>
      ) : null}
      <p className="text-ink-2">
        {isOn
          ? onceOn(person)
          : 'They are signed out everywhere within seconds and can’t sign in until somebody switches them on again. An open link for them ends; nothing else of the account is lost, and a running failover of theirs goes on.'}
      </p>
    </FormDialog>
  )
}

function onceOn(person: Person): string {
  if (person.method !== 'local')
    return `They can sign in with ${voucherOf(person)} again; their role comes from there.`
  // The link that they had ended when they were switched off.
  if (person.signedInAt === null)
    return 'They have not signed in yet: make a new link, by which they choose a password.'
  const factor = person.hasSecondFactor ? ', the second factor' : ''
  return `They can sign in again, with the password${factor} and the role they had.`
}
