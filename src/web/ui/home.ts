/** Where the keyboard goes on when the element that it is at goes away: what is around it and takes the focus. */
export const homeOf = (element: Element | null) =>
  element?.parentElement?.closest<HTMLElement>('[tabindex]')

/** For the `ref` of an element that others can take away. */
export const handsFocusHome = (element: HTMLElement | null) => () => {
  if (element === document.activeElement) homeOf(element)?.focus({ preventScroll: true })
}
