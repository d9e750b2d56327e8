import { type ReactNode, Suspense } from 'react'
import { later } from './later.ts'
import { Popover } from './Popover.tsx'
import type { TermId } from './terms.ts'

const TermText = later(async () => (await import('./TermText.tsx')).TermText)

/** A word that explains itself when it is pressed: dotted, so that it is found and does not ask to be. */
export function Term({
  of,
  label,
  className,
  children,
}: {
  of: TermId
  /** What the button is called where its own words don't say it. */
  label?: string
  className?: string
  children: ReactNode
}) {
  return (
    <Popover
      label="What this means"
      align="start"
      renderButton={(trigger) => (
        <button
          type="button"
          {...trigger}
          aria-label={label}
          className={
            className ??
            '-my-0.75 min-h-6 cursor-help rounded-sm text-left underline decoration-ink-3 decoration-dotted underline-offset-4 hover:text-ink hover:decoration-current print:no-underline'
          }
        >
          {children}
        </button>
      )}
    >
      <Suspense>
        <TermText of={of} />
      </Suspense>
    </Popover>
  )
}
