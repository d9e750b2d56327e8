import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

export type Tone = 'info' | 'good' | 'warn' | 'bad'

const looks: Record<Tone, { box: string; icon: IconName; ink: string }> = {
  info: { box: 'bg-accent-soft', icon: 'info', ink: 'text-accent-text' },
  good: { box: 'bg-good-soft', icon: 'check', ink: 'text-good' },
  warn: { box: 'bg-warn-soft', icon: 'alert', ink: 'text-warn' },
  bad: { box: 'bg-bad-soft', icon: 'alert', ink: 'text-bad' },
}

/** A few words that must not be missed, where they belong. `bad` is announced at once. */
export function Callout({
  tone = 'info',
  title,
  action,
  children,
}: {
  tone?: Tone
  title?: ReactNode
  action?: ReactNode
  children?: ReactNode
}) {
  const look = looks[tone]
  return (
    <div
      role={tone === 'bad' ? 'alert' : undefined}
      className={`flex flex-wrap items-start gap-2.5 rounded-md px-3 py-2.5 ${look.box}`}
    >
      <Icon name={look.icon} className={`mt-0.5 size-4 ${look.ink}`} />
      <div className="min-w-0 flex-1 basis-48 break-words">
        {title ? <p className="font-medium text-ink">{title}</p> : null}
        {children ? <div className="text-ink-2">{children}</div> : null}
      </div>
      {action}
    </div>
  )
}

/** The same as one line across the page, for what concerns the whole of it. */
export function Banner({
  tone,
  action,
  children,
}: {
  tone: Tone
  action?: ReactNode
  children: ReactNode
}) {
  const look = looks[tone]
  return (
    <div className={`flex min-h-9 items-center gap-2.5 px-4 py-1.5 text-ink sm:px-6 ${look.box}`}>
      <Icon name={look.icon} className={`size-4 ${look.ink}`} />
      <p className="min-w-0 flex-1 break-words">{children}</p>
      {action}
    </div>
  )
}
