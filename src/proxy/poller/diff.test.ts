import { describe, expect, test } from 'vitest'
import type { ListedTunnel, SeenConnector } from '../cloudflare/translate.ts'
import { type Change, diff } from './diff.ts'
import { activeIdOf, type Sight } from './sight.ts'

const listed: ListedTunnel = {
  id: 't',
  accountId: 'a',
  name: 'lon-core',
  status: 'healthy',
  statusReported: null,
  tunType: 'warp_connector',
  createdAt: 1,
  deletedAt: null,
  connsActiveAt: 2,
  connsInactiveAt: null,
  metadata: {},
}
const connection = (id: string, colo: string | null) => ({
  id,
  colo,
  originIp: '198.51.100.7',
  openedAt: 3,
  clientVersion: '2026.9.1',
  pendingReconnect: null,
})
const connector = (id: string, more: Partial<SeenConnector> = {}): SeenConnector => ({
  id,
  role: 'passive',
  roleReported: null,
  version: '2026.9.1',
  arch: 'linux_amd64',
  features: [],
  runAt: 3,
  connections: [connection(`${id}1`, 'lhr16')],
  colos: ['lhr16'],
  originIps: ['198.51.100.7'],
  ...more,
})
const configuration = (version: number) => ({
  tunnelId: 't',
  checkedAt: 1,
  reported: true,
  haMode: 'none' as const,
  haModeReported: null,
  version,
  createdAt: 1,
  updatedAt: null,
  fnrId: null,
  vips: [],
  vipsPrevious: [],
})
const sight = (more: Partial<Sight> = {}): Sight => ({
  listed,
  connectors: [connector('x', { role: 'active' }), connector('y')],
  configuration: configuration(1),
  ...more,
})
const with_ = (...connectors: SeenConnector[]) => sight({ connectors })
const x = connector('x', { role: 'active' })
const y = connector('y')

describe('what changed between two looks', () => {
  test.each<[string, Sight | null, Sight, Change[]]>([
    ['the first look', null, sight(), [{ type: 'tunnelAppeared' }]],
    ['nothing', sight(), sight(), []],
    [
      'a name',
      sight(),
      sight({ listed: { ...listed, name: 'other' } }),
      [{ type: 'tunnelRenamed', from: 'lon-core', to: 'other' }],
    ],
    [
      'deletion',
      sight(),
      sight({ listed: { ...listed, deletedAt: 9 } }),
      [{ type: 'tunnelDeleted' }],
    ],
    [
      'that it is there again',
      sight({ listed: { ...listed, deletedAt: 9 } }),
      sight(),
      [{ type: 'tunnelAppeared' }],
    ],
    [
      'a status',
      sight(),
      sight({ listed: { ...listed, status: 'down' } }),
      [{ type: 'statusChanged', from: 'healthy', to: 'down' }],
    ],
    [
      'a status that nobody knows, by its own word',
      sight({ listed: { ...listed, status: 'unknown', statusReported: 'paused' } }),
      sight({ listed: { ...listed, status: 'unknown', statusReported: 'frozen' } }),
      [{ type: 'statusChanged', from: 'paused', to: 'frozen' }],
    ],
    [
      'who is active',
      with_(x, y),
      with_({ ...x, role: 'passive' }, { ...y, role: 'active' }),
      [
        { type: 'activeChanged', from: 'x', to: 'y' },
        { type: 'roleChanged', connectorId: 'x', from: 'active', to: 'passive' },
        { type: 'roleChanged', connectorId: 'y', from: 'passive', to: 'active' },
      ],
    ],
    [
      'nobody is active any more',
      with_(x),
      with_({ ...x, role: 'passive' }),
      [
        { type: 'activeChanged', from: 'x', to: null },
        { type: 'roleChanged', connectorId: 'x', from: 'active', to: 'passive' },
      ],
    ],
    [
      'a role that nobody knows, by its own word',
      with_(y),
      with_({ ...y, role: 'unknown', roleReported: 'draining' }),
      [{ type: 'roleChanged', connectorId: 'y', from: 'passive', to: 'draining' }],
    ],
    [
      'a connector more',
      with_(y),
      with_(y, connector('z')),
      [{ type: 'connectorJoined', connectorId: 'z' }],
    ],
    [
      'a connector less',
      with_(y, connector('z')),
      with_(y),
      [{ type: 'connectorGone', connectorId: 'z' }],
    ],
    [
      'a version',
      with_(y),
      with_({ ...y, version: null }),
      [{ type: 'versionChanged', connectorId: 'y', from: '2026.9.1', to: null }],
    ],
    [
      'a connection more, one less and one elsewhere',
      with_({ ...y, connections: [connection('1', 'lhr16'), connection('2', 'man02')] }),
      with_({ ...y, connections: [connection('1', 'ams07'), connection('3', null)] }),
      [
        {
          type: 'connectionMoved',
          connectorId: 'y',
          connectionId: '1',
          from: 'lhr16',
          to: 'ams07',
        },
        { type: 'connectionOpened', connectorId: 'y', connectionId: '3', colo: null },
        { type: 'connectionClosed', connectorId: 'y', connectionId: '2', colo: 'man02' },
      ],
    ],
    [
      'a configuration',
      sight(),
      sight({ configuration: configuration(2) }),
      [{ type: 'configurationChanged', from: 1, to: 2 }],
    ],
    ['what was not read before tells nothing', sight({ connectors: null }), sight(), []],
    [
      'what is not read now tells nothing',
      sight(),
      sight({ configuration: null, connectors: null }),
      [],
    ],
    ['a configuration read for the first time', sight({ configuration: null }), sight(), []],
  ])('%s', (_, before, after, changes) => {
    expect(diff(before, after)).toEqual(changes)
  })

  test('the active one is one, or none', () => {
    expect(activeIdOf(null)).toBeNull()
    expect(activeIdOf([])).toBeNull()
    expect(activeIdOf([y])).toBeNull()
    expect(activeIdOf([x, y])).toBe('x')
    expect(activeIdOf([x, { ...y, role: 'active' }])).toBeNull()
  })
})
