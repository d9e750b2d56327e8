/** Less can’t be read, even where it covers what it belongs to. */
const leastHeight = 160

/**
 * Puts a layer of the top layer beside what it belongs to: below if there is room, else above, else where
 * there is more of it, and no higher than that; never over the edge of the window. Styles are set through the
 * CSSOM, which the Content-Security-Policy allows.
 */
export function place(layer: HTMLElement, anchor: Element, align: 'start' | 'center' | 'end') {
  const gap = 6
  const edge = 8
  const at = anchor.getBoundingClientRect()
  layer.style.maxHeight = `${window.innerHeight - 2 * edge}px`
  // Where it stood last there may have been little room to its right, which makes it narrow.
  layer.style.left = '0'
  const { width, height } = layer.getBoundingClientRect()
  const wanted =
    align === 'start'
      ? at.left
      : align === 'end'
        ? at.right - width
        : at.left + (at.width - width) / 2
  const below = at.bottom + gap
  const roomBelow = window.innerHeight - edge - below
  const roomAbove = at.top - gap - edge
  const isBelow = height <= roomBelow || roomBelow >= roomAbove
  const room = Math.max(isBelow ? roomBelow : roomAbove, leastHeight)
  // Not its own height: what it shows may still grow.
  layer.style.maxHeight = `${room}px`
  const top = isBelow ? below : Math.max(edge, at.top - gap - Math.min(height, room))
  const left = Math.min(Math.max(edge, wanted), Math.max(edge, window.innerWidth - edge - width))
  layer.style.left = `${Math.round(left)}px`
  layer.style.top = `${Math.round(top)}px`
}
