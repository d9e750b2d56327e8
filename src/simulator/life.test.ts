import { describe, expect, test } from 'vitest'
import { startLife } from './life.ts'
import { createRandom } from './random.ts'
import { demo } from './scenes/demo.ts'
import { createWorld } from './world.ts'

/** The demo as it is after so many minutes, looked at every second. */
function watch(seed: number, minutes: number, look: (names: Record<string, Seen>) => void) {
  const startAt = Date.parse('2026-11-24T10:00:00Z')
  const world = createWorld({ random: createRandom(seed, 'world'), startAt })
  const life = demo({ world, random: createRandom(seed, 'scene'), tunnels: 0, accounts: 0 })
  startLife(world, createRandom(seed, 'life'), life)
  for (let second = 0; second <= minutes * 60; second += 1) {
    world.advance(startAt + second * 1_000)
    look(
      Object.fromEntries(
        [...world.tunnels.values()].map((tunnel) => [
          tunnel.name,
          {
            status: world.statusOf(tunnel),
            active: world.activeOf(tunnel).map(({ id }) => id),
            colos: tunnel.connectors.flatMap(({ connections }) => connections.map((c) => c.colo)),
            versions: tunnel.connectors.map(({ version }) => version),
          },
        ]),
      ),
    )
  }
}
type Seen = { status: string; active: string[]; colos: string[]; versions: string[] }

describe('an hour of the demo', () => {
  test('changes colos and roles, flaps, loses and regains, and never looks broken', () => {
    const first: Record<string, Seen>[] = []
    const activeSeen = new Map<string, Set<string>>()
    let coloChanges = 0
    let flaps = 0
    let last: Record<string, Seen> = {}
    watch(1, 60, (names) => {
      if (first.length === 0) first.push(names)
      const troubled = Object.entries(names).filter(
        ([name, { status }]) =>
          status !== 'healthy' && !/gru-plant|cdg-dc|sfo-lab|syd-retail|lon-branch-old/.test(name),
      )
      // Two in trouble, and one or two between two connections.
      expect(troubled.length).toBeLessThanOrEqual(5)
      for (const [name, { active, colos, status }] of Object.entries(names)) {
        expect(active.length).toBeLessThanOrEqual(1)
        for (const id of active) {
          const ids = activeSeen.get(name) ?? new Set()
          activeSeen.set(name, ids.add(id))
        }
        if (last[name] && String(last[name].colos) !== String(colos)) coloChanges += 1
        if (name === 'syd-retail-lab' && status !== last[name]?.status) flaps += 1
      }
      last = names
    })
    expect(coloChanges).toBeGreaterThan(100)
    expect(flaps).toBeGreaterThan(100)
    expect(activeSeen.get('syd-retail-lab')?.size).toBe(2)
    expect(
      [...activeSeen].filter(([name, ids]) => name !== 'syd-retail-lab' && ids.size > 1).length,
    ).toBeGreaterThan(0)
  })

  test('leaves the tunnels that stand for a state in that state', () => {
    watch(2, 60, (names) => {
      expect(names['gru-plant-scada']?.status).toBe('degraded')
      expect(names['cdg-dc-legacy']?.status).toBe('down')
      expect(names['sfo-lab-poc']?.status).toBe('inactive')
      expect(names['nyc-hq-gw']?.versions).toEqual(['2026.9.558.0', '2026.5.234.0'])
      expect(new Set(names['ams-hub-transit']?.colos)).toEqual(new Set(['ams07']))
      expect(names['sin-warehouse-ot']?.active).toHaveLength(1)
      expect(names['jnb-clinic-lan']?.active).toEqual([])
    })
  })
})
