import type { ReactNode } from 'react'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { Dialog } from '#web/ui/Dialog.tsx'
import { Secret } from '#web/ui/Secret.tsx'
import { Instant } from '#web/ui/TimeAgo.tsx'

/** A one-time link, at the only time that it can be seen. */
export function LinkDialog({
  title,
  what,
  path,
  expiresAt,
  onClose,
  children,
}: {
  title: ReactNode
  /** Names the link for those who can’t see it. */
  what: string
  /** Under Tandem's own address, with the secret in the fragment. */
  path: string
  expiresAt: number
  onClose: () => void
  /** What to do with it. */
  children: ReactNode
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Callout tone="good" title="Copy it now: it is shown only this once">
          It is good once, until <Instant at={expiresAt} />. Whoever has it can use it, so send it
          where only the right person reads it.
        </Callout>
        <Secret value={`${window.location.origin}${path}`} what={what} />
        <div className="text-ink-2">{children}</div>
      </div>
    </Dialog>
  )
}
