import { useEffect } from 'react'
import { Icon } from '#web/ui/Icon.tsx'
import { forgetRefusal } from '#web/ui/refusal.ts'

const shownMs = 10_000

/** Why the key that was just pressed does nothing: seen and heard until the next key or click. */
export function Refusal({ reason }: { reason: string }) {
  useEffect(() => {
    const timer = setTimeout(forgetRefusal, shownMs)
    document.addEventListener('keydown', forgetRefusal, true)
    document.addEventListener('pointerdown', forgetRefusal, true)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('keydown', forgetRefusal, true)
      document.removeEventListener('pointerdown', forgetRefusal, true)
    }
  }, [])
  return (
    <div
      role="alert"
      aria-label="Why not"
      className="pointer-events-none fixed inset-x-3 top-[calc(var(--top,0px)+0.75rem)] z-30 flex justify-center print:hidden"
    >
      <span className="flex max-w-160 items-start gap-2.5 rounded-md bg-overlay px-3 py-2.5 text-ink shadow-overlay">
        <Icon name="info" className="mt-0.5 size-4 text-ink-2" />
        <span className="min-w-0 break-words">{reason}</span>
      </span>
    </div>
  )
}
