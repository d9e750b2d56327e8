import { type Operation, type OperationId, operations } from '#contract/operations.ts'

/**
 * May Cloudflare be asked now, only because somebody looks? Once in 10 s for one subject, and 20 calls a
 * minute for everybody together, so that nobody can spend the call budget by reloading.
 */
const perSubjectMs = 10_000
const perMinute = 20

export type Freshness = ReturnType<typeof createFreshness>

/**
 * @returns takes the calls that the operation costs and says true, or takes none and says false. `share`:
 *   whose 20 calls these are; everybody's if left out.
 */
export function createFreshness(now: () => number) {
  let granted: { at: number; key: string; share: string; cost: number }[] = []
  return (operationId: OperationId, subject: string, share = 'everybody'): boolean => {
    const key = `${operationId} ${subject}`
    const { cost = 0 }: Operation = operations[operationId]
    granted = granted.filter(({ at }) => now() - at < 60_000)
    if (granted.some((one) => one.key === key && now() - one.at < perSubjectMs)) return false
    const spent = granted
      .filter((one) => one.share === share)
      .reduce((sum, one) => sum + one.cost, 0)
    if (spent + cost > perMinute) return false
    granted.push({ at: now(), key, share, cost })
    return true
  }
}
