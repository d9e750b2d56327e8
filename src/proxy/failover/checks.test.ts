import { describe, expect, test } from 'vitest'
import { activeChangedText, checkIds, checkRules } from '#contract/failover-checks.ts'
import type { HaMode } from '#contract/tunnel.ts'
import type { SeenConnector } from '../cloudflare/translate.ts'
import { isAsListed } from '../faults/promised.ts'
import {
  compareVersions,
  type Evidence,
  failoverChecks,
  outboundSentence,
  outlookOf,
  promotionChecks,
  readinessOf,
  reconnectsOf,
  type Situation,
} from './checks.ts'

const now = 1_700_000_000_000
const hour = 3_600_000

const connection = (more: Partial<SeenConnector['connections'][number]> = {}) => ({
  id: 'c',
  colo: 'lhr16',
  originIp: '198.51.100.7',
  openedAt: now - hour,
  clientVersion: null,
  pendingReconnect: null,
  ...more,
})
const connector = (id: string, more: Partial<SeenConnector> = {}): SeenConnector => ({
  id,
  role: 'passive',
  roleReported: null,
  version: '2026.9.558.0',
  arch: null,
  features: null,
  runAt: now - hour,
  connections: [connection()],
  colos: [`${id}-colo`],
  originIps: [`${id}-ip`],
  ...more,
})
const active = connector('aaaaaaaa-1', { role: 'active' })
const standby = connector('bbbbbbbb-2')
const situation = (more: Partial<Situation> = {}): Situation => ({
  ha: true,
  haMode: 'local',
  deleted: false,
  connectors: [active, standby],
  now,
  ...more,
})
const idsOf = (target: SeenConnector, more: Partial<Situation> = {}) =>
  promotionChecks(target, situation({ connectors: [active, target], ...more })).map(
    ({ id, kind }) => `${kind} ${id}`,
  )

describe('what speaks against a promotion', () => {
  test('nothing, for a healthy standby elsewhere', () => {
    expect(idsOf(standby)).toEqual([])
  })

  test.each<[string, SeenConnector, Partial<Situation>, string[]]>([
    ['a deleted tunnel', standby, { deleted: true }, ['block tunnel-deleted']],
    ['a tunnel without HA', standby, { ha: false }, ['block not-ha']],
    ['the active one', active, {}, ['block already-active']],
    ['an offline one', connector('b', { role: 'offline', connections: [] }), {}, ['block offline']],
    ['one without a connection', connector('b', { connections: [] }), {}, ['block not-connected']],
    [
      'one that only waits to reconnect',
      connector('b', { connections: [connection({ pendingReconnect: true })] }),
      {},
      ['block not-connected'],
    ],
    [
      'a role that nobody knows',
      connector('b', { role: 'unknown', roleReported: 'draining' }),
      {},
      ['block role-unknown'],
    ],
    ['no role', connector('b', { role: 'none' }), {}, ['block role-not-reported']],
    ['no role and no HA', connector('b', { role: 'none' }), { ha: false }, ['block not-ha']],
    [
      'connected for 59 s',
      connector('b', { connections: [connection({ openedAt: now - 59_000 })] }),
      {},
      ['risk just-connected'],
    ],
    [
      'connected for 10 s, while its earlier connections wait to come back',
      connector('b', {
        connections: [
          connection({ pendingReconnect: true }),
          connection({ openedAt: now - 10_000 }),
        ],
      }),
      {},
      ['risk just-connected'],
    ],
    [
      'connected for 60 s',
      connector('b', { connections: [connection({ openedAt: now - 60_000 })] }),
      {},
      [],
    ],
    [
      'one new connection beside an old one',
      connector('b', { connections: [connection(), connection({ openedAt: now })] }),
      {},
      [],
    ],
    [
      'not known since when',
      connector('b', { connections: [connection({ openedAt: null })] }),
      {},
      [],
    ],
    ['an older version', connector('b', { version: '2026.8.779.0' }), {}, ['risk older-version']],
    ['a newer version', connector('b', { version: '2026.10.1.0' }), {}, []],
    ['no version', connector('b', { version: null }), {}, []],
    ['the same address', connector('b', { originIps: active.originIps }), {}, ['risk same-origin']],
    ['the same colo', connector('b', { colos: active.colos }), {}, ['risk same-colo']],
    ['no provider for outbound', standby, { haMode: 'none' }, ['risk outbound-stays']],
    ['HA disabled', standby, { haMode: 'disabled' }, ['risk outbound-stays']],
    ['an unknown mode', standby, { haMode: null }, ['risk outbound-stays']],
    ['aws moves the address', standby, { haMode: 'aws' }, []],
    [
      'everything at once, blocks first',
      connector('b', {
        role: 'offline',
        connections: [],
        version: '1.0',
        originIps: active.originIps,
      }),
      { deleted: true, haMode: 'none' },
      [
        'block tunnel-deleted',
        'block offline',
        'risk older-version',
        'risk same-origin',
        'risk outbound-stays',
      ],
    ],
  ])('%s', (_, target, more, ids) => {
    expect(idsOf(target, more)).toEqual(ids)
    for (const { sentence } of promotionChecks(target, situation(more))) {
      expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })

  test('a clock that is behind makes no negative age', () => {
    const fresh = connector('b', { connections: [connection({ openedAt: now + 600_000 })] })
    expect(promotionChecks(fresh, situation())[0]?.sentence).toMatch(/only 0 s ago/)
  })
})

const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  ...situation(),
  readAgeMs: 0,
  barriers: [],
  reconnects: 0,
  lostAgeMs: null,
  failoverAgesMs: [],
  switchAgeMs: null,
  ...more,
})
const foundIn = (more: Partial<Evidence> = {}, target: string | null = standby.id) =>
  failoverChecks(target, evidence(more)).map(({ id }) => id)

describe('everything that speaks against a failover', () => {
  test('a healthy standby: only that open sessions may hang', () => {
    expect(foundIn()).toEqual(['sessions-hang'])
  })

  test('nobody active, so no session to lose: nothing at all', () => {
    expect(foundIn({ connectors: [standby] })).toEqual([])
  })

  const others = [active, connector('b', { role: 'passive', version: '1.0' })]
  test.each<[string, Partial<Evidence>, string | null, string[]]>([
    ['a deleted tunnel', { deleted: true }, standby.id, ['tunnel-deleted']],
    ['no HA', { ha: false }, standby.id, ['not-ha']],
    ['no HA, and no target named', { ha: false }, null, ['not-ha']],
    [
      'a lock-out',
      { barriers: [{ id: 'locked-out', sentence: 'No.' }] },
      standby.id,
      ['locked-out'],
    ],
    [
      'a token without Write',
      { barriers: [{ id: 'no-write', sentence: 'No.' }] },
      null,
      ['no-write'],
    ],
    [
      'a full disk',
      { barriers: [{ id: 'not-recording', sentence: 'No.' }] },
      null,
      ['not-recording'],
    ],
    [
      'Cloudflare is silent',
      { barriers: [{ id: 'cloudflare-silent', sentence: 'No.' }] },
      null,
      ['cloudflare-silent'],
    ],
    [
      'another one runs',
      { barriers: [{ id: 'failover-running', sentence: 'Ana.' }] },
      standby.id,
      ['failover-running'],
    ],
    ['another one was seen active', { seenActiveId: 'x' }, standby.id, ['active-changed']],
    [
      'two are active now',
      {
        seenActiveId: active.id,
        connectors: [active, connector('b', { role: 'active' }), standby],
      },
      standby.id,
      ['active-changed'],
    ],
    ['nobody was seen active', { seenActiveId: null }, standby.id, ['active-changed']],
    ['the right one was seen active', { seenActiveId: active.id }, standby.id, []],
    ['a target that is not listed', {}, 'x', ['not-linked']],
    ['the active one', {}, active.id, ['already-active']],
    [
      'an offline one',
      { connectors: [active, connector('o', { role: 'offline', connections: [] })] },
      'o',
      ['offline'],
    ],
    [
      'no connection',
      { connectors: [active, connector('o', { connections: [] })] },
      'o',
      ['not-connected'],
    ],
    [
      'an unknown role',
      { connectors: [active, connector('o', { role: 'unknown', roleReported: 'draining' })] },
      'o',
      ['role-unknown'],
    ],
    [
      'no role',
      { connectors: [active, connector('o', { role: 'none' })] },
      'o',
      ['role-not-reported'],
    ],
    [
      'connected for 59 s',
      {
        connectors: [
          active,
          connector('o', { connections: [connection({ openedAt: now - 59_000 })] }),
        ],
      },
      'o',
      ['just-connected'],
    ],
    ['two reconnects', { reconnects: 2 }, standby.id, []],
    ['three reconnects in the last hour', { reconnects: 3 }, standby.id, ['reconnects']],
    ['a connection lost 59 s ago', { lostAgeMs: 59_999 }, standby.id, ['just-disconnected']],
    ['a connection lost 60 s ago', { lostAgeMs: 60_000 }, standby.id, []],
    ['a failover 59 s ago', { failoverAgesMs: [59_999] }, standby.id, ['cool-down']],
    ['a failover 60 s ago', { failoverAgesMs: [60_000] }, standby.id, []],
    ['Cloudflare’s own 59 s ago', { switchAgeMs: 59_999 }, standby.id, ['cool-down']],
    ['Cloudflare’s own 60 s ago', { switchAgeMs: 60_000 }, standby.id, []],
    ['the second in 10 minutes', { failoverAgesMs: [400_000] }, standby.id, []],
    ['the third in 10 minutes', { failoverAgesMs: [400_000, 599_999] }, standby.id, ['repeated']],
    ['the third in more', { failoverAgesMs: [400_000, 600_000] }, standby.id, []],
    ['a look of 15 s ago', { readAgeMs: 15_000 }, standby.id, []],
    ['a look of more than 15 s ago', { readAgeMs: 15_001 }, standby.id, ['stale-read']],
    [
      'a look of more than 2 s for this very failover',
      { readAgeMs: 2001, isReadForIt: true },
      standby.id,
      ['stale-read'],
    ],
    ['an older version', { connectors: others }, 'b', ['older-version']],
    [
      'the same origin',
      { connectors: [active, connector('o', { originIps: active.originIps })] },
      'o',
      ['same-origin'],
    ],
    [
      'the same colo',
      { connectors: [active, connector('o', { colos: active.colos })] },
      'o',
      ['same-colo'],
    ],
    ['no provider for outbound', { haMode: 'none' }, standby.id, ['outbound-stays']],
    ['an unknown mode', { haMode: null }, standby.id, ['outbound-stays']],
  ])('%s', (_, more, target, ids) => {
    expect(foundIn(more, target)).toEqual([...ids, 'sessions-hang'])
    for (const { id, sentence, why, link } of failoverChecks(target, evidence(more))) {
      expect(sentence).toMatch(/^[A-Z].*\.$/)
      expect(why).toMatch(/^[A-Z].*\.$/)
      expect(link).toBe(`/failover-checks#${id}`)
    }
    const seen = failoverChecks(target, evidence({ ...more, barriers: [] }))
    expect(seen.filter((check) => !isAsListed(check))).toEqual([])
  })

  test.each([
    [[], 'aaaaaaaa-1', 'Active is now no connector, not aaaaaaaa'],
    [['bbbbbbbb-2'], 'aaaaaaaa-1', 'Active is now bbbbbbbb, not aaaaaaaa'],
    [
      ['aaaaaaaa-1', 'bbbbbbbb-2'],
      'aaaaaaaa-1',
      'Active is now aaaaaaaa and bbbbbbbb, not aaaaaaaa alone',
    ],
    // Whoever saw none may have seen two.
    [['bbbbbbbb-2'], null, 'Active is now bbbbbbbb, not as it was seen'],
  ])('who is active now: %j, and was: %s', (activeIds, seenId, text) => {
    expect(activeChangedText(activeIds, seenId)).toBe(text)
  })

  test('one rule is one risk, though it speaks of two active ones', () => {
    const newer = (id: string, version: string) =>
      connector(id, { role: 'active', version, colos: active.colos })
    const target = connector('b', { version: '2026.8.779.0', colos: active.colos })
    const connectors = [newer('a', '2026.9.558.0'), newer('c', '2026.10.1.0'), target]
    const risks = promotionChecks(target, situation({ connectors }))
    expect(risks.map(({ sentence }) => sentence)).toEqual([
      'It runs 2026.8.779.0, older than the active connector’s 2026.9.558.0. It runs 2026.8.779.0, older than the active connector’s 2026.10.1.0.',
      'It shares the colo aaaaaaaa-1-colo with the active connector.',
    ])
    expect(foundIn({ connectors }, 'b')).toEqual(['older-version', 'same-colo', 'sessions-hang'])
  })

  test('blocks first, then grave risks, then the others; each rule once', () => {
    const twins = [active, { ...active, id: 'twin' }, { ...standby, colos: active.colos }]
    const more = {
      connectors: twins,
      deleted: true,
      reconnects: 4,
      failoverAgesMs: [1000, 2000],
      lostAgeMs: 0,
    }
    expect(foundIn(more)).toEqual([
      'tunnel-deleted',
      'reconnects',
      'repeated',
      'same-colo',
      'just-disconnected',
      'cool-down',
      'sessions-hang',
    ])
  })

  test('the list says of every rule what it is, how grave, and why', () => {
    expect(Object.keys(checkRules)).toEqual([...checkIds])
    const grave = checkIds.filter((id) => checkRules[id].grave)
    expect(grave).toEqual(['just-connected', 'reconnects', 'repeated', 'stale-read'])
    const blocks = checkIds.filter((id) => checkRules[id].kind === 'block')
    expect(blocks).toHaveLength(14)
  })
})

test.each<[string, number[], number]>([
  ['nothing known', [], 0],
  ['it came once, and stays', [10], 0],
  ['it was there before and stays', [-100], 0],
  ['it was there before and came back', [-100, 10], 1],
  ['it was there before and came back three times', [-100, 10, 100, 200], 3],
  ['four connections of one coming', [-100, 10, 11, 13, 15], 1],
  ['it came, and came back twice', [10, 100, 200], 2],
  ['in no order', [200, -100, 10, 100], 3],
])('coming back: %s', (_, seconds, times) => {
  const lives = seconds.map((second) => ({ openedAt: now + second * 1000 }))
  expect(reconnectsOf(lives, now)).toBe(times)
})

test.each([
  ['2026.9.558.0', '2026.10.1.0', -1],
  ['2026.9.558.0', '2026.9.558.0', 0],
  ['2026.9', '2026.9.0.0', 0],
  ['2026.9.1', '2026.9', 1],
  [null, '1', 0],
  ['1', null, 0],
  ['2026.x', '2026.9', 0],
  ['2026.9-beta', '2026.9-alpha', 0],
])('version %s against %s: %i', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign)
})

test.each<[HaMode | null, RegExp]>([
  ['aws', /^$/],
  ['local', /^$/],
  ['none', /the HA mode is “none”/],
  ['disabled', /HA is disabled/],
  [null, /does not report the HA mode/],
])('outbound traffic with %s', (mode, says) => {
  expect(outboundSentence(mode) ?? '').toMatch(says)
})

describe('readiness and outlook', () => {
  const offline = connector('cccccccc-3', { role: 'offline', connections: [] })
  const odd = connector('d', { role: 'unknown', roleReported: 'draining' })
  const pending = connector('e', { connections: [connection({ pendingReconnect: true })] })
  const sharing = connector('ffffffff-6', { originIps: active.originIps })
  const plain = connector('g', { role: 'none' })
  test.each<[string, SeenConnector[] | null, boolean | null, string, number, string, RegExp]>([
    ['not read yet', null, null, 'unknown', 0, 'unknown', /can’t tell|not read/],
    ['an unknown role', [active, odd], true, 'unknown', 0, 'unknown', /role that it does not know/],
    [
      'a standby elsewhere',
      [active, standby],
      true,
      'ready',
      1,
      'good',
      /promotes 1 standby, typically/,
    ],
    ['two', [active, standby, connector('h')], true, 'ready', 2, 'good', /one of 2 standbys/],
    [
      'one that shares its fate',
      [active, sharing],
      true,
      'ready',
      1,
      'weak',
      /it shares an origin IP/,
    ],
    ['nobody behind it', [active, offline], true, 'exposed', 0, 'bad', /nobody takes over/],
    [
      'one that is about to come back',
      [active, pending],
      true,
      'exposed',
      0,
      'bad',
      /nobody takes/,
    ],
    ['nobody active', [standby], true, 'no-active', 1, 'bad', /^No connector is active/],
    [
      'an active one without a connection',
      [{ ...active, connections: [] }, standby],
      true,
      'no-active',
      1,
      'bad',
      /is called active but has no connection/,
    ],
    [
      'an active one that is only about to come back',
      [{ ...pending, role: 'active' }, standby],
      true,
      'no-active',
      1,
      'bad',
      /nobody has taken over yet/,
    ],
    ['nobody connected', [offline], true, 'disconnected', 0, 'bad', /^No connector is connected/],
    ['nobody at all', [], true, 'disconnected', 0, 'bad', /^No connector is known/],
    [
      'two active',
      [active, { ...standby, role: 'active' }],
      true,
      'conflict',
      0,
      'bad',
      /2 active/,
    ],
    ['no role at all, and HA not known', [plain], null, 'unknown', 0, 'unknown', /no HA role/],
    ['no role at all, though HA is on', [plain], true, 'unknown', 0, 'unknown', /no HA role/],
    ['a standby, and one without a role', [plain, standby], true, 'no-active', 1, 'bad', /^No/],
    [
      'no role and no connection',
      [{ ...plain, connections: [] }],
      null,
      'disconnected',
      0,
      'bad',
      /^No connector is connected/,
    ],
    ['no HA', [plain], false, 'not-ha', 0, 'weak', /has no HA/],
    ['no HA and nobody there', [], false, 'not-ha', 0, 'bad', /^Nothing is connected/],
  ])('%s', (_, connectors, ha, readiness, standbyCount, verdict, says) => {
    expect(readinessOf(connectors, ha)).toEqual({ readiness, standbyCount })
    if (connectors === null) return
    const outlook = outlookOf(situation({ connectors, ha }))
    expect(outlook.verdict).toBe(verdict)
    expect(outlook.sentence).toMatch(says)
  })

  test('notes name what weakens each standby, and what outbound traffic does', () => {
    const old = connector('11111111-8', { version: '1.0' })
    const { notes } = outlookOf(situation({ connectors: [active, old], haMode: 'none' }))
    expect(notes).toEqual([
      expect.stringMatching(/^11111111: It runs 1\.0, older/),
      expect.stringMatching(/^Outbound traffic of the site does not follow/),
    ])
  })
})
