import { useState } from 'react'
import { Icon } from './Icon.tsx'
import { visibleName } from './names.ts'

/**
 * Any JSON as a tree one can open: untrusted, of any depth and size. Branches are built only when
 * opened, long lists a hundred at a time, and texts are shown as text.
 */
export function Tree({ value, label }: { value: unknown; label: string }) {
  if (!isBranch(value)) return <Leaf value={value} />
  return (
    <section className="font-mono text-sm" aria-label={label}>
      <Entries value={value} depth={0} />
    </section>
  )
}

const step = 100
/** The indent stops growing there, so that the deepest text still has room. */
const deepestIndent = 12

function Entries({ value, depth }: { value: object; depth: number }) {
  const [shown, setShown] = useState(step)
  const entries = Object.entries(value)
  if (entries.length === 0) return <span className="text-ink-3">empty</span>
  return (
    <ul className={depth > 0 && depth < deepestIndent ? 'border-l border-line pl-3' : ''}>
      {entries.slice(0, shown).map(([key, child]) => (
        <li key={key}>
          <Entry name={Array.isArray(value) ? `[${key}]` : key} value={child} depth={depth} />
        </li>
      ))}
      {entries.length > shown ? (
        <li>
          <button
            type="button"
            className="min-h-6 text-accent-text hover:underline"
            onClick={() => setShown(shown + step)}
          >
            {Math.min(step, entries.length - shown)} more of {entries.length}
          </button>
        </li>
      ) : null}
    </ul>
  )
}

function Entry({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  const [open, setOpen] = useState(depth < 1)
  const key = <span className="text-ink-2">{visibleName(name) || '(empty)'}</span>
  if (!isBranch(value)) {
    return (
      <div className="flex min-h-6 items-baseline gap-2 pl-5 break-words">
        <bdi className="max-w-1/2 shrink-0">{key}</bdi>
        <Leaf value={value} />
      </div>
    )
  }
  const size = Object.keys(value).length
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        className="flex min-h-6 items-center gap-1 rounded-sm pr-1 text-left hover:bg-hover"
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'chevronDown' : 'chevronRight'} className="size-4 text-ink-3" />
        <bdi>{key}</bdi>
        <span className="text-ink-3">
          {Array.isArray(value) ? `${size} ${size === 1 ? 'item' : 'items'}` : `{${size}}`}
        </span>
      </button>
      {open ? (
        <div className={depth < deepestIndent ? 'pl-2' : ''}>
          <Entries value={value} depth={depth + 1} />
        </div>
      ) : null}
    </>
  )
}

function Leaf({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="text-ink-3">none</span>
  if (typeof value === 'string') {
    const shown = visibleName(value)
    return shown ? (
      <bdi className="min-w-0 break-all text-ink">{shown}</bdi>
    ) : (
      <span className="text-ink-3">empty text</span>
    )
  }
  return <span className="min-w-0 break-all text-accent-text">{String(value)}</span>
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null
