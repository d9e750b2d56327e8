import { describe, expect, test } from 'vitest'
import type { Tunnel } from '#contract/tunnel.ts'
import { type Heard, hear } from './hear.ts'
import { type Judged, judged } from './judge.ts'
import { tunnelOf } from './tunnel-of.ts'

const down = { status: 'down', readiness: 'disconnected' } as const
const vacant = { readiness: 'no-active', activeConnectorId: null } as const
const maintenance = { from: 0, to: 9, by: 'Ada', text: null }
const look = (...changes: (Partial<Tunnel> | 'stale')[]) => {
  const tunnels = changes.map((change, n) => tunnelOf(`t${n}`, change === 'stale' ? {} : change))
  const stale = tunnels.filter((_, n) => changes[n] === 'stale').map(({ id }) => id)
  return judged(tunnels, new Set(stale))
}

/** As last seen, and too long ago. */
const stale = (...changes: Partial<Tunnel>[]) => {
  const tunnels = changes.map((change, n) => tunnelOf(`t${n}`, change))
  return judged(tunnels, new Set(tunnels.map(({ id }) => id)))
}
const quietly = (...changes: Parameters<typeof look>) => ({ quiet: look(...changes) })

/** How often a page had called after each look. */
function calls(...looks: (Judged[] | { quiet: Judged[] })[]) {
  let heard: Heard | null = null
  return looks.map((one) => {
    heard = 'quiet' in one ? hear(heard, one.quiet, true) : hear(heard, one, false)
    return heard.count
  })
}

describe('a page calls', () => {
  test('when a tunnel goes down or loses its active connector, once for those of one moment', () => {
    expect(calls(look({}, {}), look(down, vacant), look(down, vacant))).toEqual([0, 1, 1])
    expect(calls(look({}, {}), look(down, {}), look(down, vacant))).toEqual([0, 1, 2])
  })

  test('not for what was so when it began', () => {
    expect(calls(look(down), look(down))).toEqual([0, 0])
  })

  test('not for what it found stale when it began and what had called when it was last seen', () => {
    const before = hear(null, stale(down, {}), false)
    expect(hear(before, look(down, {}), false).count).toBe(0)
    expect(hear(before, look(down, vacant), false).count).toBe(1)
    expect(calls(stale(vacant), look({}), look(vacant))).toEqual([0, 0, 1])
  })

  test('for each that is new', () => {
    const before = hear(hear(null, look({}, {}), false), look(down, {}), false)
    expect(before).toEqual({ known: ['t0-id'], count: 1 })
    const after = hear(before, look(down, vacant), false)
    expect(after).toEqual({ known: ['t0-id', 't1-id'], count: 2 })
  })

  test('again for one that was seen to be better in between', () => {
    expect(calls(look({}), look(down), look({}), look(down))).toEqual([0, 1, 1, 2])
  })

  test('not again for one that only could not be seen in between', () => {
    expect(calls(look({}), look(down), look('stale'), look(down))).toEqual([0, 1, 1, 1])
    expect(calls(look(down), look('stale'), look({}), look(down))).toEqual([0, 0, 0, 1])
    const unknown = { status: 'unknown', readiness: 'unknown' } as const
    expect(calls(look({}), look(down), look(unknown), look(down))).toEqual([0, 1, 1, 1])
  })

  test('not when one that is down already gets worse or less bad', () => {
    expect(calls(look({}), look(vacant), look(down), look(vacant))).toEqual([0, 1, 1, 1])
  })

  test('not in quiet hours, but once when they end, for what lasts', () => {
    expect(calls(look({}), quietly(down), quietly(down), look(down))).toEqual([0, 0, 0, 1])
    expect(calls(look({}), quietly(down), quietly({}), look({}))).toEqual([0, 0, 0, 0])
    // What had called before they began need not call again.
    expect(calls(look({}), look(down), quietly(down), look(down))).toEqual([0, 1, 1, 1])
  })

  test('after quiet hours for what it found when it began in them', () => {
    expect(calls(quietly(down), look(down))).toEqual([0, 1])
  })

  test('not for what is in maintenance, but when that ends and it is still so', () => {
    const muted = { ...down, maintenance }
    expect(calls(look({}), look(muted), look(muted), look(down))).toEqual([0, 0, 0, 1])
  })
})

test('what is not new leaves everything as it was', () => {
  const before = hear(null, look(down, {}), false)
  expect(hear(before, look(down, {}), false)).toBe(before)
})
