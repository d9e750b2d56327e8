import { expect } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import { type CheckId, riskIds } from '#contract/failover-checks.ts'
import { type Rig, type RigOptions, startRig } from './rig.ts'
import type { World } from './world.ts'

/** A tunnel, somebody who watches it, and the way in which they fail it over. */

/** Takes every risk that there is. */
export const consent = { ticked: [...riskIds] as string[], reason: 'a test' }

/** F7: targets that can't take over: the fault that makes them so, null for one that is lost; and what blocks them. */
export const unfitTargets: [what: string, fault: Record<string, unknown> | null, ids: CheckId[]][] =
  [
    ['it is offline', null, ['offline']],
    ['its role is a new word', { kind: 'unknown-enums' }, ['role-unknown']],
    [
      'no role is reported',
      { kind: 'missing-fields', fields: ['ha_status'] },
      ['role-not-reported'],
    ],
    ['no connection is reported', { kind: 'nulls', fields: ['conns'] }, ['not-connected']],
    ['nothing is reported', { kind: 'missing-fields' }, ['not-connected', 'role-not-reported']],
  ]

export type Watched = Awaited<ReturnType<typeof watchTunnel>>

/** A tunnel with some connectors, the first of them active, that Tandem has looked at. */
export async function watchTunnel(world: World, connectors = 3, options: RigOptions = {}) {
  const { tunnelId, connectorIds } = await world.addTunnel('lon-core', connectors)
  const rig = await startRig(world, options)
  await rig.looked()
  const [active = '', standby = '', third = ''] = connectorIds
  const path = `/tunnels/${tunnelId}/failovers`
  const body = { client_id: standby, expected_active_id: active, ...consent }
  return { rig, tunnelId, active, standby, third, path, body }
}

export const puts = (rig: Rig) =>
  rig.calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/failover')).length

export { shortId as short } from '#contract/short-id.ts'

/** Lets time go on until one has ended. */
export async function endOf(rig: Rig, failoverId: string): Promise<Failover> {
  await rig.time.until(
    'the failover ended',
    () => !rig.tandem.parts.failovers.running().some((one) => one.id === failoverId),
    75_000,
  )
  return rig.get<Failover>(`/failovers/${failoverId}`)
}

/** F13: what was accepted ended as it should, with its phases in their order. `told`: the states, as they came. */
export function expectConfirmed(
  failover: Failover,
  told: readonly string[],
  active: string,
  standby: string,
) {
  expect(failover).toMatchObject({
    state: 'confirmed',
    from: { connectorId: active },
    to: { connectorId: standby },
    activeNow: [standby],
    detail: null,
    cloudflare: [],
  })
  const { sentAt, acceptedAt, demotedAt, promotedAt, endedAt } = failover
  const phases = [sentAt, acceptedAt, demotedAt, promotedAt, endedAt].map(Number)
  expect(phases).toEqual(phases.toSorted((a, b) => a - b))
  expect(told.slice(0, 2)).toEqual(['sending', 'accepted'])
  expect(told.at(-1)).toBe('confirmed')
}

/** Starts one, which must be taken on, and lets time go on until it has ended. */
export async function failOver({ rig, path, body }: Watched): Promise<Failover> {
  const { status, json } = await rig.ask('POST', path, body)
  if (status !== 202) throw new Error(`not taken on: ${status} ${JSON.stringify(json)}`)
  return endOf(rig, (json as Failover).id)
}
