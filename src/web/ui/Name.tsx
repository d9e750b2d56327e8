import { displayName } from './names.ts'

/** A name somebody else chose, isolated so that it can't reorder what stands beside it. */
export function Name({ name, className = '' }: { name: string; className?: string }) {
  const shown = displayName(name)
  return (
    <bdi className={`normal-nums ${shown === '(no name)' ? 'text-ink-3 italic' : ''} ${className}`}>
      {shown}
    </bdi>
  )
}
