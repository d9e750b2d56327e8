import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { type Connector, createWorld, lingerMs, type TunnelSeed } from './world.ts'

const startAt = Date.parse('2026-11-24T10:00:00Z')

/** A world with one tunnel of so many connectors, the first one active. */
function stage(count: number, seed: Partial<TunnelSeed> = {}, chance = 7) {
  const world = createWorld({ random: createRandom(chance), startAt })
  world.accounts.push('a'.repeat(32))
  const tunnel = world.addTunnel({
    accountId: 'a'.repeat(32),
    name: 'lon-branch-core',
    ha: true,
    connectors: Array.from({ length: count }, (_, index) => ({
      colos: ['lhr16', 'man02'],
      originIp: `198.51.100.${index + 1}`,
      runAt: startAt - (10 - index) * 60_000,
      role: index === 0 ? ('active' as const) : ('passive' as const),
    })),
    ...seed,
  })
  const at = (index: number): Connector => {
    const connector = tunnel.connectors[index]
    if (connector === undefined) throw new Error(`no connector ${index}`)
    return connector
  }
  const after = (ms: number) => world.advance(world.now() + ms)
  const activeIds = () => world.activeOf(tunnel).map(({ id }) => id)
  return { world, tunnel, at, after, activeIds }
}

describe('when the active connector is lost', () => {
  test('a passive one is promoted after two to six seconds, and nobody is active until then', () => {
    for (let chance = 1; chance <= 50; chance += 1) {
      const { world, tunnel, at, after, activeIds } = stage(3, {}, chance)
      world.kill(at(0), tunnel)
      after(1_999)
      expect(activeIds()).toEqual([])
      after(4_001)
      expect(activeIds()).toEqual([at(1).id])
    }
  })

  test('it stays passive when it returns: there is no fail-back', () => {
    const { world, tunnel, at, after, activeIds } = stage(2)
    world.kill(at(0), tunnel)
    after(6_000)
    world.revive(at(0), tunnel)
    after(3_600_000)
    expect(activeIds()).toEqual([at(1).id])
    expect(at(0).role).toBe('passive')
  })

  test('it is promoted on its return when nobody else is left', () => {
    const { world, tunnel, at, after, activeIds } = stage(1)
    world.kill(at(0), tunnel)
    after(60_000)
    world.revive(at(0), tunnel)
    expect(activeIds()).toEqual([])
    after(6_000)
    expect(activeIds()).toEqual([at(0).id])
  })

  test('it stays listed without connections for some minutes, then it is gone', () => {
    const { world, tunnel, at, after } = stage(2)
    world.kill(at(0), tunnel)
    expect(world.listed(tunnel)).toContain(at(0))
    expect(at(0).connections).toEqual([])
    expect(world.statusOf(tunnel)).toBe('degraded')
    after(lingerMs)
    expect(world.listed(tunnel)).toEqual([at(1)])
    expect(world.statusOf(tunnel)).toBe('healthy')
  })

  test('nobody is promoted on a tunnel without HA', () => {
    const { world, tunnel, at, after } = stage(2, { ha: false })
    world.kill(at(0), tunnel)
    after(60_000)
    expect(world.activeOf(tunnel)).toEqual([])
  })

  test('nobody is promoted while HA is disabled, and somebody is once it is enabled again', () => {
    const { world, tunnel, at, after, activeIds } = stage(2)
    world.configure(tunnel, 'disabled', null)
    world.kill(at(0), tunnel)
    after(60_000)
    expect(activeIds()).toEqual([])
    world.configure(tunnel, 'none', null)
    after(6_000)
    expect(activeIds()).toEqual([at(1).id])
  })
})

describe('a manual failover', () => {
  test('demotes first, leaves a moment without an active one, then promotes the target', () => {
    const { world, tunnel, at, after, activeIds } = stage(3)
    world.failOver(tunnel, at(2), { mode: 'normal', demoteMs: 1_000, promoteMs: 2_500 })
    expect(activeIds()).toEqual([at(0).id])
    after(1_000)
    expect(activeIds()).toEqual([])
    after(1_499)
    expect(activeIds()).toEqual([])
    after(1)
    expect(activeIds()).toEqual([at(2).id])
    expect(world.statusOf(tunnel)).toBe('healthy')
  })

  test('takes half a second to four by itself', () => {
    for (let chance = 1; chance <= 50; chance += 1) {
      const { world, tunnel, at, after, activeIds } = stage(2, {}, chance)
      world.failOver(tunnel, at(1), { mode: 'normal' })
      after(499)
      expect(activeIds()).not.toEqual([at(1).id])
      after(3_501)
      expect(activeIds()).toEqual([at(1).id])
    }
  })

  test('gives way to a later one', () => {
    const { world, tunnel, at, after, activeIds } = stage(3)
    world.failOver(tunnel, at(1), { mode: 'normal', demoteMs: 500, promoteMs: 2_000 })
    after(1_000)
    world.failOver(tunnel, at(2), { mode: 'normal', demoteMs: 500, promoteMs: 2_000 })
    after(10_000)
    expect(activeIds()).toEqual([at(2).id])
  })

  test('to a target that is lost on the way ends with an automatic promotion', () => {
    const { world, tunnel, at, after, activeIds } = stage(3)
    world.failOver(tunnel, at(1), { mode: 'normal', demoteMs: 500, promoteMs: 2_000 })
    after(1_000)
    world.kill(at(1), tunnel)
    after(10_000)
    expect(activeIds()).toEqual([at(0).id])
  })

  test('to the active one changes nothing', () => {
    const { world, tunnel, at, after, activeIds } = stage(2)
    world.failOver(tunnel, at(0), { mode: 'normal' })
    after(10_000)
    expect(activeIds()).toEqual([at(0).id])
  })

  test('can be told to do nothing, to flip back, or to promote a third one', () => {
    const never = stage(3)
    never.world.failOver(never.tunnel, never.at(1), { mode: 'never' })
    never.after(60_000)
    expect(never.activeIds()).toEqual([never.at(0).id])

    const back = stage(3)
    back.world.failOver(back.tunnel, back.at(1), { mode: 'flip-back', promoteMs: 1_000 })
    back.after(2_000)
    expect(back.activeIds()).toEqual([back.at(1).id])
    back.after(3_000)
    expect(back.activeIds()).toEqual([back.at(0).id])

    const other = stage(3)
    other.world.failOver(other.tunnel, other.at(1), { mode: 'other' })
    other.after(60_000)
    expect(other.activeIds()).toEqual([other.at(2).id])
  })
})

describe('the status of a tunnel', () => {
  test('is inactive until it runs for the first time, and down after it lost everybody', () => {
    const { world, tunnel, after } = stage(0)
    expect(world.statusOf(tunnel)).toBe('inactive')
    const connector = world.join(tunnel, { colos: ['lhr16'], originIp: '198.51.100.1' })
    expect(world.statusOf(tunnel)).toBe('healthy')
    after(6_000)
    expect(world.activeOf(tunnel)).toEqual([connector])
    world.kill(connector, tunnel)
    expect(world.statusOf(tunnel)).toBe('down')
  })

  test('is degraded while a connector has fewer connections than it should', () => {
    const { world, tunnel, at } = stage(2)
    world.dropConnection(at(1))
    expect(at(1).connections).toHaveLength(1)
    expect(world.statusOf(tunnel)).toBe('degraded')
    world.reopen(at(1))
    expect(world.statusOf(tunnel)).toBe('healthy')
  })

  test('keeps the stretches in which it was connected', () => {
    const { world, tunnel, at, after } = stage(1)
    after(1_000)
    world.kill(at(0), tunnel)
    after(2_000)
    world.revive(at(0), tunnel)
    expect(tunnel.activity).toEqual([
      { from: at(0).runAt - 3_000 - 600_000, to: startAt + 1_000 },
      { from: startAt + 3_000, to: null },
    ])
  })
})

describe('what fate may do', () => {
  test('hold a tunnel without an active connector for so long', () => {
    const { world, tunnel, after, activeIds } = stage(2)
    world.holdWithoutActive(tunnel, 30_000)
    after(29_999)
    expect(activeIds()).toEqual([])
    after(1)
    expect(activeIds()).toHaveLength(1)
  })

  test('report two active ones for so long', () => {
    const { world, tunnel, at, after, activeIds } = stage(2)
    world.makeBothActive(tunnel, 5_000)
    expect(activeIds()).toHaveLength(2)
    after(5_000)
    expect(activeIds()).toEqual([at(0).id])
  })

  test('swap the roles at once', () => {
    const { world, tunnel, at, activeIds } = stage(2)
    world.swap(tunnel)
    expect(activeIds()).toEqual([at(1).id])
  })
})

test('events happen in the order of their time, however time is handed in', () => {
  const world = createWorld({ random: createRandom(1), startAt: 0 })
  const seen: string[] = []
  world.schedule(30, () => seen.push('c'))
  world.schedule(10, () => {
    seen.push(`a at ${world.now()}`)
    world.schedule(20, () => seen.push('b'))
  })
  world.schedule(30, () => seen.push('d'))
  world.advance(29)
  expect(seen).toEqual(['a at 10', 'b'])
  world.advance(30)
  world.advance(5)
  expect(seen).toEqual(['a at 10', 'b', 'c', 'd'])
  expect(world.now()).toBe(30)
})

const step = fc.oneof(
  fc.record({ do: fc.constant('kill' as const), index: fc.nat(3), ms: fc.nat(9_000) }),
  fc.record({ do: fc.constant('revive' as const), index: fc.nat(3), ms: fc.nat(9_000) }),
  fc.record({ do: fc.constant('failOver' as const), index: fc.nat(3), ms: fc.nat(9_000) }),
  fc.record({ do: fc.constant('upgrade' as const), index: fc.nat(3), ms: fc.nat(9_000) }),
  fc.record({ do: fc.constant('configure' as const), index: fc.nat(3), ms: fc.nat(9_000) }),
)

test('there are never two active ones, none that is lost, and soon one when it is quiet', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 60 }), (chance, steps) => {
      const { world, tunnel, at, after } = stage(4, {}, chance)
      const check = () => {
        const active = world.activeOf(tunnel)
        expect(active.length).toBeLessThanOrEqual(1)
        expect(active.every(world.isConnected)).toBe(true)
      }
      for (const { do: action, index, ms } of steps) {
        const connector = at(index)
        if (action === 'kill') world.kill(connector, tunnel)
        if (action === 'revive') world.revive(connector, tunnel)
        if (action === 'upgrade') world.upgrade(connector, `2026.${ms}`)
        if (action === 'configure')
          world.configure(tunnel, index % 2 === 0 ? 'none' : 'disabled', null)
        if (action === 'failOver' && world.isConnected(connector))
          world.failOver(tunnel, connector, { mode: 'normal' })
        for (let passed = 0; passed < ms; passed += 500) {
          after(Math.min(500, ms - passed))
          check()
        }
      }
      world.configure(tunnel, 'none', null)
      // A failover that is on its way, then a promotion.
      after(4_000 + 6_000)
      const connected = world.connectedOf(tunnel).length
      expect(world.activeOf(tunnel)).toHaveLength(connected === 0 ? 0 : 1)
    }),
    { numRuns: 300 },
  )
})
