/** Where the keyboard goes on when the element that it is at goes away: what is around it and takes the focus. */
export const homeOf = (element: Element | null) =>
  element?.parentElement?.closest<HTMLElement>('[tabindex]')

/** For the `ref` of an element that can be taken away. What goes with it is no home: that shows once all of it is gone. */
export const handsFocusHome = (element: HTMLElement | null) => () => {
  if (element !== document.activeElement) return
  const homes: HTMLElement[] = []
  for (let home = homeOf(element); home; home = homeOf(home)) homes.push(home)
  queueMicrotask(() => homes.find(({ isConnected }) => isConnected)?.focus({ preventScroll: true }))
}
