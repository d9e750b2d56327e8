const lookMs = 60_000

/**
 * Tells whether a SIGHUP says that the terminal was closed from which this process was started: that ends what runs in
 * it, and is no wish for new tokens. What is still there a minute after its terminal (`npm start & disown`) was meant to
 * outlive it.
 *
 * @param isTerminal whether a file descriptor is one that is still there.
 */
export function watchTerminal({
  isTerminal,
  after,
}: {
  isTerminal: (fd: number) => boolean
  after: (ms: number, callback: () => void) => unknown
}) {
  let held = [0, 1, 2].filter(isTerminal)
  const lookAgain = () => {
    held = held.filter(isTerminal)
    if (held.length > 0) after(lookMs, lookAgain)
  }
  lookAgain()
  return { isHungUp: () => held.length > 0 && !held.some(isTerminal) }
}
