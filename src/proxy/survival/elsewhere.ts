import type { World } from '../faults/world.ts'

/** Makes a connector the active one as somebody does who works with Cloudflare and not with Tandem. */
export async function promote(world: World, tunnelId: string, connectorId: string) {
  const { accountId } = await world.tunnel(tunnelId)
  const path = `/accounts/${accountId}/warp_connector/${tunnelId}/failover`
  const answer = await fetch(`${world.baseUrl}${path}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: connectorId }),
  })
  if (!answer.ok)
    throw new Error(`The failover was refused: ${answer.status} ${await answer.text()}`)
}
