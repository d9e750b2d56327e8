/**
 * Does one thing after the other: what is handed over begins when everything that was handed over before it has
 * ended, well or badly.
 *
 * @returns runs `work` in its turn and gives its outcome
 */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = tail.then(work)
    tail = turn.catch(() => {})
    return turn
  }
}
