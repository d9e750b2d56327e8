import type { Tunnel } from '#contract/tunnel.ts'
import type { Action } from './action.ts'

/** More of them nobody reads: another letter of the name leaves fewer. */
export const mostActions = 12

/** What `fail lon` asks for: words of an action together with some of a tunnel's name. Pure. */
export function namedActions(
  words: readonly string[],
  tunnels: readonly Tunnel[],
  actionsFor: (tunnel: Tunnel) => Action[],
): Action[] {
  const isMeant = (tunnel: Tunnel) => {
    const name = tunnel.name.toLowerCase()
    return words.some((word) => name.includes(word)) && !words.every((word) => name.includes(word))
  }
  const found: Action[] = []
  for (const tunnel of tunnels.filter(isMeant)) {
    found.push(...matching(actionsFor(tunnel), words))
    if (found.length >= mostActions) break
  }
  return found
}

/** The actions in whose text all words occur. */
export const matching = (actions: readonly Action[], words: readonly string[]): Action[] =>
  actions.filter(({ text }) => words.every((word) => text.includes(word)))
