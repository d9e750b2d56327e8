import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectorsFound } from '#contract/tunnel.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** Connectors are found by whatever somebody may know of them, however many tunnels there are. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())

test('each word must occur, deleted tunnels are left out, and nothing is asked of Cloudflare', async () => {
  const lon = await world.addTunnel('lon-core')
  const fra = await world.addTunnel('fra-core')
  const rig = await startRig(world)
  await rig.looked()
  const before = rig.calls.length
  const found = async (q: string) => {
    const { connectors } = await rig.get<ConnectorsFound>(`/connectors?q=${encodeURIComponent(q)}`)
    return connectors.map(({ id }) => id).toSorted()
  }
  const [, standby = ''] = lon.connectorIds
  expect(await found(standby.slice(0, 10).toUpperCase())).toEqual([standby])
  expect(await found('core passive lon')).toEqual([standby])
  expect(await found('core')).toEqual([...lon.connectorIds, ...fra.connectorIds].toSorted())
  expect(await found(' ')).toEqual([])
  expect(await found('nothing-like-this')).toEqual([])
  const [one] = (await rig.get<ConnectorsFound>(`/connectors?q=${standby}`)).connectors
  const [address = ''] = one?.originIps ?? []
  expect(await found(address)).toContain(standby)
  expect((await rig.ask('GET', `/connectors?q=${'x'.repeat(101)}`)).status).toBe(400)
  expect(rig.calls.slice(before).filter(({ path }) => path.includes('/connect'))).toEqual([])
  await rig.tandem.parts.present.landDeleted(lon.tunnelId, rig.time.now())
  expect(await found('lon')).toEqual([])
  await rig.end()
})
