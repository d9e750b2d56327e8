import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { IconButton } from './Button.tsx'
import { homeOf } from './home.ts'

const widths = { sm: 'max-w-120', md: 'max-w-140', lg: 'max-w-200' }

/**
 * A modal dialog: the platform's own, which traps focus, makes the rest inert and gives focus back.
 * Mount it to open it, unmount it to close it; `onClose` asks for that. While `busy` nothing closes
 * it. A click beside it closes it only where nothing can get lost (`light`).
 */
export function Dialog({
  title,
  description,
  size = 'md',
  busy = false,
  light = false,
  onClose,
  footer,
  children,
}: {
  title: ReactNode
  description?: ReactNode
  size?: keyof typeof widths
  busy?: boolean
  light?: boolean
  onClose: () => void
  footer?: ReactNode
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const descriptionId = useId()

  useModal(ref)
  // A telephone closes it at the second "back" in a row, whatever was said to the first. One that is closed because it
  // goes, or makes room for another that is on its way, hears nothing of it any more.
  useLayoutEffect(() => {
    const dialog = ref.current
    const onClosed = () => {
      if (dialog?.open) return
      if (busy) dialog?.showModal()
      else onClose()
    }
    dialog?.addEventListener('close', onClosed)
    return () => dialog?.removeEventListener('close', onClosed)
  })

  const ask = () => {
    if (!busy) onClose()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape and the backdrop are the dialog's own controls
    <dialog
      ref={ref}
      tabIndex={-1}
      aria-labelledby={titleId}
      aria-describedby={description ? descriptionId : undefined}
      aria-busy={busy || undefined}
      className={`m-auto w-[calc(100%-1.5rem)] ${widths[size]} max-h-[calc(100dvh-2rem)] animate-in overflow-hidden rounded-lg bg-overlay text-ink shadow-overlay outline-none max-sm:mb-3`}
      onCancel={(event) => {
        // A file input inside cancels too; only the dialog's own counts.
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        ask()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing)
          return
        // The browser would close on the second Escape whatever we say to the first.
        event.preventDefault()
        event.stopPropagation()
        ask()
      }}
      onPointerDown={(event) => {
        if (light && event.target === event.currentTarget) ask()
      }}
    >
      <div className="flex max-h-[calc(100dvh-2rem)] flex-col">
        <header className="px-5 pt-4 pb-3">
          <div className="flex items-start gap-3">
            <h2 id={titleId} className="min-w-0 flex-1 text-lg font-semibold break-words">
              {title}
            </h2>
            <IconButton
              label="Close"
              icon="close"
              size="sm"
              className="-mt-0.5 -mr-1.5 -mb-1"
              disabledReason={busy ? 'Still working' : null}
              onClick={ask}
            />
          </div>
          {description ? (
            <p id={descriptionId} className="mt-1 text-ink-2">
              {description}
            </p>
          ) : null}
        </header>
        <div
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text is scrolled by keys
          tabIndex={light ? 0 : undefined}
          className="min-h-0 flex-1 overflow-y-auto px-5 pb-4 -outline-offset-2"
        >
          {children}
        </div>
        {footer ? (
          <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">
            {footer}
          </footer>
        ) : null}
      </div>
    </dialog>
  )
}

/**
 * Shows the dialog while it is mounted. Focus begins at `data-autofocus`, else at the first field that can be
 * filled, else at the dialog itself; the browser gives it back to where it came from.
 */
export function useModal(ref: { current: HTMLDialogElement | null }) {
  useLayoutEffect(() => {
    const dialog = ref.current
    if (!dialog) return
    const opener = document.activeElement
    const home = homeOf(opener)
    if (!dialog.open) dialog.showModal()
    // The browser would begin at the first button, which is the one that closes.
    const first =
      dialog.querySelector<HTMLElement>('[data-autofocus]') ??
      dialog.querySelector<HTMLElement>(
        'input:checked, input:not([type="radio"], [readonly]), textarea, select',
      )
    ;(first ?? dialog).focus()
    return () => {
      dialog.close()
      // What was done took away the button that asked for it.
      if (!opener?.isConnected) home?.focus({ preventScroll: true })
    }
  }, [ref])
}
