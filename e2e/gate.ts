/** What a story holds back until it lets it go: `await held` in a route, then `letGo()`. */
export function createGate() {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  return { held, letGo }
}
