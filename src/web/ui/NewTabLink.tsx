import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'

/** A link that opens in a new tab, so that what was typed here stays; it says so before it is followed. */
export function NewTabLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className="whitespace-nowrap text-accent-text underline"
    >
      {children}
      <span className="sr-only"> (opens in a new tab)</span>
      <Icon name="external" className="ml-1 inline size-3.5" />
    </a>
  )
}
