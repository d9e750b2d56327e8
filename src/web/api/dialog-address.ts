import { useRouter } from '@tanstack/react-router'
import { useEffect, useMemo, useRef } from 'react'
import { settleAddress } from './address-text.ts'

/** What an address says of a dialog. The rest of it, a filter or a stretch of time, stays as dialogs come and go. */
export const noDialog = {
  dialog: undefined,
  to: undefined,
  failover: undefined,
  person: undefined,
  screen: undefined,
  view: undefined,
  event: undefined,
}

/** The entry of the history that a dialog is; one that is laid over another takes its place. */
export const dialogEntry = (isOver: boolean) =>
  isOver
    ? { replace: true, state: true as const, resetScroll: false }
    : { state: { dialogOver: true }, resetScroll: false }

type DialogAddress<Search> = {
  /** Lays a dialog over the page. The same function always. */
  open: (next: Search) => void
  /** Puts another one in its place, or another step of it. */
  turn: (next: Search) => void
  close: () => void
}

/**
 * The dialog that stands in a page's address. One that was opened here (`dialogOver`) is left the way the
 * browser's own "back" leaves it, so that no second entry of the same page stays behind; one that came with
 * a link or a reload is taken out of the address.
 *
 * @param dialog what the address says now
 */
export function useDialogAddress<Search extends { dialog?: string | undefined }>(
  dialog: Search['dialog'],
): DialogAddress<Search> {
  const router = useRouter()
  const { open, turn } = useMemo(() => {
    const go = (next: Search | undefined, entry: ReturnType<typeof dialogEntry>) =>
      void router.navigate({
        to: '.',
        search: ((old: object) => ({ ...old, ...noDialog, ...next })) as never,
        ...entry,
      })
    return {
      open: (next: Search) => {
        settleAddress()
        // The router joins what is written in one go: closing would lead back past it.
        router.history.flush()
        go(next, dialogEntry(false))
      },
      turn: (next?: Search) => go(next, dialogEntry(true)),
    }
  }, [router])
  // Going back takes a moment: a second Escape must not leave the page.
  const closing = useRef(false)
  useEffect(() => {
    if (dialog === undefined) closing.current = false
  })
  const close = () => {
    if (closing.current) return
    if (!router.state.location.state.dialogOver) return turn()
    closing.current = true
    router.history.back()
  }
  return { open, turn, close }
}
