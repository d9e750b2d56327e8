import { useSyncExternalStore } from 'react'

/**
 * Some deeds need a fresh sign-in. The call that was refused for it waits here while the person proves once
 * more who is there, and then goes out again: the first one was refused before anything was done.
 */
export type Prompt = { settle: (isProved: boolean) => void }

let prompt: Prompt | null = null
let answer: Promise<boolean> | null = null
const listeners = new Set<() => void>()

function show(next: Prompt | null) {
  prompt = next
  for (const each of listeners) each()
}

/** Asks the person; calls that wait at the same time share one dialog. */
export function askAgain(): Promise<boolean> {
  answer ??= new Promise<boolean>((resolve) => {
    show({
      settle: (isProved) => {
        answer = null
        show(null)
        resolve(isProved)
      },
    })
  })
  return answer
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What is being asked for now; null: nothing. */
export const usePrompt = () => useSyncExternalStore(subscribe, () => prompt)
