import type { Connector } from '#contract/tunnel.ts'
import { shortId } from '#web/ui/names.ts'
import { blocksOf, risksOf } from './order.ts'

/** Would another standby be proposed now than the one that was, and why? Null: the proposal stands. Pure. */
export type Outdone = { title: string; why: string; betterId: string }

export function outdoneBy(best: Connector | null, proposed: Connector): Outdone | null {
  if (best === null || best.id === proposed.id) return null
  const [name, better] = [shortId(proposed.id), shortId(best.id)]
  const block = blocksOf(proposed)[0]
  if (block)
    return {
      title: `${name} was proposed and can’t take over any more`,
      why: block.sentence,
      betterId: best.id,
    }
  const [risks, its] = [risksOf(proposed), risksOf(best)]
  if (risks.length <= its.length) return null
  const more = risks.filter(({ id }) => !its.some((one) => one.id === id))
  return {
    title: `${name} was proposed; ${better} has fewer risks now`,
    why: `Of ${name}: ${more.map(({ sentence }) => sentence).join(' ')}`,
    betterId: best.id,
  }
}
