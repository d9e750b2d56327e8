/**
 * When did somebody last do something with this page? What it asks by itself, hidden or before an empty chair, must
 * keep nobody signed in (`contract/idle.ts`).
 */

/** A call this long after the last hand is the page's own. */
const idleAfterMs = 60_000

/** A screen reader only clicks, and the browser's own buttons only turn the history. */
const hands = ['pointerdown', 'keydown', 'wheel', 'click', 'popstate']

/** Opening a page is a deed. */
let handAt = Date.now()

/** Hears every hand from here on, before anything is asked because of it. */
export function hearHands(page: EventTarget) {
  const note = () => {
    handAt = Date.now()
  }
  let last: { screenX: number; screenY: number } | null = null
  // A browser tells of a move also where rows have moved under a mouse that lies still.
  const onMove = (event: Event) => {
    const { screenX, screenY } = event as PointerEvent
    if (last && (last.screenX !== screenX || last.screenY !== screenY)) note()
    last = { screenX, screenY }
  }
  const first = { capture: true, passive: true }
  for (const hand of hands) page.addEventListener(hand, note, first)
  page.addEventListener('pointermove', onMove, first)
  note()
}

/** Whether nobody has touched the page for a while. */
export const isIdle = () => Date.now() - handAt >= idleAfterMs
