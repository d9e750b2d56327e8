import { expect, test } from 'vitest'
import { CfConfiguration } from '#contract/cloudflare.ts'
import type { LiveEvent } from '#contract/events.ts'
import type { ConnectorRole } from '#contract/tunnel.ts'
import { type ListedTunnel, type SeenConnector, toConfiguration } from '../cloudflare/translate.ts'
import { createPresent } from './present.ts'

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
const connector = (id: string, role: ConnectorRole): SeenConnector => ({
  id,
  role,
  roleReported: null,
  version: null,
  arch: null,
  features: [],
  runAt: 3,
  connections: ['active', 'passive'].includes(role)
    ? [
        {
          id: `${id}1`,
          colo: 'lhr16',
          originIp: null,
          openedAt: 3,
          clientVersion: null,
          pendingReconnect: null,
        },
      ]
    : [],
  colos: [],
  originIps: [],
})

function presentOf() {
  const told: LiveEvent[] = []
  const ages = { staleAfterMs: 30_000 }
  const clock = { at: 0 }
  const present = createPresent({
    now: () => 0,
    cloudflareNow: () => clock.at,
    publish: (event) => told.push(event),
    record: async () => {},
    staleAfterMs: () => ages.staleAfterMs,
    tagsOf: () => [],
    marksOf: () => ({ unacknowledged: null, acknowledged: null, maintenance: null }),
  })
  const look = async (at: number, ...roles: ConnectorRole[]) => {
    const connectors = roles.map((role, n) => connector(`c${n}`, role))
    await present.landConnectors('t', { connectors, oddities: [] }, at, at)
    const { readiness, readinessSince } = present.tunnel('t') ?? {}
    return [readiness, readinessSince?.at]
  }
  return { present, look, told, ages, clock }
}

test('how long a tunnel has been without a standby or an active one, whatever its status', async () => {
  const { present, look } = presentOf()
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 10, at: 10 })
  expect(present.tunnel('t')?.readinessSince).toBeNull()
  expect(await look(20, 'active', 'passive')).toEqual(['ready', 20])
  // Another one is active, and it is as ready as before.
  expect(await look(30, 'passive', 'active')).toEqual(['ready', 20])
  expect(await look(40, 'offline', 'active')).toEqual(['exposed', 40])
  expect(await look(50, 'offline', 'passive')).toEqual(['no-active', 50])
  expect(await look(60, 'offline', 'passive')).toEqual(['no-active', 50])
  expect(present.tunnel('t')?.since).toEqual({ at: 2, source: 'reported' })
})

test('a status whose beginning nobody reports holds at least since it was seen, over a restart too', async () => {
  const { present } = presentOf()
  const since = () => present.tunnel('t')?.since
  const list = (at: number, status: ListedTunnel['status']) =>
    present.landListing('a', [{ ...listed, status }], {
      complete: true,
      surplus: 0,
      sentAt: at,
      at,
    })
  await list(10, 'degraded')
  expect(since()).toEqual({ at: 10, source: 'observed' })
  await list(20, 'degraded')
  expect(since()).toEqual({ at: 10, source: 'observed' })
  await list(30, 'healthy')
  expect(since()).toEqual({ at: 30, source: 'observed' })

  const sight = { listed, connectors: null, configuration: null }
  present.restore([{ sight, listedAt: 30, seenAt: 30, statusSeenSince: 30 }])
  expect(since()).toEqual({ at: 30, source: 'observed' })
  await list(90, 'healthy')
  expect(since()).toEqual({ at: 30, source: 'observed' })
  await list(100, 'degraded')
  expect(since()).toEqual({ at: 100, source: 'observed' })
  // Cloudflare told of the time before the first look, and nobody saw it begin.
  present.restore([{ sight, listedAt: 100, seenAt: 100, statusSeenSince: null }])
  await list(110, 'healthy')
  expect(since()).toEqual({ at: 2, source: 'reported' })
})

test('a status that nobody looked at for a while is not said to have been seen all the time', async () => {
  const { present } = presentOf()
  const since = () => present.tunnel('t')?.since
  const list = (at: number, row: Partial<ListedTunnel>) =>
    present.landListing('a', [{ ...listed, ...row }], {
      complete: true,
      surplus: 0,
      sentAt: at,
      at,
    })
  const down = { ...listed, status: 'down' as const, connsInactiveAt: 10 }
  const sight = { listed: down, connectors: null, configuration: null }
  present.restore([{ sight, listedAt: 1000, seenAt: 1000, statusSeenSince: 20 }])
  // It came back meanwhile and went down again.
  await list(90_000, { ...down, connsInactiveAt: 80_000 })
  expect(since()).toEqual({ at: 80_000, source: 'reported' })
  await list(100_000, { status: 'degraded' })
  await list(110_000, { status: 'degraded' })
  expect(since()).toEqual({ at: 100_000, source: 'observed' })
  await list(200_000, { status: 'degraded' })
  expect(since()).toEqual({ at: 200_000, source: 'observed' })
})

test('what an earlier run saw is not taken to have held ever since', async () => {
  const { present, look } = presentOf()
  const connectors = [connector('c0', 'active'), connector('c1', 'passive')]
  const sight = { listed, connectors, configuration: null }
  present.restore([{ sight, listedAt: 10, seenAt: 10, statusSeenSince: null }])
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 80, at: 80 })
  expect(present.tunnel('t')?.readinessSince).toBeNull()
  expect(await look(90, 'active', 'passive')).toEqual(['ready', 90])
})

test('a connector that was read alone keeps what is younger of it, and the others what a look saw', async () => {
  const { present, look } = presentOf()
  const roles = () => present.connectors('t')?.connectors.map(({ role }) => role)
  const alone = (at: number, role: ConnectorRole) =>
    present.landConnector('t', connector('c1', role), at, at)
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 10, at: 10 })
  await look(20, 'active', 'passive', 'passive')
  await alone(40, 'offline')
  expect(roles()).toEqual(['active', 'offline', 'passive'])
  await alone(35, 'passive')
  expect(roles()).toEqual(['active', 'offline', 'passive'])
  // It left before that one and came after it.
  await look(30, 'passive', 'passive', 'active')
  expect(roles()).toEqual(['passive', 'offline', 'active'])
  await look(25, 'active', 'active', 'active')
  expect(roles()).toEqual(['passive', 'offline', 'active'])
  await look(50, 'passive', 'passive', 'active')
  expect(roles()).toEqual(['passive', 'passive', 'active'])
  await alone(45, 'offline')
  expect(roles()).toEqual(['passive', 'passive', 'active'])
})

test('a connector that was read alone has an age of its own, and its tunnel none the younger for it', async () => {
  const { present, look } = presentOf()
  const ages = () => [
    present.tunnel('t')?.checkedAt,
    present.connectors('t')?.checkedAt,
    ...(present.connectors('t')?.connectors.map(({ checkedAt }) => checkedAt) ?? []),
  ]
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 100, at: 100 })
  await look(20, 'active', 'passive')
  present.landTrouble('t', 'Cloudflare answered 502.')
  await present.landConnector('t', connector('c1', 'passive'), 40, 41)
  expect(ages()).toEqual([20, 20, null, 41])
  expect(present.tunnel('t')?.trouble).toBe('Cloudflare answered 502.')
  // It left before that one and came after it.
  await look(30, 'active', 'passive')
  expect(ages()).toEqual([30, 30, null, 41])
  await look(50, 'active', 'passive')
  expect(ages()).toEqual([50, 50, null, null])
})

test('what was asked before a deletion and answered after it changes nothing, until it is listed again', async () => {
  const { present, look } = presentOf()
  const roles = () => present.connectors('t')?.connectors.map(({ role }) => role)
  const configuration = toConfiguration(CfConfiguration.parse({ ha_mode: 'local' }), 't', 30)
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 10, at: 10 })
  await look(20, 'active', 'passive')
  await present.landDeleted('t', 25)
  await look(30, 'passive', 'active', 'passive')
  await present.landConnector('t', connector('c1', 'offline'), 30, 30)
  await present.landConfiguration(configuration, 30, 30)
  expect(roles()).toEqual(['active', 'passive'])
  expect(present.configuration('t')).toBeNull()
  // Should Cloudflare ever take a deletion back.
  await present.landListing('a', [listed], {
    complete: true,
    surplus: 0,
    sentAt: 90_000,
    at: 90_000,
  })
  await look(90_010, 'passive', 'active', 'passive')
  await present.landConfiguration(configuration, 90_010, 90_010)
  expect(roles()).toEqual(['passive', 'active', 'passive'])
  expect(present.configuration('t')?.haMode).toBe('local')
})

test('how old a row may become is told as soon as it changes, and not again', async () => {
  const { present, look, told, ages } = presentOf()
  const rows = () =>
    told
      .flatMap((event) => (event.type === 'polled' ? event.tunnels : []))
      .map(({ staleAfterMs }) => staleAfterMs)
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 10, at: 10 })
  await look(20, 'active', 'passive')
  told.length = 0
  ages.staleAfterMs = 90_000
  await look(30, 'active', 'passive')
  expect(rows()).toEqual([90_000])
  await look(40, 'active', 'passive')
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 50, at: 50 })
  expect(rows()).toEqual([90_000])
})

test('what its own page alone shows is told by its row, and not again', async () => {
  const { present, look, told } = presentOf()
  const rows = () => told.flatMap((event) => (event.type === 'polled' ? event.tunnels : []))
  const list = (at: number, metadata: unknown) =>
    present.landListing('a', [{ ...listed, metadata }], {
      complete: true,
      surplus: 0,
      sentAt: at,
      at,
    })
  await list(10, {})
  await look(20, 'active', 'passive')
  told.length = 0
  await list(30, { site: 'dublin' })
  expect(rows()).toHaveLength(1)
  await list(40, { site: 'dublin' })
  await look(50, 'active', 'passive')
  expect(rows()).toHaveLength(1)
})

test('that a connector only just connected is told as long as it is so, and once more when it is not', async () => {
  const { present, look, told, clock } = presentOf()
  /** What a look at the unchanged connectors told of the second one; null: nothing. */
  let looks = 0
  const lookAt = async (at: number, ...roles: ConnectorRole[]) => {
    clock.at = at
    told.length = 0
    looks += 1
    await look(looks, ...roles)
    const [list] = told.flatMap((event) => (event.type === 'polled' ? event.connectors : []))
    return list ? [list.connectors[1]?.promotion.map(({ id }) => id), list.outlook.notes] : null
  }
  await present.landListing('a', [listed], { complete: true, surplus: 0, sentAt: 10, at: 10 })
  const notStable = 'ago and may not be stable yet.'
  const outbound = expect.stringMatching(/^Outbound/)
  for (const s of [2, 8]) {
    expect(await lookAt(s * 1000, 'active', 'passive')).toEqual([
      ['just-connected', 'outbound-stays'],
      [`c1: It connected only ${s} s ${notStable}`, outbound],
    ])
  }
  expect(await lookAt(60_003, 'active', 'passive')).toEqual([['outbound-stays'], [outbound]])
  expect(await lookAt(62_000, 'active', 'passive')).toBeNull()
  // No standby is named where nobody is active, and yet it is told.
  expect(await lookAt(10_000, 'none', 'passive')).toEqual([
    ['just-connected', 'outbound-stays'],
    [],
  ])
  expect(await lookAt(62_000, 'none', 'passive')).toEqual([['outbound-stays'], []])
  expect(await lookAt(64_000, 'none', 'passive')).toBeNull()
})
