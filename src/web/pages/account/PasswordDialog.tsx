import { useState } from 'react'
import { toProblem } from '#web/api/client.ts'
import { usePasswordChange } from '#web/api/me.ts'
import { newPasswordHint, PasswordField, whyNotPassword } from '#web/identity/PasswordField.tsx'
import { DoneDialog } from '#web/ui/DoneDialog.tsx'
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
  if (change.isSuccess) {
    return (
      <DoneDialog
        title="Your password is changed"
        lead="The new one is good from now on"
        onClose={onClose}
      >
        Everywhere else you are signed out.
      </DoneDialog>
    )
  }
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
