import { mostText } from '#contract/mark-requests.ts'
import { Field, Input } from '#web/ui/Field.tsx'
import { type Zone, zoneName } from '#web/ui/zone.ts'

/** What all dialogs about marks ask for: a few words, and a moment. */

type Common = {
  label: string
  error?: string | null
  /** The dialog begins here. */
  isFirst?: boolean
  value: string
  onChange: (value: string) => void
}

export function WordsField({
  label,
  hint,
  error,
  isFirst,
  value,
  onChange,
}: Common & { hint?: string }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Input
          {...control}
          data-autofocus={isFirst || undefined}
          dir="auto"
          spellCheck
          value={value}
          maxLength={mostText}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

/** @param value as `fieldOf` writes a time */
export function MomentField({
  label,
  zone,
  error,
  isFirst,
  value,
  onChange,
}: Common & { zone: Zone }) {
  return (
    <Field label={`${label} (${zoneName(zone)})`} error={error}>
      {(control) => (
        <Input
          {...control}
          data-autofocus={isFirst || undefined}
          type="datetime-local"
          step={1}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
