import { isAlarm, type Judged, wasAlarm } from './judge.ts'

/**
 * When does a page call somebody? Pure. Once for each tunnel that goes down or loses its active connector while it is
 * open, and not again before it was seen to be better:
 *
 * - what was so when the page began is no news, nor what was so when it was last seen before
 * - what nobody can see any more was not seen to be better, so it does not call again when it is seen once more
 * - in quiet hours nothing calls; what began in them and lasts past them calls once when they end
 * - what is in maintenance calls nobody; if it is still so when that ends, it calls then
 */
export type Heard = {
  /** Tunnels that need not call any more. */
  known: readonly string[]
  /** How often it called. */
  count: number
}

/** @param before null: the page begins @returns the same as before when nothing is new */
export function hear(before: Heard | null, all: readonly Judged[], isQuiet: boolean): Heard {
  const alarming = all.filter(before ? isAlarm : wasAlarm).map(({ tunnel }) => tunnel.id)
  if (!before) return { known: isQuiet ? [] : alarming, count: 0 }
  const unseen = all.filter(({ grade }) => grade === 'unknown').map(({ tunnel }) => tunnel.id)
  const still = new Set([...alarming, ...unseen])
  const lasting = before.known.filter((id) => still.has(id))
  const known = new Set(lasting)
  const fresh = isQuiet ? [] : alarming.filter((id) => !known.has(id))
  if (fresh.length > 0) return { known: [...lasting, ...fresh], count: before.count + 1 }
  return lasting.length === before.known.length ? before : { ...before, known: lasting }
}
