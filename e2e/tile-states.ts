import type { Page } from '@playwright/test'
import type { Tunnel } from '../src/contract/tunnel.ts'
import { short } from './find.ts'

/** What does each tile of a wall say of who carries the traffic, one after another? */

/** As Tandem tells it: the active connector, none of them, or that a failover runs. */
export const stateOf = ({
  failoverId,
  activeConnectorId,
}: Pick<Tunnel, 'failoverId' | 'activeConnectorId'>) =>
  failoverId ? 'failing over' : activeConnectorId ? short(activeConnectorId) : 'none'

export const isConnector = (state: string) => /^[0-9a-f]{8}$/.test(state)

/** Whether `some` stand in `all` in the same order; what came at once may be drawn at once. */
export function isInOrder(some: readonly string[], all: readonly string[]): boolean {
  let at = -1
  return some.every((state) => {
    at = all.indexOf(state, at + 1)
    return at >= 0
  })
}

declare global {
  /** By the tunnels' names. */
  var tileStates: { last: Map<string, string>; all: Record<string, string[]>; stop: () => void }
}

/** Runs in the page: notes every state that a tile changes to. What is unknown is no state. */
export function recordStates() {
  const last = new Map<string, string>()
  const look = (tile: HTMLElement) => {
    const name = /^(?:site-\d\d|here-today)/.exec(tile.textContent)?.[0]
    if (name === undefined || tile.dataset.grade === 'unknown') return
    const texts = [...tile.querySelectorAll('span')].map((span) => span.textContent)
    const state = texts.some((text) => text.startsWith('Failing over'))
      ? 'failing over'
      : (texts.find((text) => /^[0-9a-f]{8} /.test(text))?.slice(0, 8) ?? 'none')
    if (last.get(name) === state) return
    last.set(name, state)
    const all = globalThis.tileStates.all[name]
    if (all) all.push(state)
    else globalThis.tileStates.all[name] = [state]
  }
  const tileOf = (node: Node) =>
    (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('main li')
  const observer = new MutationObserver((mutations) => {
    const touched = mutations.flatMap(({ target, addedNodes }) => [target, ...addedNodes])
    for (const tile of new Set(touched.map(tileOf))) if (tile) look(tile)
  })
  globalThis.tileStates = { last, all: {}, stop: () => observer.disconnect() }
  observer.observe(document, { subtree: true, childList: true, characterData: true })
  for (const tile of document.querySelectorAll<HTMLElement>('main li')) look(tile)
}

/** The states since this was last asked, by the tunnels' names. Throws when the page was loaded anew meanwhile. */
export const drainStates = (page: Page): Promise<Record<string, string[]>> =>
  page.evaluate(() => {
    const { all } = globalThis.tileStates
    globalThis.tileStates.all = {}
    return all
  })

export const stopRecording = (page: Page) => page.evaluate(() => globalThis.tileStates.stop())
