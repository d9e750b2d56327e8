import type { ReactNode } from 'react'

/** The few facts that matter first, side by side under a page's name. Columns are equal so that nothing jumps. */
export function Stats({ label, children }: { label: string; children: ReactNode }) {
  return (
    <dl
      aria-label={label}
      className="flex flex-wrap gap-px overflow-hidden rounded-lg border border-line bg-line"
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
      className={`flex min-h-18 min-w-0 flex-[1_1_10.5rem] flex-col bg-panel px-4 py-2.5 ${wide ? 'max-sm:basis-full' : ''}`}
    >
      <dt className="text-sm text-ink-2 lg:grow">{name}</dt>
      <dd className="mt-0.75 min-w-0">
        {/* As high as what is pressed must be, clear of a name that explains itself. */}
        <div className="h-6 truncate leading-6 font-medium">{children}</div>
        <div className="min-h-5 text-sm text-ink-2 lg:truncate">{note}</div>
      </dd>
    </div>
  )
}
