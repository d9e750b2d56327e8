import { useState } from 'react'
import { toProblem } from '#web/api/client.ts'
import { usePasswordChange } from '#web/api/me.ts'
import { newPasswordHint, PasswordField, whyNotPassword } from '#web/identity/PasswordField.tsx'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { Dialog } from '#web/ui/Dialog.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'

/** Another password, for whoever knows the present one. */
export function PasswordDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = usePasswordChange()
  const problem = change.error ? toProblem(change.error) : null
  const errorOf = (field: string) => (problem?.field === field ? problem.detail : null)
  const reason =
    current === ''
      ? 'Type your present password.'
      : (whyNotPassword(password) ?? (password === current ? 'Both are the same.' : null))
  if (change.isSuccess) return <Changed onClose={onClose} />
  return (
    <FormDialog
      title="Change your password"
      size="sm"
      description="Every other session of yours ends; this browser stays signed in."
      submit="Change password"
      busyLabel="Changing…"
      busy={change.isPending}
      problem={problem}
      fields={['current', 'password']}
      disabledReason={reason}
      onSubmit={() => change.mutate({ current, password })}
      onClose={onClose}
    >
      {/* For password managers, which want to know whose it is. */}
      <input
        readOnly
        aria-hidden="true"
        tabIndex={-1}
        autoComplete="username"
        value={name}
        className="sr-only"
      />
      <PasswordField
        label="Present password"
        error={errorOf('current')}
        value={current}
        onChange={setCurrent}
      />
      <PasswordField
        isNew
        label="New password"
        hint={newPasswordHint}
        error={errorOf('password')}
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  )
}

function Changed({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title="Your password is changed"
      size="sm"
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Callout tone="good" title="The new one is good from now on">
        Everywhere else you are signed out.
      </Callout>
    </Dialog>
  )
}
