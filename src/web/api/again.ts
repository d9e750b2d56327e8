import { useSyncExternalStore } from 'react'

/**
 * Some deeds need a fresh sign-in. The call that was refused for it waits here while the person proves once
 * more who is there, and then goes out again: the first one was refused before anything was done.
 */
export type Prompt = { settle: (isProved: boolean) => void }

let prompt: Prompt | null = null
let answer: Promise<boolean> | null = null
let proofs = 0
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
        if (isProved) proofs += 1
        show(null)
        resolve(isProved)
      },
    })
  })
  return answer
}

/** How often it was proved on this page. */
export const proofsNow = () => proofs
/**
 * Whether it was proved once more since there were so many: what was sent then went out with the cookie of before. A
 * proof that is under way here may be done there, and is waited for.
 */
export const provedSince = (before: number) => proofs > before || answer

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What is being asked for now; null: nothing. */
export const promptNow = () => prompt
export const usePrompt = () => useSyncExternalStore(subscribe, promptNow)
