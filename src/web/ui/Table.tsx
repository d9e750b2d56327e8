import type { ComponentProps, ReactNode } from 'react'

/**
 * A plain table for tens of rows. `caption` names it for those who can't see it. It scrolls by itself, and so
 * does what is hidden in it for screen readers: that is what `relative` is for.
 */
export function Table({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <section aria-label={caption} tabIndex={0} className="relative overflow-x-auto shade-more">
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  )
}

export function Th({ className = '', ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...rest}
      className={`h-9 px-3 text-xs font-medium whitespace-nowrap text-ink-2 first:pl-4 last:pr-4 ${className}`}
    />
  )
}

export function Td({ className = '', ...rest }: ComponentProps<'td'>) {
  return (
    <td
      {...rest}
      className={`h-9 border-t border-line px-3 py-1 first:pl-4 last:pr-4 ${className}`}
    />
  )
}
