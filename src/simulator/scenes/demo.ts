import { day, hour, minute, type Scene } from './scene.ts'

const version = '2026.9.558.0'
const older = '2026.8.779.0'

/**
 * Twelve tunnels of one company that between them show every state. Those that stand for a state keep
 * it: life only touches the others.
 */
export const demo: Scene = ({ world, random }) => {
  const accountId = random.hex(32)
  world.accounts.push(accountId)
  const now = world.now()
  // Nothing starts on the second that the simulator does.
  const ago = (ms: number) => now - ms - random.whole(0, 50_000)
  const common = { accountId, ha: true }

  const london = world.addTunnel({
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
  })
  const dublin = world.addTunnel({
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
  })
  const frankfurt = world.addTunnel({
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
  })
  // Two standbys that share the fate of the active one: same site, same address.
  world.addTunnel({
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
  })
  world.addTunnel({
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
  })
  const tokyo = world.addTunnel({
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
  })
  const singapore = world.addTunnel({
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
  })
  const johannesburg = world.addTunnel({
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
  })
  const sydney = world.addTunnel({
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
  })
  world.addTunnel({
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
  })
  world.addTunnel({
    ...common,
    name: 'cdg-dc-legacy',
    createdAt: ago(510 * day),
    lostAt: ago(3 * hour + 12 * minute),
    metadata: { retire_by: '2026-12-31' },
    connectors: [
      { colos: ['cdg13', 'cdg08'], open: 0, originIp: '192.0.2.12', runAt: ago(3 * hour) },
      { colos: ['cdg08', 'cdg13'], open: 0, originIp: '192.0.2.13', runAt: ago(4 * hour) },
    ],
  })
  world.addTunnel({ ...common, name: 'sfo-lab-poc', createdAt: ago(2 * day) })

  // Not one of the twelve: only a listing of deleted tunnels shows it.
  world.addTunnel({
    ...common,
    ha: false,
    name: 'lon-branch-old',
    createdAt: ago(700 * day),
    deletedAt: ago(211 * day - hour),
    lostAt: ago(211 * day),
  })

  return {
    everyMs: 9_000,
    lively: [london, dublin, frankfurt, tokyo, singapore, johannesburg].map(({ id }) => id),
    flapping: [sydney.id],
  }
}
