import { type KeyboardEvent, type ToggleEvent, useEffect, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { place } from './place.ts'

/**
 * A layer that opens from a button and closes on Escape or a click elsewhere: the platform's own
 * popover, put beside its button. Spread `trigger` on the button and `layer` on the layer.
 */
export function usePopover<T extends HTMLElement>(
  align: 'start' | 'end',
  onOpen?: (layer: T) => void,
) {
  const id = useId()
  const ref = useRef<T>(null)
  const [open, setOpen] = useState(false)

  useEffect(() => {
    const layer = ref.current
    if (!open || !layer) return
    const settle = () => {
      const anchor = document.querySelector(`[popovertarget="${CSS.escape(id)}"]`)
      if (anchor) place(layer, anchor, align)
    }
    const close = () => layer.hidePopover()
    settle()
    // What it shows may still grow.
    const sizes = new ResizeObserver(settle)
    sizes.observe(layer)
    window.addEventListener('resize', close)
    return () => {
      sizes.disconnect()
      window.removeEventListener('resize', close)
    }
  }, [open, id, align])

  /** Escape closes the layer, and not the dialog that it is open in as well. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (open && event.key === 'Escape') event.stopPropagation()
  }

  return {
    open,
    close: () => ref.current?.hidePopover(),
    trigger: { popoverTarget: id, 'aria-expanded': open, onKeyDown },
    layer: {
      ref,
      id,
      popover: 'auto' as const,
      onToggle: (event: ToggleEvent<T>) => {
        const opened = event.newState === 'open'
        // `onOpen` looks for what is drawn only while it is open.
        flushSync(() => setOpen(opened))
        if (opened && ref.current) onOpen?.(ref.current)
      },
    },
  }
}
