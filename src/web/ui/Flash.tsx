import { type ReactNode, useState } from 'react'

/** Something that may change under the reader's eyes: a change flashes once, softly, and settles. */
export function Flash({
  value,
  className = '',
  children,
}: {
  /** What is compared; the children may hold more, e.g. an age. */
  value: string | number | null
  className?: string
  children: ReactNode
}) {
  const [first] = useState(value)
  const [changed, setChanged] = useState(false)
  if (!changed && value !== first) setChanged(true)
  return (
    <span
      key={value}
      className={`-mx-1 rounded-sm px-1 ${changed ? 'animate-flash' : ''} ${className}`}
    >
      {children}
    </span>
  )
}
