import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LiveEvent } from '#contract/events.ts'
import type { HistoryEvent } from '#contract/history.ts'
import { fromTold } from '#contract/stream.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { createBus } from '../live/bus.ts'
import { openDoor } from './door.ts'
import { comebacks, type Ear, listenAt } from './ear.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** P15 to P18: pages that come back, pages that cease to read, and many of them, over real sockets. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let door: Awaited<ReturnType<typeof openDoor>>
beforeAll(async () => {
  world = await startWorld()
  await world.addTunnel('lon-core')
  rig = await startRig(world)
  await rig.looked()
  door = await openDoor(rig)
}, 120_000)
afterAll(async () => {
  await door.close()
  await rig.end()
  await world.end()
}, 60_000)

const beat = (): LiveEvent => ({ type: 'heartbeat', at: rig.time.now() })
const publish = (event: LiveEvent) => rig.tandem.parts.bus.publish(event)
const versionNow = () => rig.tandem.parts.bus.version()
const numberOf = (id: string) => Number(id.split('-')[1])

/** Waits until nobody is left. */
async function gone() {
  while (rig.tandem.parts.streams.size > 0) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function begun(ear: Ear) {
  await ear.until(() => ear.heard.length > 0)
  return ear
}

/** A page and the other end of its connection. */
async function comes(ear: Ear = listenAt(door.port)) {
  const accepted = new Promise<Socket>((resolve) => door.server.once('connection', resolve))
  await begun(ear)
  return { ear, theirs: await accepted }
}
const capBytes = 256 * 1024
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('P15 a tunnel that a page looks at before the first listing is asked for as often as any that is looked at', async () => {
  const [other, watching] = [await world.addTunnel('par-core'), await world.addTunnel('ber-core')]
  await world.breakWith({ kind: 'status', status: 502, match: { method: 'GET' } })
  const early = await startRig(world)
  const entrance = await openDoor(early)
  const ear = await begun(listenAt(entrance.port, undefined, { watching: watching.tunnelId }))
  expect(early.tandem.parts.present.tunnels()).toEqual([])
  await world.heal()
  await early.looked()
  const before = early.calls.length
  await early.time.run(20_000)
  const looksAt = ({ tunnelId }: { tunnelId: string }) =>
    early.calls.slice(before).filter(({ path }) => path.includes(`${tunnelId}/connections`)).length
  expect(looksAt(watching)).toBeGreaterThan(2 * looksAt(other))
  ear.close()
  await entrance.close()
  await early.end()
})

test('P15 a page that went before it was known who it is leaves nothing behind', async () => {
  const incoming = new IncomingMessage(new Socket())
  const outgoing = new ServerResponse(incoming)
  outgoing.destroy()
  const headers = { host: '127.0.0.1:8787' }
  const request = new Request('http://127.0.0.1:8787/api/events', { headers })
  await rig.app.fetch(request, { incoming, outgoing })
  expect(rig.tandem.parts.streams.size).toBe(0)
})

describe('P15 a page that comes back with what it heard last', () => {
  test('gets what it missed where that is known, else a snapshot', async () => {
    for (let n = 0; n < 20; n += 1) publish(beat())
    const version = versionNow()
    const next = `${version.split('-')[0]}-${numberOf(version) + 1}`
    const cases = [
      ['nothing', undefined, null],
      ['the next one', next, null],
      ...comebacks(version),
    ] as const
    for (const [says, id, missed] of cases) {
      // … and then what time it is now.
      const expected =
        missed === null ? ['snapshot'] : Array.from({ length: missed + 1 }, () => 'heartbeat')
      const ear = listenAt(door.port, id)
      await ear.until(() => ear.heard.length >= expected.length)
      expect([says, ...ear.heard.map(({ type }) => type)]).toEqual([says, ...expected])
      ear.close()
    }
    const tooMuch = listenAt(door.port, 'x'.repeat(1_000_000))
    await tooMuch.closed
    expect(tooMuch.heard).toEqual([])
  })

  test('cut off at 200 random places of real streams: every event once, in their order', async () => {
    const poller = rig.tandem.parts.poller.state(null)
    const change: LiveEvent = { type: 'pollerChanged', poller }
    const cuts = fc.sample(fc.tuple(fc.nat(4), fc.nat(4)), { numRuns: 200, seed: 1 })
    const from = numberOf(versionNow())
    let last = versionNow()
    const heard: string[] = []
    const hear = async (isSo: (ear: Ear) => boolean) => {
      const ear = listenAt(door.port, last)
      await ear.until(() => isSo(ear))
      heard.push(...ear.heard.filter(({ type }) => type === 'pollerChanged').map(({ id }) => id))
      last = ear.heard.at(-1)?.id ?? last
      ear.close()
      await ear.closed
    }
    for (const [published, taken] of cuts) {
      for (let n = 0; n < published; n += 1) publish(change)
      await hear((ear) => ear.heard.length >= Math.min(taken, published))
    }
    const end = versionNow()
    await hear((ear) => ear.heard.at(-1)?.id === end)
    const count = numberOf(end) - from
    expect(heard.map(numberOf)).toEqual(Array.from({ length: count }, (_, at) => from + 1 + at))
    await gone()
  }, 60_000)

  test('cut off anywhere, any number of times: every event once, in their order', () => {
    const steps = fc.array(fc.constantFrom('publish', 'cut', 'back'), { maxLength: 200 })
    fc.assert(
      fc.property(steps, (all) => {
        const bus = createBus('e', () => {})
        const heard: number[] = []
        const place = { leave: null as (() => void) | null }
        const come = () => {
          for (const frame of bus.since(`e-${heard.at(-1) ?? 0}`) ?? []) heard.push(frame.version)
          place.leave ??= bus.subscribe((frame) => heard.push(frame.version))
        }
        come()
        for (const step of all) {
          if (step === 'publish') bus.publish({ type: 'heartbeat', at: 0 })
          if (step === 'cut') {
            place.leave?.()
            place.leave = null
          }
          if (step === 'back' && !place.leave) come()
        }
        if (!place.leave) come()
        const published = all.filter((step) => step === 'publish').length
        expect(heard).toEqual(Array.from({ length: published }, (_, at) => at + 1))
      }),
      { numRuns: 200, seed: 1 },
    )
  })
})

describe('P16 pages that cease to read', () => {
  /** As many tunnels as make a frame of some 200 KB. */
  function large(): LiveEvent & { type: 'snapshot' } {
    const snapshot = rig.tandem.parts.snapshot() as LiveEvent & { type: 'snapshot' }
    const [tunnel] = snapshot.tunnels
    if (!tunnel) throw new Error('There is no tunnel.')
    const count = Math.ceil(200_000 / JSON.stringify(tunnel).length)
    return { ...snapshot, tunnels: Array.from({ length: count }, () => tunnel) }
  }

  /** A page that has ceased to read, with as much waiting for it as a queue may hold. */
  async function fallsBehind() {
    const { ear, theirs } = await comes()
    ear.freeze()
    const event = large()
    while (theirs.writableLength <= capBytes) {
      publish(event)
      await turn()
    }
    return ear
  }

  test('wait in no queue without end, hold nobody else up, and are dropped after 30 s', async () => {
    const frozen = [await comes(), await comes(), await comes()]
    const awake = await comes()
    for (const { ear } of frozen) ear.freeze()
    const event = large()
    const frameBytes = JSON.stringify(event).length
    // First what the system itself holds for a connection fills up, then what is held here.
    let rounds = 0
    for (let full = 0; full < 10; rounds += 1) {
      publish(event)
      const version = versionNow()
      await awake.ear.until(() => awake.ear.heard.at(-1)?.id === version)
      if (frozen.every(({ theirs }) => theirs.writableLength > capBytes)) full += 1
    }
    const waiting = frozen.map(({ theirs }) => theirs.writableLength)
    // What may wait for one of them, and the frame that was one too many.
    expect(Math.max(...waiting)).toBeLessThan(capBytes + 2 * frameBytes)
    expect(rig.tandem.parts.streams.size).toBe(4)

    await rig.time.run(31_000)
    expect(frozen.map(({ theirs }) => theirs.destroyed)).toEqual([true, true, true])
    expect(awake.theirs.destroyed).toBe(false)
    const heard = awake.ear.heard.filter(({ type }) => type === 'snapshot')
    expect(heard).toHaveLength(rounds + 1)
    for (const { ear } of [...frozen, awake]) ear.close()
    await Promise.all([...frozen, awake].map(({ ear }) => ear.closed))
    await gone()
  }, 60_000)

  test('one that reads on in time gets one snapshot for all that it missed', async () => {
    const ear = await fallsBehind()
    for (let n = 0; n < 100; n += 1) publish(beat())
    ear.thaw()
    const version = versionNow()
    await ear.until(() => ear.heard.at(-1)?.id === version)
    expect(ear.heard.at(-1)?.type).toBe('snapshot')
    expect(ear.heard.filter(({ type }) => type === 'heartbeat')).toEqual([])
    publish(beat())
    await ear.until(() => ear.heard.at(-1)?.type === 'heartbeat')
    ear.close()
    await ear.closed
    await gone()
  }, 60_000)

  test('P22 a snapshot that can’t be made ends the streams that wait for one, and no other', async () => {
    const { parts } = rig.tandem
    const usual = parts.snapshot
    let isBroken = false
    parts.snapshot = () => {
      if (isBroken) throw new TypeError('nobody thought of this')
      return usual()
    }
    const awake = await comes()
    const ear = await fallsBehind()
    publish(beat())
    isBroken = true
    const before = rig.lines.length
    ear.thaw()
    await ear.closed
    const late = listenAt(door.port)
    await late.closed
    parts.snapshot = usual
    expect(rig.lines.slice(before).join()).toMatch(/a live stream broke off.*a request failed/s)
    expect([late.status(), late.heard]).toEqual([500, []])
    publish(beat())
    const version = versionNow()
    await awake.ear.until(() => awake.ear.heard.at(-1)?.id === version)
    awake.ear.close()
    await gone()
  }, 60_000)

  test('50 of 500 cost the others nothing, and Tandem less than 15 MB', async () => {
    const { present } = rig.tandem.parts
    const [tunnel] = present.tunnels()
    const list = tunnel && present.connectors(tunnel.id)
    if (!list) throw new Error('The tunnel was not read yet.')
    // Only those that look at the tunnel get all of it.
    const times = Math.ceil(20_000 / JSON.stringify(list).length)
    const event: LiveEvent = {
      type: 'polled',
      at: rig.time.now(),
      checked: {},
      tunnels: [],
      connectors: Array.from({ length: times }, () => list),
      connectorsMoved: [],
    }
    const theirs: Socket[] = []
    const accept = (socket: Socket) => void theirs.push(socket)
    door.server.on('connection', accept)
    const frozen = await Promise.all(
      Array.from({ length: 50 }, () =>
        begun(listenAt(door.port, undefined, { watching: list.tunnelId })),
      ),
    )
    door.server.off('connection', accept)
    const awake = await Promise.all(Array.from({ length: 450 }, () => begun(listenAt(door.port))))
    for (const ear of frozen) ear.freeze()
    let rounds = 0
    for (; theirs.some(({ writableLength }) => writableLength <= capBytes); rounds += 1) {
      publish(event)
      await turn()
    }
    const last = versionNow()
    await Promise.all(awake.map((ear) => ear.until(() => ear.heard.at(-1)?.id === last)))
    expect(awake.filter(({ heard }) => heard.length !== 1 + rounds)).toHaveLength(0)
    const waiting = theirs.reduce((sum, { writableLength }) => sum + writableLength, 0)
    expect(waiting).toBeLessThan(15_000_000)
    await rig.time.run(31_000)
    expect(theirs.filter(({ destroyed }) => !destroyed)).toHaveLength(0)
    expect(rig.tandem.parts.streams.size).toBe(450)
    for (const ear of [...frozen, ...awake]) ear.close()
    await gone()
  }, 60_000)

  describe('that have a snapshot to take which is longer than the queue', () => {
    let theirs: Socket
    let ear: Ear
    beforeEach(async () => {
      const said = rig.tandem.parts.snapshot() as LiveEvent & { type: 'snapshot' }
      const times = Math.ceil(8_000_000 / JSON.stringify(said.tunnels).length)
      const tunnels = Array.from({ length: times }, () => said.tunnels).flat()
      const { parts } = rig.tandem
      const usual = parts.snapshot
      parts.snapshot = () => ({ ...said, tunnels })
      const accepted = new Promise<Socket>((resolve) => door.server.once('connection', resolve))
      ear = listenAt(door.port)
      theirs = await accepted
      ear.freeze()
      while (theirs.writableLength <= capBytes) await turn()
      return async () => {
        parts.snapshot = usual
        ear.close()
        await ear.closed
        await gone()
      }
    })

    test('get it once, and every event that comes meanwhile', async () => {
      for (let n = 0; n < 100; n += 1) publish(beat())
      const version = versionNow()
      ear.thaw()
      await ear.until(() => ear.heard.at(-1)?.id === version)
      expect(ear.heard.filter(({ type }) => type === 'snapshot')).toHaveLength(1)
      expect(ear.heard).toHaveLength(101)
      // They keep up again: nobody ends them.
      await rig.time.run(31_000)
      expect(theirs.destroyed).toBe(false)
    })

    test('are dropped when they have not taken it after 30 s, though nothing else comes', async () => {
      await rig.time.run(31_000)
      expect(theirs.destroyed).toBe(true)
    })
  })

  test('one that was told goodbye and does not take it is dropped too', async () => {
    const { ear, theirs } = await comes()
    ear.freeze()
    const event = large()
    // Something waits for it, and too little to call it slow.
    while (theirs.writableLength === 0) {
      publish(event)
      await turn()
    }
    for (const end of rig.tandem.parts.streams.keys()) end({ type: 'bye', at: rig.time.now() })
    await rig.time.run(31_000)
    expect(theirs.destroyed).toBe(true)
    ear.close()
    await ear.closed
    await gone()
  }, 60_000)
})

test('P17 P18 500 screens hear every event once, and are all back after they were cut off', async () => {
  const first = await Promise.all(Array.from({ length: 500 }, () => begun(listenAt(door.port))))
  const from = numberOf(versionNow())
  for (let n = 0; n < 20; n += 1) publish(beat())
  const last = versionNow()
  await Promise.all(first.map((ear) => ear.until(() => ear.heard.at(-1)?.id === last)))
  const wanted = Array.from({ length: 20 }, (_, at) => from + 1 + at)
  const odd = first.filter(
    ({ heard }) =>
      heard
        .slice(1)
        .map(({ id }) => numberOf(id))
        .join() !== wanted.join(),
  )
  expect(odd).toHaveLength(0)

  door.server.closeAllConnections()
  await Promise.all(first.map((ear) => ear.closed))
  const again = await Promise.all(
    Array.from({ length: 500 }, () => begun(listenAt(door.port, last))),
  )
  expect(again.filter((ear) => ear.status() !== 200 || ear.heard[0]?.id !== last)).toHaveLength(0)
  expect(rig.tandem.parts.streams.size).toBe(500)
  for (const ear of again) ear.close()
  await Promise.all(again.map((ear) => ear.closed))
  await gone()
}, 60_000)

/** A page's list of tunnels, made of nothing but what its streams say. */
function showTunnels() {
  const shown = new Map<string, Tunnel>()
  function follow(event: LiveEvent) {
    if (event.type === 'snapshot') shown.clear()
    if (event.type !== 'snapshot' && event.type !== 'polled') return
    for (const tunnel of event.tunnels) shown.set(tunnel.id, tunnel)
    if (event.type !== 'polled') return
    for (const [id, checkedAt] of Object.entries(event.checked)) {
      const tunnel = shown.get(id)
      if (tunnel) shown.set(id, { ...tunnel, checkedAt })
    }
  }
  return { follow, tunnels: () => [...shown.values()].toSorted((a, b) => a.id.localeCompare(b.id)) }
}

test('I10 whatever a page met while Cloudflare failed: 5 s after it is over all show the same', async () => {
  const { present } = rig.tandem.parts
  const { tunnelId, connectorIds } = await world.addTunnel('par-core')
  await rig.time.until('it is read', () => present.tunnel(tunnelId)?.checkedAt != null)
  const pages = {
    steady: showTunnels(),
    slow: showTunnels(),
    cut: showTunnels(),
    late: showTunnels(),
  }
  const steady = await begun(listenAt(door.port, undefined, { onEvent: pages.steady.follow }))
  const slow = await comes(listenAt(door.port, undefined, { onEvent: pages.slow.follow }))
  const cut = await begun(listenAt(door.port, undefined, { onEvent: pages.cut.follow }))

  await world.breakWith({ kind: 'status', status: 503 })
  await rig.time.run(60_000)
  cut.close()
  await cut.closed
  // One falls behind so far that it misses events.
  slow.ear.freeze()
  const [event] = (await rig.get<{ events: HistoryEvent[] }>('/activity')).events
  if (!event) throw new Error('Nothing was logged.')
  const many = Array.from({ length: 1000 }, () => event)
  while (slow.theirs.writableLength <= capBytes) {
    publish({ type: 'logged', events: many })
    await turn()
  }
  await world.order(`/tunnels/${tunnelId}/swap`, { connectorId: connectorIds[1] })
  slow.ear.thaw()
  await world.heal()
  await rig.time.until(
    'it is seen',
    () => present.tunnel(tunnelId)?.activeConnectorId === connectorIds[1],
  )
  const back = listenAt(door.port, cut.heard.at(-1)?.id, { onEvent: pages.cut.follow })
  const late = listenAt(door.port, undefined, { onEvent: pages.late.follow })
  await Promise.all([begun(back), begun(late)])

  await rig.time.run(5000)
  const version = versionNow()
  const ears = [steady, slow.ear, back, late]
  await Promise.all(ears.map((ear) => ear.until(() => ear.heard.at(-1)?.id === version)))
  // What it missed came as one snapshot.
  expect(slow.ear.heard.filter(({ type }) => type === 'snapshot')).toHaveLength(2)
  const tunnels = present.tunnels().toSorted((a, b) => a.id.localeCompare(b.id))
  for (const [name, page] of Object.entries(pages)) {
    expect([name, page.tunnels()]).toEqual([name, tunnels])
  }
  for (const ear of ears) ear.close()
  await Promise.all(ears.map((ear) => ear.closed))
  await gone()
}, 60_000)

test('P22 a listener that throws keeps nobody else from hearing', () => {
  const faults: unknown[] = []
  const bus = createBus('e', (fault) => faults.push(fault))
  const heard: number[] = []
  bus.subscribe(() => {
    throw new Error('a broken listener')
  })
  bus.subscribe(({ version }) => heard.push(version))
  bus.publish({ type: 'heartbeat', at: 0 })
  bus.publish({ type: 'heartbeat', at: 1 })
  expect(heard).toEqual([1, 2])
  expect(faults).toHaveLength(2)
})

test('connectors go to who watches their tunnel; everybody else hears in a few bytes that they moved', () => {
  const { present, bus } = rig.tandem.parts
  const [tunnel] = present.tunnels()
  const list = tunnel && present.connectors(tunnel.id)
  if (!list) throw new Error('The tunnel was not read yet.')
  const frame = bus.frameNow({
    type: 'polled',
    at: rig.time.now(),
    checked: {},
    tunnels: [tunnel],
    connectors: [list],
    connectorsMoved: [],
  })
  const told = (isScreen: boolean, ...ids: string[]) =>
    fromTold(
      JSON.parse(
        frame
          .bytesFor({ isScreen, watching: new Set(ids) })
          .toString()
          .split('data: ')[1] ?? '',
      ),
    )
  const whole = { connectors: [{ tunnelId: tunnel.id }], connectorsMoved: [] }
  const brief = { connectors: [], connectorsMoved: [tunnel.id] }
  for (const isScreen of [false, true]) {
    expect(told(isScreen, tunnel.id)).toMatchObject(whole)
    expect(told(isScreen)).toMatchObject(brief)
    expect(told(isScreen, list.connectors[0]?.id ?? '')).toMatchObject(brief)
  }
  // The same bytes for all of a kind: nothing is written twice.
  const nobody = { isScreen: false, watching: new Set<string>() }
  expect(frame.bytesFor(nobody)).toBe(frame.bytesFor({ ...nobody, watching: new Set(['other']) }))
})

/** The last of all: it stops Tandem, not the door. */
test('a page that comes while Tandem stops hears that this is no outage', async () => {
  await rig.tandem.stop()
  const ear = listenAt(door.port)
  await ear.closed
  expect(ear.heard.map(({ type }) => type)).toEqual(['snapshot', 'bye'])
})
