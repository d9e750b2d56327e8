import { afterEach, describe, expect, test } from 'vitest'
import { startSimulator } from './server.ts'
import { watchPeriodMs } from './tape.ts'

const running: { close: () => Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()))
})

const now = Date.parse('2026-11-24T10:17:23Z')
const minute = 60_000
const day = 24 * 60 * minute

type Look = {
  type: 'look'
  at: number
  tunnel: { id: string; name: string; status: string; created_at: string }
  connectors: {
    id: string
    version: string
    ha_status?: string
    conns: { id: string; colo_name: string }[]
  }[]
  configuration: { configuration_version: number; ha_mode: string }
}
type Line =
  | Look
  | { type: 'gap'; from: number; to: number }
  | { type: 'failover'; at: number; tunnelId: string; fromId: string; toId: string; by: string }
  | { type: 'end'; at: number }

const timeOf = (line: Line) => (line.type === 'gap' ? line.from : line.at)
const activesOf = ({ connectors }: Look) =>
  connectors.filter(({ ha_status: role }) => role === 'active').map(({ id }) => id)

/** A simulator whose clock stands still. */
async function start(past: number, seed: number) {
  const simulator = await startSimulator({ port: 0, past, seed }, () => now)
  running.push(simulator)
  const { ready } = simulator
  const api = async (path = '') => {
    const address = `${ready.baseUrl}/accounts/${ready.accounts[0]}/warp_connector${path}`
    const response = await fetch(address, { headers: { authorization: `Bearer ${ready.token}` } })
    return ((await response.json()) as { result: unknown }).result
  }
  return { api, replay: () => fetch(`${ready.control}/replay`) }
}

/** A past as the replay tells it, and the API when it is over. */
async function live(past: number, seed: number) {
  const { api, replay } = await start(past, seed)
  const answer = await replay()
  const text = await answer.text()
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const looks = lines.filter((line) => line.type === 'look')
  const of = (name: string) => looks.filter(({ tunnel }) => tunnel.name.startsWith(name))
  return { answer, text, lines, looks, of, api }
}

/** How long a tunnel was in a state, stretch by stretch, milliseconds. */
function stretches(looks: Look[], status: string) {
  const found: { from: number; to: number }[] = []
  for (const [index, look] of looks.entries()) {
    if (look.tunnel.status !== status) continue
    const to = looks[index + 1]?.at ?? now
    const last = found.at(-1)
    if (last?.to === look.at) last.to = to
    else found.push({ from: look.at, to })
  }
  return found
}

describe('the replay of a month', () => {
  test('is lines of JSON, oldest first, from one look at every tunnel to the end', async () => {
    const { answer, lines, looks } = await live(30, 1)
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    const times = lines.map(timeOf)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(lines.filter(({ type }) => type === 'end')).toEqual([{ type: 'end', at: now }])
    expect(lines.at(-1)).toEqual({ type: 'end', at: now })

    const first = new Map(looks.toReversed().map((look) => [look.tunnel.id, look]))
    expect(first.size).toBe(12)
    const created = [...first.values()].filter(({ at, tunnel }) => {
      const since = Math.max(now - 30 * day, Date.parse(tunnel.created_at))
      expect(at - since).toBeGreaterThanOrEqual(0)
      expect(at - since).toBeLessThanOrEqual(watchPeriodMs)
      return since > now - 30 * day
    })
    expect(created.map(({ tunnel }) => tunnel.name)).toEqual(
      expect.arrayContaining(['syd-retail-lab', 'sfo-lab-poc']),
    )
    expect(created).toHaveLength(2)
  })

  test('tells a change once: two looks in a row at a tunnel differ, except over the gap', async () => {
    const { lines } = await live(30, 2)
    const told = new Map<string, string>()
    let gapEnd = 0
    const repeats = lines.filter((line) => {
      if (line.type === 'gap') gapEnd = line.to
      if (line.type !== 'look') return false
      const { at, type: _, ...said } = line
      const before = told.get(line.tunnel.id)
      told.set(line.tunnel.id, JSON.stringify(said))
      return before === JSON.stringify(said) && (at < gapEnd || at > gapEnd + 2_000)
    })
    expect(repeats).toEqual([])
  })

  test('has no look in the hours without a watcher, and one of every tunnel right after', async () => {
    for (const seed of [1, 2, 3]) {
      const { lines, looks } = await live(30, seed)
      const gaps = lines.filter((line) => line.type === 'gap')
      expect(gaps).toHaveLength(1)
      for (const { from, to } of gaps) {
        expect((to - from) / minute).toBeGreaterThan(8.5 * 60)
        expect((to - from) / minute).toBeLessThan(9.5 * 60)
        expect(looks.filter(({ at }) => at > from && at < to)).toEqual([])
        const known = new Set(looks.filter(({ at }) => at < from).map(({ tunnel }) => tunnel.id))
        const seen = looks.filter(({ at }) => at >= to && at <= to + 2_000)
        expect(new Set(seen.map(({ tunnel }) => tunnel.id))).toEqual(known)
        // The world went on living meanwhile.
        const before = new Map(looks.filter(({ at }) => at < from).map((l) => [l.tunnel.id, l]))
        expect(
          seen.some(
            ({ tunnel, connectors }) =>
              JSON.stringify(before.get(tunnel.id)?.connectors) !== JSON.stringify(connectors),
          ),
        ).toBe(true)
      }
    }
  })

  test('never shows two active connectors', async () => {
    const { looks } = await live(30, 4)
    for (const look of looks) expect(activesOf(look).length).toBeLessThanOrEqual(1)
  })

  test('is the same for the same seed, and another one for another', async () => {
    const [one, same, other] = [await live(30, 5), await live(30, 5), await live(30, 6)]
    expect(one.text).toBe(same.text)
    expect(one.text).not.toBe(other.text)
  })

  test.each([1, 3, 7, 30, 45])('of %i days ends in what the API says', async (past) => {
    const { looks, api } = await live(past, past)
    const last = new Map(looks.map((look) => [look.tunnel.id, look]))
    const listed = (await api()) as { id: string }[]
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(last.keys()))
    for (const tunnel of listed) {
      expect({ ...last.get(tunnel.id), type: 0, at: 0 }).toEqual({
        type: 0,
        at: 0,
        tunnel,
        connectors: await api(`/${tunnel.id}/connections`),
        configuration: await api(`/${tunnel.id}/configurations`),
      })
    }
  })

  test.each([1, 3, 7, 30, 45])(
    'of %i days ends in the scene as it is without one',
    async (past) => {
      const [{ looks }, without] = [await live(past, past), await start(0, past)]
      const last = new Map(looks.map((look) => [look.tunnel.id, look]))
      const status = (name: string) =>
        [...last.values()].find(({ tunnel }) => tunnel.name === name)?.tunnel.status
      expect(status('gru-plant-scada')).toBe('degraded')
      expect(status('cdg-dc-legacy')).toBe('down')
      expect(status('sfo-lab-poc')).toBe('inactive')

      for (const tunnel of (await without.api()) as Look['tunnel'][]) {
        const then = last.get(tunnel.id)
        expect(then?.tunnel).toMatchObject({ name: tunnel.name, created_at: tunnel.created_at })
        const configuration = await without.api(`/${tunnel.id}/configurations`)
        expect(then?.configuration).toMatchObject({
          ...(configuration as Look['configuration']),
          updated_at: expect.toSatisfy((at) => at === null || Date.parse(at) <= now),
        })
        const connectors = (await without.api(`/${tunnel.id}/connections`)) as Look['connectors']
        // One may be lost for the moment.
        expect(connectors.map(({ id }) => id)).toEqual(
          expect.arrayContaining(then?.connectors.map(({ id }) => id) ?? []),
        )
      }
    },
  )

  test('is not there without a past', async () => {
    const answer = await (await start(0, 1)).replay()
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('Nothing at GET /__simulator/replay')
  })
})

describe('what happened in the month', () => {
  test('one site was down for 23 minutes, and a region for 1 h 40 m with trouble around it', async () => {
    const { of } = await live(30, 1)
    const site = stretches(of('東京'), 'down').filter(({ from, to }) => to - from > 20 * minute)
    expect(site).toHaveLength(1)
    for (const { from, to } of site) expect(Math.abs(to - from - 23 * minute)).toBeLessThan(minute)

    const region = ['lon-branch-core', 'dub-dc1-edge', 'ams-hub-transit'].map((name) => {
      const [down, ...more] = stretches(of(name), 'down')
      expect(more).toEqual([])
      const { from = 0, to = 0 } = down ?? {}
      expect(Math.abs(to - from - 100 * minute)).toBeLessThan(6 * minute)
      const degraded = stretches(of(name), 'degraded')
      expect(degraded.some((one) => one.to === from && one.to - one.from > 5 * minute)).toBe(true)
      expect(degraded.some((one) => one.from === to && one.to - one.from > 5 * minute)).toBe(true)
      return from
    })
    expect(Math.max(...region) - Math.min(...region)).toBeLessThan(minute)
    expect(stretches(of('fra-dc2-edge'), 'down')).toEqual([])
  })

  test('people failed over, each time with a moment or two in which the target was not active', async () => {
    const { lines, looks } = await live(30, 1)
    const failovers = lines.filter((line) => line.type === 'failover')
    expect(new Set(failovers.map(({ by }) => by))).toEqual(new Set(['Ana', 'Jonas', 'Mei']))
    expect(failovers.length).toBeGreaterThanOrEqual(8)
    let gapsSeen = 0
    for (const { at, tunnelId, fromId, toId } of failovers) {
      const own = looks.filter(({ tunnel }) => tunnel.id === tunnelId)
      const before = own.findLast((look) => look.at <= at)
      expect(before && activesOf(before)).toEqual([fromId])
      const after = own.filter((look) => look.at > at && look.at < at + 20_000)
      if (after[0] && activesOf(after[0]).length === 0) gapsSeen += 1
      expect(activesOf(after.find((look) => activesOf(look).length > 0) as Look)).toEqual([toId])
    }
    expect(gapsSeen).toBeGreaterThan(1)
  })

  test('a tunnel was renamed, another reconfigured, and connectors were replaced and updated', async () => {
    const { of, looks } = await live(30, 1)
    const names = [...new Set(of('sin-').map(({ tunnel }) => tunnel.name))]
    expect(names).toEqual(['sin-warehouse', 'sin-warehouse-ot'])
    const configurations = of('dub-').map(({ configuration }) => configuration)
    expect(configurations[0]).toMatchObject({ configuration_version: 1, ha_mode: 'none' })
    expect(configurations.at(-1)).toMatchObject({ configuration_version: 2, ha_mode: 'aws' })

    const frankfurt = of('fra-').map(({ connectors }) => connectors.map(({ id }) => id))
    const old = frankfurt[0]?.filter((id) => !frankfurt.at(-1)?.includes(id))
    const joined = frankfurt.at(-1)?.filter((id) => !frankfurt[0]?.includes(id))
    expect([old?.length, joined?.length]).toEqual([1, 1])

    const versions = new Map<string, Set<string>>()
    for (const { connectors } of looks)
      for (const { id, version } of connectors)
        versions.set(id, (versions.get(id) ?? new Set()).add(version))
    const updated = [...versions.values()].filter((seen) => seen.size > 1)
    expect(updated.length).toBeGreaterThan(18)
  })

  test('one evening was a flapping one, and the rest was quiet', async () => {
    for (const seed of [1, 2, 3]) {
      const { looks, of } = await live(30, seed)
      const changes = (name: string, from: number, to: number) => {
        let last: string | null = null
        let switches = 0
        const opened = new Set<string>()
        const known = new Set<string>()
        for (const look of of(name)) {
          const isIn = look.at >= from && look.at < to
          const [active = null] = activesOf(look)
          if (isIn && active !== null && last !== null && active !== last) switches += 1
          last = active ?? last
          for (const { id } of look.connectors.flatMap(({ conns }) => conns)) {
            if (isIn && !known.has(id)) opened.add(id)
            known.add(id)
          }
        }
        const weeks = (to - from) / (7 * day)
        return { switches: switches / weeks, reconnects: opened.size / weeks }
      }
      const names = [...new Set(looks.map(({ tunnel }) => tunnel.name))]
      // Without the region's outage and the last minutes, which are lively.
      const quiet = names.map((name) => changes(name, now - 29 * day, now - 5 * day))
      expect(quiet.filter((one) => one.switches <= 10 && one.reconnects <= 30).length).toBe(
        names.length - 1,
      )
      expect(
        quiet.filter((one) => one.switches >= 2 && one.reconnects >= 5).length,
      ).toBeGreaterThanOrEqual(6)
      expect(changes('syd-', now - 7 * day, now - 5 * day).switches).toBeGreaterThan(60)
      expect(changes('syd-', now - 20 * day, now - 11 * day).switches).toBeLessThan(10)
    }
  })
})
