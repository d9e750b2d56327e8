/** What a story holds back until it lets it go: `await hold()` in a route, then `await letGo()`. */
export function createGate() {
  let arrive = () => {}
  let open = () => {}
  const came = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    hold() {
      arrive()
      return opened
    },
    /** Resolves when something is held. */
    came,
    /** Not before something is held: a story that holds nothing back would show nothing. */
    async letGo() {
      await came
      open()
    },
  }
}
