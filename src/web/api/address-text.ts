import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'

/** A text of the address that a hand changes here. */
export type AddressText = {
  /** As the hand left it. */
  text: string
  change: (text: string) => void
  /** Writes what is not yet written; for whoever leaves a field. */
  settle: () => void
}

const writeAfterMs = 200

const settles = new Set<() => void>()

/** Writes what hands have changed and the address does not hold yet; for whoever lays something over the page. */
export const settleAddress = () => {
  for (const settle of settles) settle()
}

const inAddressAs = (text: string) => text.trim() || undefined

/**
 * What is chosen or typed counts at once; the address follows a moment later. A field that shows the
 * address itself loses letters and its caret while the router is on its way, and all links of a page are
 * made anew for each address. Whoever leaves the page before is not brought back.
 *
 * @param inAddress what stands in the address; what comes there by itself, as by "back", is taken over
 * @param write puts another text there, without spaces around it; `undefined` for none
 */
export function useAddressText(
  inAddress: string | undefined,
  write: (text: string | undefined) => void,
): AddressText {
  const router = useRouter()
  const [text, setText] = useState(inAddress ?? '')
  const [seen, setSeen] = useState(inAddress)
  // The hand is ahead of the address: what comes there meanwhile is what it left before.
  const [isAhead, setAhead] = useState(false)
  if (seen !== inAddress) {
    setSeen(inAddress)
    if (inAddress === inAddressAs(text)) setAhead(false)
    else if (!isAhead) setText(inAddress ?? '')
  }
  const latest = useRef({ inAddress, write })
  useEffect(() => {
    latest.current = { inAddress, write }
  })
  const waiting = useRef<Waiting>(null)
  const settle = useCallback(() => {
    if (!waiting.current) return
    const { next, page, timer } = waiting.current
    clearTimeout(timer)
    waiting.current = null
    const isHere = router.latestLocation.pathname === page
    if (isHere && next !== latest.current.inAddress) latest.current.write(next)
    else setAhead(false)
  }, [router])
  useEffect(() => {
    settles.add(settle)
    return () => {
      settles.delete(settle)
      clearTimeout(waiting.current?.timer)
    }
  }, [settle])
  const change = (text: string) => {
    setText(text)
    setAhead(true)
    clearTimeout(waiting.current?.timer)
    waiting.current = {
      next: inAddressAs(text),
      page: router.latestLocation.pathname,
      timer: setTimeout(settle, writeAfterMs),
    }
  }
  return { text, change, settle }
}

type Waiting = {
  next: string | undefined
  page: string
  timer: ReturnType<typeof setTimeout>
} | null
