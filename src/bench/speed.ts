const numbers = Array.from({ length: 100_000 }, (_, index) => (index * 2_654_435_761) % 2 ** 32)

/**
 * How long a fixed piece of work takes here and now, ms, the median of nine: where others share the machine its speed
 * comes and goes, and every time with it. Two runs are compared by their ratio.
 */
export function workMs(): number {
  const times = Array.from({ length: 9 }, () => {
    const startedAt = performance.now()
    JSON.parse(JSON.stringify(numbers.toSorted((a, b) => a - b)))
    return performance.now() - startedAt
  })
  return times.toSorted((a, b) => a - b)[4] ?? 0
}
