import type { ReactNode } from 'react'

/** The few facts that matter first, side by side under a page's name. Columns are equal so that nothing jumps. */
export function Stats({ label, children }: { label: string; children: ReactNode }) {
  return (
    <dl
      aria-label={label}
      className="@container flex flex-wrap gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid lg:gap-y-0 lg:auto-cols-fr lg:grid-flow-col lg:grid-rows-[auto_auto_1fr]"
    >
      {children}
    </dl>
  )
}

export function Stat({
  name,
  wide = false,
  children,
  note,
}: {
  name: ReactNode
  /** Takes the room of two where the row is short. */
  wide?: boolean
  children: ReactNode
  /** A second, quieter line. */
  note?: ReactNode
}) {
  return (
    <div
      className={`flex min-h-18 min-w-0 flex-[1_1_10.5rem] flex-col bg-panel px-4 py-2.5 lg:row-span-3 lg:grid lg:grid-rows-subgrid ${wide ? 'max-sm:basis-full' : ''}`}
    >
      <dt className="text-sm text-ink-2">{name}</dt>
      <dd className="mt-0.75 min-w-0 lg:row-span-2 lg:grid lg:grid-rows-subgrid">
        {/* As high as what is pressed must be, clear of a name that explains itself. */}
        <div className="h-6 truncate leading-6 font-medium">{children}</div>
        <div className="min-h-5 text-sm text-pretty text-ink-2 @min-[80rem]:truncate">{note}</div>
      </dd>
    </div>
  )
}
