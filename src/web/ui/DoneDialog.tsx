import type { ReactNode } from 'react'
import { Button } from './Button.tsx'
import { Callout } from './Callout.tsx'
import { Dialog } from './Dialog.tsx'

/** Something is done, and what follows from it. */
export function DoneDialog({
  title,
  lead,
  children,
  onClose,
}: {
  title: string
  lead: ReactNode
  children: ReactNode
  onClose: () => void
}) {
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Callout tone="good" title={lead}>
        {children}
      </Callout>
    </Dialog>
  )
}
