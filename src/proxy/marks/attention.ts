import { acknowledges } from '#contract/acknowledges.ts'
import { transitionMs } from '#contract/failover.ts'
import type { HistoryEvent } from '#contract/history.ts'
import { acknowledgedForMs, holds, type Mark, type Window, windowOf } from '#contract/marks.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { mostWaiting } from '#contract/waiting.ts'

/** What has people to look at, and what has somebody said? Pure; one `Standing` a tunnel. */
export type Standing = {
  /** Changes that wait for an acknowledgement, oldest first: the last `mostWaiting`. */
  waiting: Change[]
  acknowledged: Mark | null
  /** Every maintenance that is not forgotten yet. */
  maintenance: Mark[]
}

/** An entry of the log. */
export type Change = Pick<HistoryEvent, 'id' | 'at' | 'kind'>

export type Attention = Pick<Tunnel, 'unacknowledged' | 'acknowledged' | 'maintenance'>

export const emptyStanding: Standing = { waiting: [], acknowledged: null, maintenance: [] }

/** When its traffic was, is or will be worked on. */
export const windowsOf = ({ maintenance }: Standing): Window[] =>
  maintenance.map(windowOf).filter((window) => window !== null)

/** A change joins those that wait, unless a maintenance had announced it. */
export const withChanges = (standing: Standing, changes: Change[]): Standing => {
  const windows = windowsOf(standing)
  const fresh = changes.filter(({ at }) => !windows.some((window) => holds(window, at)))
  if (fresh.length === 0) return standing
  return { ...standing, waiting: [...standing.waiting, ...fresh].slice(-mostWaiting) }
}

/** Those that an acknowledgement covers wait no longer; what came after it does. */
export function withAcknowledgement(standing: Standing, mark: Mark): Standing {
  const covers = (change: Change) =>
    mark.eventId === null ? change.at <= (mark.to ?? 0) : acknowledges(mark, change)
  return {
    ...standing,
    acknowledged: mark,
    waiting: standing.waiting.filter((change) => !covers(change)),
  }
}

/** What is older than Tandem remembers waits no longer: there is no entry left that could be acknowledged. */
export const withoutOld = (standing: Standing, horizon: number): Standing => ({
  ...standing,
  maintenance: standing.maintenance.filter(({ to }) => (to ?? 0) >= horizon),
  waiting: standing.waiting.filter(({ at }) => at >= horizon),
})

/** A maintenance is planned or ends; changes within it wait no longer. */
export function withMaintenance(standing: Standing, mark: Mark): Standing {
  const window = windowOf(mark)
  return {
    ...standing,
    maintenance: [...standing.maintenance.filter(({ id }) => id !== mark.id), mark],
    waiting: standing.waiting.filter(({ at }) => !window || !holds(window, at)),
  }
}

/** The end of a switch whose moment with nobody active, or with two, was seen: a slower look sees one change. */
const isSameSwitch = (before: Change | undefined, { kind, at }: Change) =>
  kind === 'active-changed' &&
  (before?.kind === 'no-active-began' || before?.kind === 'several-active-began') &&
  at - before.at <= transitionMs

/** An entry with the other one of its switch, which counts as the same change; nothing where it does not wait. */
export function changeOf({ waiting }: Standing, eventId: string): Change[] {
  const place = waiting.findIndex(({ id }) => id === eventId)
  const [before, one, after] = [waiting[place - 1], waiting[place], waiting[place + 1]]
  if (!one) return []
  if (before && isSameSwitch(before, one)) return [before, one]
  return after && isSameSwitch(one, after) ? [one, after] : [one]
}

const countOf = (waiting: Change[]) =>
  waiting.filter((change, place) => !isSameSwitch(waiting[place - 1], change)).length

/** What is told of a tunnel now. */
export function attentionOf(standing: Standing, now: number): Attention {
  const { waiting, acknowledged, maintenance } = standing
  const [first, last] = [waiting[0], waiting.at(-1)]
  const open = maintenance
    .flatMap((mark) => {
      const window = windowOf(mark)
      return window && holds(window, now) ? [{ ...window, by: mark.by, text: mark.text }] : []
    })
    .toSorted((a, b) => b.to - a.to || a.from - b.from)[0]
  return {
    unacknowledged:
      first && last ? { count: countOf(waiting), firstAt: first.at, lastAt: last.at } : null,
    acknowledged:
      acknowledged && now < acknowledged.at + acknowledgedForMs
        ? { at: acknowledged.at, by: acknowledged.by, comment: acknowledged.text }
        : null,
    maintenance: open ?? null,
  }
}

/** When what is told changes next by time alone; null: it does not. */
export function nextEdge(standing: Standing, now: number): number | null {
  const { acknowledged } = standing
  const edges = [
    ...windowsOf(standing).flatMap(({ from, to }) => [from, to]),
    ...(acknowledged ? [acknowledged.at + acknowledgedForMs] : []),
  ].filter((at) => at > now)
  return edges.length > 0 ? Math.min(...edges) : null
}
