import type { Random } from '../random.ts'
import type { ConnectorSeed, TunnelSeed } from '../world.ts'
import { day, hour, minute } from './scene.ts'

/** Who is there in the demo: a company's twelve tunnels, and one that was deleted, as they are at `now`. */

const version = '2026.9.558.0'
const older = '2026.8.779.0'

/** Ids are part of the cast: they are the same whether the world begins now or a month ago. */
export type CastMember = Omit<TunnelSeed, 'connectors'> & {
  id: string
  createdAt: number
  connectors: (ConnectorSeed & { id: string; runAt: number })[]
}
export type Cast = ReturnType<typeof createCast>

export function createCast(random: Random, accountId: string, now: number) {
  // Nothing starts on the second that the simulator does.
  const ago = (ms: number) => now - ms - random.whole(0, 50_000)
  const common = { accountId, ha: true }
  const member = (
    seed: Omit<CastMember, 'id' | 'connectors'> & {
      connectors?: Omit<CastMember['connectors'][0], 'id'>[]
    },
  ): CastMember => ({
    ...seed,
    id: random.uuid(),
    connectors: (seed.connectors ?? []).map((each) => ({ ...each, id: random.uuid() })),
  })

  return {
    london: member({
      ...common,
      name: 'lon-branch-core',
      createdAt: ago(211 * day),
      metadata: { site: 'London', owner: 'noc-emea', tier: 1, contacts: ['noc@example.com'] },
      configuration: {
        mode: 'local',
        config: { vips: [{ address: '10.20.0.10' }, { address: '2001:db8:20::10' }] },
      },
      connectors: [
        {
          colos: ['lhr16', 'lhr13', 'man02', 'lhr16'],
          originIp: '198.51.100.24',
          version,
          runAt: ago(12 * day + 3 * hour),
          role: 'active',
        },
        {
          colos: ['man02', 'lhr13', 'man02', 'lhr16'],
          originIp: '203.0.113.80',
          version,
          runAt: ago(12 * day + 2 * hour),
        },
      ],
    }),
    dublin: member({
      ...common,
      name: 'dub-dc1-edge',
      createdAt: ago(160 * day),
      metadata: {
        site: 'Dublin DC1',
        terraform: { workspace: 'network-prod', module: 'mesh/edge', managed: true },
        change: { ticket: 'NET-4411', approved_by: 'd.oconnor' },
      },
      configuration: { mode: 'aws', config: { fnr_id: 'eni-0123456789abcdef0' } },
      connectors: [
        {
          colos: ['dub01', 'dub05', 'dub01', 'dub05'],
          originIp: '192.0.2.41',
          version,
          runAt: ago(6 * day),
          role: 'active',
        },
        {
          colos: ['dub05', 'dub01', 'dub05', 'lhr13'],
          originIp: '192.0.2.142',
          version,
          runAt: ago(6 * day - hour),
          arch: 'linux_arm64',
        },
      ],
    }),
    frankfurt: member({
      ...common,
      name: 'fra-dc2-edge',
      createdAt: ago(98 * day),
      connectors: [
        {
          colos: ['fra11', 'fra21', 'fra11', 'ams07'],
          originIp: '203.0.113.11',
          version,
          runAt: ago(20 * day),
          role: 'active',
        },
        {
          colos: ['fra21', 'muc01', 'fra21', 'muc01'],
          originIp: '203.0.113.57',
          version,
          runAt: ago(19 * day),
        },
        { colos: ['ams07', 'ams16'], originIp: '198.51.100.201', version, runAt: ago(2 * day) },
      ],
    }),
    // Two standbys that share the fate of the active one: same site, same address.
    amsterdam: member({
      ...common,
      name: 'ams-hub-transit',
      createdAt: ago(320 * day),
      metadata: { site: 'Amsterdam', note: 'third replica still to move to AMS2' },
      connectors: [
        {
          colos: ['ams07', 'ams07'],
          originIp: '198.51.100.66',
          version,
          runAt: ago(31 * day),
          role: 'active',
        },
        { colos: ['ams07', 'ams07'], originIp: '198.51.100.66', version, runAt: ago(31 * day) },
        { colos: ['ams07', 'ams07'], originIp: '198.51.100.66', version, runAt: ago(9 * day) },
      ],
    }),
    newYork: member({
      ...common,
      name: 'nyc-hq-gw',
      createdAt: ago(140 * day),
      connectors: [
        {
          colos: ['ewr05', 'iad08', 'ewr05'],
          originIp: '203.0.113.132',
          version,
          runAt: ago(4 * day),
          role: 'active',
        },
        {
          colos: ['ewr05', 'bos01', 'iad08'],
          originIp: '203.0.113.133',
          version: '2026.5.234.0',
          runAt: ago(88 * day),
        },
      ],
    }),
    tokyo: member({
      ...common,
      name: '東京-支社-gw',
      createdAt: ago(77 * day),
      metadata: { 拠点: '東京支社', 担当: '基盤チーム' },
      connectors: [
        {
          colos: ['nrt12', 'nrt08', 'kix03'],
          originIp: '2001:db8:81::24',
          version: older,
          runAt: ago(15 * day),
          role: 'active',
        },
        {
          colos: ['kix03', 'kix07', 'nrt12'],
          originIp: '2001:db8:82::31',
          version: older,
          runAt: ago(15 * day),
        },
      ],
    }),
    singapore: member({
      ...common,
      name: 'sin-warehouse-ot',
      createdAt: ago(51 * day),
      connectors: [
        {
          colos: ['sin18', 'sin12'],
          originIp: '192.0.2.77',
          version,
          runAt: ago(3 * day + 7 * hour),
          role: 'active',
        },
      ],
    }),
    johannesburg: member({
      ...common,
      ha: false,
      name: 'jnb-clinic-lan',
      createdAt: ago(400 * day),
      connectors: [
        {
          colos: ['jnb02', 'cpt02'],
          originIp: '192.0.2.190',
          version: older,
          features: ['masque'],
          runAt: ago(46 * day),
        },
      ],
    }),
    sydney: member({
      ...common,
      name: 'syd-retail-lab',
      createdAt: ago(23 * day),
      activeSince: ago(4 * day),
      connectors: [
        {
          colos: ['syd06', 'syd08'],
          originIp: '198.51.100.140',
          version,
          runAt: ago(6 * minute),
          role: 'active',
        },
        {
          colos: ['syd08', 'mel02'],
          originIp: '198.51.100.141',
          version,
          runAt: ago(2 * minute),
        },
      ],
    }),
    saoPaulo: member({
      ...common,
      name: 'gru-plant-scada',
      createdAt: ago(65 * day),
      configuration: { mode: 'local', config: { vips: [{ address: '10.90.4.2' }] } },
      connectors: [
        {
          colos: ['gru15', 'gru21', 'gru15', 'gig03'],
          originIp: '203.0.113.201',
          version,
          runAt: ago(11 * day),
          role: 'active',
        },
        // Two of its four connections do not come up.
        {
          colos: ['gru21', 'gru15', 'gig03', 'gru21'],
          open: 2,
          originIp: '203.0.113.202',
          version,
          runAt: ago(11 * day),
        },
      ],
    }),
    paris: member({
      ...common,
      name: 'cdg-dc-legacy',
      createdAt: ago(510 * day),
      lostAt: ago(3 * hour + 12 * minute),
      metadata: { retire_by: '2026-12-31' },
      connectors: [
        {
          colos: ['cdg13', 'cdg08'],
          open: 0,
          originIp: '192.0.2.12',
          version,
          runAt: ago(3 * hour + 12 * minute),
        },
        {
          colos: ['cdg08', 'cdg13'],
          open: 0,
          originIp: '192.0.2.13',
          version,
          runAt: ago(4 * hour),
        },
      ],
    }),
    sanFrancisco: member({ ...common, name: 'sfo-lab-poc', createdAt: ago(2 * day) }),

    // Not one of the twelve: only a listing of deleted tunnels shows it.
    retired: member({
      ...common,
      ha: false,
      name: 'lon-branch-old',
      createdAt: ago(700 * day),
      deletedAt: ago(211 * day - hour),
      lostAt: ago(211 * day),
    }),
  }
}
