import type { KeyboardEvent, ReactNode } from 'react'
import { usePopover } from './popover.ts'

/** What a popover's button must carry. */
export type PopoverTrigger = {
  popoverTarget: string
  'aria-haspopup': 'dialog'
  'aria-expanded': boolean
  onKeyDown: (event: KeyboardEvent) => void
}

/**
 * More about something, behind its button. The content is built only while it is open, and nothing is shown
 * while its code is on its way: React takes 300 ms for that, the first time.
 */
export function Popover({
  label,
  align = 'end',
  renderButton,
  children,
}: {
  label: string
  align?: 'start' | 'end'
  renderButton: (props: PopoverTrigger) => ReactNode
  /** What needs to close it is given how. */
  children: ReactNode | ((close: () => void) => ReactNode)
}) {
  const popover = usePopover<HTMLDialogElement>(align)
  return (
    <>
      {renderButton({ ...popover.trigger, 'aria-haspopup': 'dialog' })}
      <dialog
        {...popover.layer}
        aria-label={label}
        onKeyDown={popover.trigger.onKeyDown}
        className="fixed w-90 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg bg-overlay p-4 text-ink shadow-overlay empty:invisible"
      >
        {popover.open
          ? typeof children === 'function'
            ? children(popover.close)
            : children
          : null}
      </dialog>
    </>
  )
}
