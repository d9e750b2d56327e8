import { useSyncExternalStore } from 'react'

/** Each is a new one, so that the same reason is told again when the same key is pressed again. */
type Refusal = { reason: string; nth: number }

let refusal: Refusal | null = null
const listeners = new Set<() => void>()

const tell = (next: Refusal | null) => {
  refusal = next
  for (const each of listeners) each()
}

/** Says why a key does nothing now: whoever presses keys sees no tooltip of a button that is switched off. */
export const refuse = (reason: string) =>
  tell({ reason, nth: refusal === null ? 0 : refusal.nth + 1 })

export const forgetRefusal = () => tell(null)

export const useRefusal = (): Refusal | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => refusal,
  )

/** Why nothing can be acknowledged. */
export const nothingWaits = 'Nothing waits for an acknowledgement.'
