import type { ReactNode } from 'react'

/** A place with nothing in it: what that means, and the one next step. */
export function EmptyState({
  title,
  level: Heading = 'h2',
  action,
  picture,
  children,
}: {
  title: ReactNode
  /** `h1` where it is all that the page has. */
  level?: 'h1' | 'h2'
  action?: ReactNode
  picture?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="mx-auto flex max-w-120 flex-col items-center gap-2 px-6 py-16 text-center">
      {picture ? <div className="mb-3 text-ink-3">{picture}</div> : null}
      <Heading className="text-lg font-semibold">{title}</Heading>
      {children ? <div className="text-ink-2">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  )
}
