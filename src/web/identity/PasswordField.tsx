import { type ReactNode, useState } from 'react'
import { longestPassword, shortestPassword } from '#contract/people.ts'
import { IconButton } from '#web/ui/Button.tsx'
import { Field, Input } from '#web/ui/Field.tsx'

/** A password, hidden until its owner wants to see it; managers and pasting are welcome. */
export function PasswordField({
  label = 'Password',
  hint,
  error,
  isNew = false,
  value,
  onChange,
}: {
  label?: string
  hint?: ReactNode
  error: string | null
  /** One that is being chosen, as opposed to one that is known. */
  isNew?: boolean
  value: string
  onChange: (value: string) => void
}) {
  const [isShown, setShown] = useState(false)
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="relative block">
          <Input
            {...control}
            type={isShown ? 'text' : 'password'}
            autoComplete={isNew ? 'new-password' : 'current-password'}
            value={value}
            className="pr-10"
            onChange={(event) => onChange(event.target.value)}
          />
          <IconButton
            label={isShown ? 'Hide the password' : 'Show the password'}
            icon={isShown ? 'eyeOff' : 'eye'}
            size="sm"
            className="absolute top-1 right-1"
            onClick={() => setShown(!isShown)}
          />
        </span>
      )}
    </Field>
  )
}

export const newPasswordHint = `${shortestPassword} to ${longestPassword} characters. Four unrelated words are easy to type and hard to guess.`

/** Why a new password can't be sent yet; the proxy judges it once more, and more sharply. */
export const whyNotPassword = (password: string): string | null =>
  [...password].length < shortestPassword
    ? `The password needs ${shortestPassword} characters or more.`
    : null
