import { type ReactNode, useId } from 'react'

/** A part of a page under its own heading. */
export function Panel({
  title,
  aside,
  flush = false,
  className = '',
  children,
}: {
  title?: ReactNode
  aside?: ReactNode
  /** The content reaches the edges, as tables do. */
  flush?: boolean
  className?: string
  children: ReactNode
}) {
  const titleId = useId()
  return (
    <section
      aria-labelledby={title ? titleId : undefined}
      className={`min-w-0 rounded-lg border border-line bg-panel ${className}`}
    >
      {title ? (
        <header className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-2">
          <h2 id={titleId} className="font-semibold">
            {title}
          </h2>
          {aside}
        </header>
      ) : null}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  )
}

/** Names and values, one under the other; side by side where there is room. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 gap-y-2 sm:grid-cols-[max-content_minmax(0,1fr)]">
      {children}
    </dl>
  )
}

export function Fact({
  name,
  long = false,
  children,
}: {
  name: ReactNode
  /** The value takes a line of its own, as ids do. */
  long?: boolean
  children: ReactNode
}) {
  if (long)
    return (
      <div className="col-span-full">
        <dt className="text-ink-2 max-sm:text-sm">{name}</dt>
        <dd className="min-w-0 break-words">{children}</dd>
      </div>
    )
  return (
    <div className="contents">
      <dt className="text-ink-2 max-sm:-mb-2 max-sm:text-sm">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}
