/** The root's type size in CSS pixels: what a rem is. */

let known: number | null = null
let isFollowed = false

/**
 * Kept until the window's size changes, which the size follows: to ask makes the browser settle all styles
 * at once, in the middle of drawing.
 */
export function rootPx(): number {
  if (!isFollowed) {
    isFollowed = true
    // Before all others who hear of it and ask.
    window.addEventListener('resize', () => (known = null), { capture: true })
  }
  known ??= Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  return known
}
