import { useEffect, useRef } from 'react'
import { Field, Input } from '#web/ui/Field.tsx'

/** The six digits of an authenticator app. */
export function CodeField({
  error,
  value,
  onChange,
}: {
  error: string | null
  value: string
  onChange: (value: string) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  // It came because of what the person did last: there they go on.
  useEffect(() => input.current?.focus(), [])
  return (
    <Field
      label="Code"
      hint="The six digits that your authenticator app shows for Tandem."
      error={error}
    >
      {(control) => (
        <Input
          {...control}
          ref={input}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={7}
          value={value}
          className="font-mono"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
