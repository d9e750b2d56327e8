import { day, hour, type Scene } from './scene.ts'

/**
 * The ids of the API reference's own examples, so that a request pasted from there works as it stands.
 * Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/tunnels/subresources/warp_connector/
 */
export const docs: Scene = ({ world }) => {
  const accountId = '699d98642c564d2e855e9661899b7252'
  world.accounts.push(accountId)
  const now = world.now()
  const tunnel = world.addTunnel({
    id: 'f70ff985-a4ef-4643-bbbc-4a0ed4fc8415',
    accountId,
    name: 'blog',
    ha: true,
    createdAt: Date.parse('2021-01-25T18:22:34.317Z'),
    connectors: [
      {
        id: '1bedc50d-42b3-473c-b108-ff3d10c0d925',
        colos: ['dfw08', 'dfw01'],
        originIp: '198.51.100.7',
        runAt: now - 9 * day,
        role: 'active',
      },
      {
        id: '1bedc50d-42b3-473c-b108-ff3d10c0d926',
        colos: ['dfw01', 'iah02'],
        originIp: '198.51.100.8',
        runAt: now - 5 * hour,
      },
    ],
  })
  return { everyMs: 30_000, lively: [tunnel.id], flapping: [] }
}
