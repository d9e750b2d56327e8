import type { ReactNode } from 'react'

/** A place with nothing in it: what that means, and the one next step. */
export function EmptyState({
  title,
  action,
  picture,
  children,
}: {
  title: ReactNode
  action?: ReactNode
  picture?: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="mx-auto flex max-w-120 flex-col items-center gap-2 px-6 py-16 text-center">
      {picture ? <div className="mb-3 text-ink-3">{picture}</div> : null}
      <h2 className="text-lg font-semibold">{title}</h2>
      {children ? <div className="text-ink-2">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  )
}
