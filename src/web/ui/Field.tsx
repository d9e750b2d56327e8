import { type ComponentProps, type ReactNode, useId } from 'react'
import { Icon } from './Icon.tsx'

/** What a control inside a `Field` takes: spread it. */
export type FieldControl = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/** A label, its control, a hint, and what is wrong with the value. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  children: (control: FieldControl) => ReactNode
}) {
  const id = useId()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const described = [hint ? hintId : '', error ? errorId : ''].filter(Boolean).join(' ')
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {hint ? (
        <p id={hintId} className="text-sm text-ink-2">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={errorId} role="alert" className="flex items-start gap-1.5 text-sm text-bad">
          <Icon name="alert" className="mt-0.5 size-3.5" />
          <span className="min-w-0 break-words">{error}</span>
        </p>
      ) : null}
    </div>
  )
}

const control =
  'w-full rounded-md bg-page text-ink ring-1 ring-line-strong ring-inset aria-invalid:ring-bad'

export function Input({ className = '', ...rest }: ComponentProps<'input'>) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={`${control} h-9 px-2.5 ${className}`}
    />
  )
}

export function Textarea({ className = '', ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      spellCheck={false}
      rows={4}
      {...rest}
      className={`${control} px-2.5 py-2 font-mono text-sm ${className}`}
    />
  )
}

export function Select({ className = '', children, ...rest }: ComponentProps<'select'>) {
  return (
    <span className="relative block">
      <select
        {...rest}
        className={`${control} h-9 appearance-none text-ellipsis pr-8 pl-2.5 ${className}`}
      >
        {children}
      </select>
      <Icon
        name="chevronDown"
        className="pointer-events-none absolute top-2.5 right-2.5 size-4 text-ink-2"
      />
    </span>
  )
}

/** On or off, at once or at submit; `label` stands beside it. */
export function Switch({
  label,
  hint,
  checked,
  onChange,
  disabled,
}: {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-3">
      <span className="relative mt-px inline-flex h-6 w-10 shrink-0">
        <input
          id={id}
          type="checkbox"
          role="switch"
          checked={checked}
          aria-checked={checked}
          disabled={disabled}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onChange(event.target.checked)}
          className="peer absolute inset-0 m-0 cursor-pointer appearance-none rounded-full bg-sunken ring-1 ring-line-strong transition-colors ring-inset checked:bg-accent checked:ring-accent disabled:opacity-55"
        />
        <span className="pointer-events-none absolute top-1 left-1 size-4 rounded-full bg-ink-2 forced-color-adjust-none transition-transform peer-checked:translate-x-4 peer-checked:bg-accent-ink" />
      </span>
      <span className="min-w-0">
        <label htmlFor={id} className="block leading-6 font-medium">
          {label}
        </label>
        {hint ? (
          <span id={`${id}-hint`} className="block text-sm text-ink-2">
            {hint}
          </span>
        ) : null}
      </span>
    </div>
  )
}

export type Card<T extends string> = {
  value: T
  title: ReactNode
  hint?: ReactNode
  /** Stands at the right edge of the title, e.g. a mark. */
  aside?: ReactNode
  disabledReason?: string | null
}

/** One of several, each with room to explain itself. */
export function RadioCards<T extends string>({
  legend,
  name,
  value,
  cards,
  onChange,
}: {
  legend: ReactNode
  name: string
  value: T | null
  cards: readonly Card<T>[]
  onChange: (value: T) => void
}) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {cards.map((card) => (
        <RadioCard
          key={card.value}
          name={name}
          card={card}
          checked={card.value === value}
          onChange={onChange}
        />
      ))}
    </fieldset>
  )
}

function RadioCard<T extends string>({
  name,
  card,
  checked,
  onChange,
}: {
  name: string
  card: Card<T>
  checked: boolean
  onChange: (value: T) => void
}) {
  const hintId = useId()
  const hint = card.disabledReason ?? card.hint
  return (
    <label
      className={`flex items-start gap-3 rounded-md px-3 py-2.5 ring-1 ring-inset has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${
        checked ? 'bg-accent-soft ring-accent' : 'ring-line-edge'
      } ${card.disabledReason ? 'cursor-not-allowed' : 'cursor-pointer not-has-checked:hover:bg-hover'}`}
    >
      <input
        type="radio"
        name={name}
        value={card.value}
        checked={checked}
        disabled={Boolean(card.disabledReason)}
        aria-describedby={hint ? hintId : undefined}
        onChange={() => onChange(card.value)}
        className="choice my-0.5 size-4 shrink-0 outline-none disabled:opacity-55"
      />
      <span className={`min-w-0 flex-1 ${card.disabledReason ? 'text-ink-2' : ''}`}>
        <span className="flex items-start gap-3">
          <span className="min-w-0 flex-1 font-medium">{card.title}</span>
          {card.aside}
        </span>
        {hint ? (
          <span id={hintId} className="block text-sm text-ink-2">
            {hint}
          </span>
        ) : null}
      </span>
    </label>
  )
}
