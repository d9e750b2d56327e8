import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

/**
 * How a dialog that stands in the address is closed. One that was opened here (`dialogOver`) is left the
 * way the browser's own "back" leaves it, so that no second entry of the same page stays behind; one that
 * came with a link or a reload is taken out of the address by `clean`.
 */
export function useDialogClose(dialog: string | undefined, clean: () => void): () => void {
  const router = useRouter()
  // Going back takes a moment: a second Escape must not leave the page.
  const closing = useRef(false)
  useEffect(() => {
    if (dialog === undefined) closing.current = false
  })
  return () => {
    if (closing.current) return
    if (!router.state.location.state.dialogOver) return clean()
    closing.current = true
    router.history.back()
  }
}
