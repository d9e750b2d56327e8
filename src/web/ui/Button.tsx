import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'
import { tip } from './tip.ts'

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger'
export type ButtonSize = 'sm' | 'md'

const base =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none aria-disabled:opacity-55'
const sizes: Record<ButtonSize, string> = { sm: 'h-7 px-2.5 text-sm', md: 'h-8 px-3 text-base' }
const variants: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-accent-ink not-aria-disabled:hover:bg-accent/88',
  secondary: 'bg-panel text-ink ring-1 ring-line-edge ring-inset not-aria-disabled:hover:bg-hover',
  ghost: 'text-ink-2 not-aria-disabled:hover:bg-hover not-aria-disabled:hover:text-ink',
  danger: 'bg-danger text-danger-ink not-aria-disabled:hover:bg-danger/88',
}

/** The classes of a button, for a link that should look like one. */
export const buttonClass = (variant: ButtonVariant = 'secondary', size: ButtonSize = 'md') =>
  `${base} ${sizes[size]} ${variants[variant]}`

type Common = Omit<ComponentProps<'button'>, 'disabled'> & {
  /** Why it can't be used now; null or undefined when it can. It stays focusable and says why. */
  disabledReason?: string | null | undefined
  /** The work it started is under way; a second press does nothing. */
  busy?: boolean
}

/** Props that switch a button off without taking it out of reach of keyboard and screen reader. */
function off({ disabledReason, busy, onClick, ...rest }: Common) {
  const isOff = Boolean(disabledReason) || busy
  return {
    ...rest,
    ...tip(disabledReason ?? (rest as { 'data-tip'?: string })['data-tip']),
    'aria-disabled': isOff || undefined,
    'aria-description': disabledReason ?? rest['aria-description'],
    'aria-busy': busy || undefined,
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      if (isOff) event.preventDefault()
      else onClick?.(event)
    },
  }
}

export function Button({
  variant = 'secondary',
  size = 'md',
  icon,
  className = '',
  children,
  ...rest
}: Common & { variant?: ButtonVariant; size?: ButtonSize; icon?: IconName; children: ReactNode }) {
  return (
    <button type="button" {...off(rest)} className={`${buttonClass(variant, size)} ${className}`}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  )
}

/** A button that shows only its icon; `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  size = 'md',
  className = '',
  ...rest
}: Common & { label: string; icon: IconName; size?: ButtonSize }) {
  return (
    <button
      type="button"
      {...tip(label)}
      {...off(rest)}
      aria-label={label}
      className={`${base} ${size === 'sm' ? 'size-7' : 'size-8'} ${variants.ghost} ${className}`}
    >
      <Icon name={icon} />
    </button>
  )
}
