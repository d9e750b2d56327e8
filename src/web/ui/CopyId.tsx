import { useEffect, useState } from 'react'
import { Icon } from './Icon.tsx'
import { shortId } from './names.ts'
import { refuse } from './refusal.ts'
import { tip } from './tip.ts'

/** An id or address in mono that copies itself; `what` names it ("Connector id"). */
export function CopyId({
  value,
  what,
  short = false,
  className = '',
}: {
  value: string
  what: string
  /** Show the first block only; the whole is copied and shown on hover. */
  short?: boolean
  className?: string
}) {
  const { copied, failed, copy } = useCopy(sayNotCopied)
  return (
    <button
      type="button"
      onClick={() => copy(value)}
      {...tip(copied ? 'Copied' : short ? value : null)}
      className={`group -mx-1 inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm px-1 text-left font-mono text-[0.93em] hover:bg-hover ${className}`}
    >
      <span className="sr-only">Copy {what}: </span>
      <span className={short ? 'whitespace-nowrap' : 'min-w-0 break-all'}>
        {short ? shortId(value) : value}
      </span>
      <Icon
        name={copied ? 'check' : failed ? 'alert' : 'copy'}
        className={`size-3.5 ${copied ? 'text-good' : 'text-ink-3 group-hover:text-ink'}`}
      />
      <output className="sr-only">{copied ? 'Copied' : ''}</output>
    </button>
  )
}

/** Told over the page, where the button itself has no room for it. */
export const sayNotCopied = () => refuse('Not copied: the browser refused.')

/** Copies a text and says for two seconds whether it worked; `onFailed` says it elsewhere. */
export function useCopy(onFailed?: () => void) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return
    const timer = setTimeout(() => setOutcome(null), 2000)
    return () => clearTimeout(timer)
  }, [outcome])
  return {
    copied: outcome === 'copied',
    failed: outcome === 'failed',
    copy: (text: string) => {
      // Absent over plain HTTP on another machine than this one.
      const writing =
        navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'))
      writing.then(
        () => setOutcome('copied'),
        () => {
          setOutcome('failed')
          onFailed?.()
        },
      )
    },
  }
}
