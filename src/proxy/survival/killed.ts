import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { HistoryEvent } from '#contract/history.ts'
import { openStore } from '../store/open.ts'
import { type Run, run } from './bundle.ts'
import { connectorIdOf, startWatcher, tunnelIdOf } from './watcher.ts'

/** Kills the writer at a random moment, again and again, and looks for what it was told is on the disk. */

type Said =
  | { type: 'began'; last: number; at: number }
  | { type: 'event'; event: HistoryEvent }
  | { type: 'look'; tunnel: number; at: number; status: string; roles: string[] }
  | { type: 'flushed'; at: number }
  | { type: 'action'; requestId: string }
type Look = Extract<Said, { type: 'look' }>

/** How often and how much was checked, and every single thing that was wrong. */
export type Verdict = {
  kills: number
  looks: number
  events: number
  actions: number
  faults: string[]
}

/** @param longestMs a kill comes up to this long after the first line. */
export async function killOften(
  program: string,
  folder: string,
  kills: number,
  longestMs: number,
): Promise<Verdict> {
  const verdict: Verdict = { kills: 0, looks: 0, events: 0, actions: 0, faults: [] }
  const looks: Look[] = []
  const events: HistoryEvent[] = []
  const actions: string[] = []
  const gaps: { from: number; to: number }[] = []
  const file = join(folder, 'tandem.db')
  for (let n = 0; n < kills; n += 1) {
    const before = looks.length > 0 ? Math.max(...looks.map(({ at }) => at)) : null
    const ended: Run = await run(program, ['write', folder], Math.random() * longestMs)
    if (ended.signal !== 'SIGKILL') {
      verdict.faults.push(`kill ${n}: it ended by itself: ${ended.errors}`)
      return verdict
    }
    verdict.kills += 1
    for (const line of ended.lines) {
      const said = JSON.parse(line) as Said
      if (said.type === 'look') looks.push(said)
      if (said.type === 'event') events.push(said.event)
      if (said.type === 'action') actions.push(said.requestId)
      if (said.type !== 'began') continue
      // A look that was said is confirmed on the disk: nothing of it may be missing.
      if (before !== null && said.last < before)
        verdict.faults.push(`kill ${n}: went on from ${said.last}, and ${before} was on the disk`)
      if (before !== null) gaps.push({ from: said.last, to: said.at })
    }
    // A reader of its own, which must not need the next start to repair anything.
    const check = new Database(file)
    const integrity = check.pragma('integrity_check', { simple: true })
    if (integrity !== 'ok') verdict.faults.push(`kill ${n}: integrity ${String(integrity)}`)
    check.close()
  }
  verdict.looks = looks.length
  verdict.events = events.length
  verdict.actions = actions.length
  verdict.faults.push(...(await missing(folder, { looks, events, actions, gaps })))
  return verdict
}

type Told = {
  looks: Look[]
  events: HistoryEvent[]
  actions: string[]
  gaps: { from: number; to: number }[]
}

async function missing(folder: string, { looks, events, actions, gaps }: Told): Promise<string[]> {
  const faults: string[] = []
  const { db } = await openStore(folder, Date.now)
  const end = (looks.at(-1)?.at ?? 0) + 3_600_000
  const { reader } = await startWatcher(db, end)
  const kept = new Set(
    (await db.selectFrom('audit').select('request_id').execute()).map((row) => row.request_id),
  )
  for (const requestId of actions) {
    if (!kept.has(requestId)) faults.push(`action ${requestId} is missing`)
  }
  for (const tunnel of new Set(looks.map((look) => look.tunnel))) {
    const range = { from: 0, to: end }
    const history = await reader.history(tunnelIdOf(tunnel), range, { whole: true })
    if (!history) {
      faults.push(`tunnel ${tunnel} is missing`)
      continue
    }
    const shown = new Map(history.events.map((event) => [event.id, event]))
    for (const event of events) {
      if (event.tunnelId !== tunnelIdOf(tunnel)) continue
      const found = shown.get(event.id)
      if (found?.kind !== event.kind || found.to !== event.to)
        faults.push(`event ${event.id} ${event.kind} is missing`)
    }
    const lanes = [
      ['status', history.status],
      ...history.lanes.map((lane) => [lane.connectorId, lane.intervals] as const),
    ] as const
    for (const [name, lane] of lanes) {
      for (const [index, next] of lane.slice(1).entries()) {
        if (lane[index]?.to !== next.from)
          faults.push(`${name}: a hole or an overlap at ${next.from}`)
      }
    }
    for (const look of looks) {
      if (look.tunnel !== tunnel) continue
      const expected: [string, string | undefined][] = [
        ['status', look.status],
        [connectorIdOf(tunnel, 0), look.roles[0]],
        [connectorIdOf(tunnel, 1), look.roles[1]],
      ]
      for (const [name, value] of expected) {
        const lane = lanes.find(([one]) => one === name)?.[1]
        const begun = lane?.find(({ from, to }) => from <= look.at && look.at < to)
        // A look that nothing confirmed before a gap is a moment without length, and ends what was before.
        const isMoment = begun?.value === 'unknown' && begun.from === look.at
        if (begun?.value !== value && !isMoment)
          faults.push(`tunnel ${tunnel} ${name} at ${look.at} is ${begun?.value}, was ${value}`)
      }
    }
    for (const gap of gaps) {
      const middle = (gap.from + gap.to) / 2
      for (const [name, lane] of lanes) {
        const over = lane.find(({ from, to }) => from <= middle && middle < to)
        if (over && over.value !== 'unknown')
          faults.push(`tunnel ${tunnel} ${name}: ${over.value} while nobody looked at ${middle}`)
      }
    }
  }
  await db.destroy()
  return faults
}
