import { useRouter } from '@tanstack/react-router'
import { type ComponentProps, type MouseEvent, useRef } from 'react'
import type { TunnelSearch } from '#web/router.tsx'

/** The way from a row of the list to its tunnel. */

/** A pointer that rests on a row for so long is about to open it. */
const restMs = 50

export type RowDialog = Extract<TunnelSearch['dialog'], 'failover' | 'acknowledge'>

/** A tunnel's page, or a dialog of it that is laid over the list: whoever closes it is back on the row. */
export const placeOf = (tunnelId: string, dialog?: RowDialog) => {
  const search: TunnelSearch = dialog ? { dialog } : {}
  const state = dialog ? { dialogOver: true } : {}
  return { to: '/tunnels/$tunnelId', params: { tunnelId }, search, state } as const
}

/**
 * Not the router's own `Link`: that one makes its address anew whenever the page's address changes, and each
 * row has two of them.
 */
export function RowLink({
  tunnelId,
  dialog,
  children,
  ...rest
}: Omit<ComponentProps<'a'>, 'href' | 'onClick'> & {
  tunnelId: string
  /** The dialog that it leads to; by itself the page. */
  dialog?: RowDialog
}) {
  const router = useRouter()
  const follow = (event: MouseEvent) => {
    // Another tab or window is the browser's own doing.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return
    event.preventDefault()
    void router.navigate(placeOf(tunnelId, dialog))
  }
  const query = dialog ? `?dialog=${dialog}` : ''
  return (
    <a {...rest} href={`/tunnels/${tunnelId}${query}`} onClick={follow}>
      {children}
    </a>
  )
}

/** Fetches a tunnel's page ahead while the pointer rests on its row. */
export function useRowPreload(tunnelId: string) {
  const router = useRouter()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  return {
    onPointerEnter: () => {
      timer.current = setTimeout(() => {
        // What fails here fails again when it is opened, and is told there.
        router.preloadRoute(placeOf(tunnelId)).catch(() => {})
      }, restMs)
    },
    onPointerLeave: () => clearTimeout(timer.current),
  }
}
