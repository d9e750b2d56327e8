import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditPage } from '#contract/audit.ts'
import type { Pairing, Screen } from '#contract/people.ts'
import { startRig } from './rig.ts'
import { createVisitor, join, kindOf, publicUrl, setUp, type Visitor } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** S18: a screen on a wall, how it gets its access, what it may, and how it ends. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let admin: Visitor
let leaptMs = 0
const leap = (ms: number) => {
  leaptMs += ms
}
const minuteMs = 60_000
const dayMs = 86_400_000

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.end())
beforeEach(async () => {
  leaptMs = 0
  const clock = (now: () => number) => () => now() + leaptMs
  rig = await startRig(world, { signIn: 'people', publicUrl, clock })
  admin = await setUp(rig)
  return () => rig.end()
})

const reads = (visitor: Visitor) => visitor.outcome('GET', '/tunnels')
const grant = { name: 'Wall', view: '/', days: 90 }

/** A paired screen. */
async function pair(address = '192.0.2.77') {
  const screen = createVisitor(rig, address)
  const { json } = await screen.ask('POST', '/screens/pairings')
  const { code, secret } = json as Pairing
  await admin.ask('POST', '/screens/approvals', { code, ...grant })
  await screen.ask('POST', '/screens/claims', { secret })
  return { screen, code, secret }
}
const list = async () =>
  ((await admin.ask('GET', '/screens')).json as { screens: Screen[] }).screens

describe('S18 pairing', () => {
  test('a screen shows a code, waits, is approved, and has a cookie of its own', async () => {
    const screen = createVisitor(rig, '192.0.2.77')
    const { json } = await screen.ask('POST', '/screens/pairings')
    const { code, secret } = json as Pairing
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    const claim = () => screen.ask('POST', '/screens/claims', { secret })
    expect((await claim()).json).toMatchObject({ state: 'waiting' })
    expect(await reads(screen)).toBe('401 sign-in-needed')
    const typed = code.toLowerCase().replace('-', ' ')
    expect(await admin.outcome('POST', '/screens/approvals', { code: typed, ...grant })).toBe('200')
    const paired = await claim()
    expect(paired.json).toEqual({ state: 'paired', view: '/' })
    const [line] = paired.headers.getSetCookie()
    expect(line).toMatch(
      /^__Host-screen=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=7776000$/,
    )
    expect(await reads(screen)).toBe('200')
    expect(await list()).toMatchObject([{ name: 'Wall', addedBy: 'Ada', from: '192.0.2.77' }])
    // Its secret opened something once, and so did its code.
    expect(kindOf((await claim()).json)).toBe('link-spent')
    expect(await admin.outcome('POST', '/screens/approvals', { code, ...grant })).toBe(
      '404 not-found',
    )
  })

  test('a code is good for ten minutes, and five wrong ones in that time are enough', async () => {
    const screen = createVisitor(rig)
    const { json } = await screen.ask('POST', '/screens/pairings')
    const { code, secret } = json as Pairing
    leap(10 * minuteMs)
    expect(await admin.outcome('POST', '/screens/approvals', { code, ...grant })).toBe(
      '404 not-found',
    )
    expect(await screen.outcome('POST', '/screens/claims', { secret })).toBe('410 link-spent')
    const wrong = (n: number) =>
      admin.outcome('POST', '/screens/approvals', { code: `WRNG-000${n}`, ...grant })
    for (let n = 0; n < 4; n += 1) expect(await wrong(n)).toBe('404 not-found')
    expect(await wrong(4)).toBe('429 too-many-attempts')
    leap(10 * minuteMs)
    expect(await wrong(5)).toBe('404 not-found')
  })

  test('a link is good once, for ten minutes, and its secret is in no address', async () => {
    const make = async () => {
      const { json } = await admin.ask('POST', '/screens/links', grant)
      return (json as { path: string }).path
    }
    const path = await make()
    const { pathname, hash } = new URL(path, publicUrl)
    expect(pathname).toBe('/screen')
    const machine = createVisitor(rig)
    const secret = hash.slice(1)
    expect(await machine.outcome('POST', '/screens/claims', { secret })).toBe('200')
    expect(await reads(machine)).toBe('200')
    expect(await createVisitor(rig).outcome('POST', '/screens/claims', { secret })).toBe(
      '410 link-spent',
    )
    const late = (await make()).split('#')[1]
    leap(10 * minuteMs)
    expect(await createVisitor(rig).outcome('POST', '/screens/claims', { secret: late })).toBe(
      '410 link-spent',
    )
  })

  test.each([
    ['is removed', (id: string) => admin.ask('DELETE', `/people/${id}`)],
    ['is switched off', (id: string) => admin.ask('PATCH', `/people/${id}`, { disabled: true })],
    [
      'is no admin any more',
      (id: string) => admin.ask('PATCH', `/people/${id}`, { role: 'operator' }),
    ],
  ])('opens nothing once whoever granted it %s', async (_, take) => {
    const { visitor: ben, personId } = await join(rig, admin, 'Ben', 'admin')
    const { json: link } = await ben.ask('POST', '/screens/links', grant)
    const byLink = createVisitor(rig)
    const byCode = createVisitor(rig)
    const { code, secret } = (await byCode.ask('POST', '/screens/pairings')).json as Pairing
    expect(await ben.outcome('POST', '/screens/approvals', { code, ...grant })).toBe('200')
    expect((await take(personId)).status).toBe(200)
    const linked = (link as { path: string }).path.split('#')[1]
    expect(await byLink.outcome('POST', '/screens/claims', { secret: linked })).toBe(
      '410 link-spent',
    )
    expect(await byCode.outcome('POST', '/screens/claims', { secret })).toBe('410 link-spent')
    expect(await list()).toEqual([])
    expect(await reads(byLink)).toBe('401 sign-in-needed')
  })

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'wall', '/wa ll', ''])(
    'a screen can’t be sent to %j',
    async (view) => {
      expect(await admin.outcome('POST', '/screens/links', { ...grant, view })).toBe(
        '400 invalid-request',
      )
    },
  )

  test('is on record when a screen takes its access: which one, from where, and who granted it', async () => {
    await pair()
    const [screen] = await list()
    const id = `screen:${screen?.id}`
    const { json } = await admin.ask('GET', '/audit?what=screen-claimed')
    expect((json as AuditPage).records).toMatchObject([
      {
        who: { id, name: 'Wall', role: 'screen' },
        from: '192.0.2.77',
        target: id,
        facts: { view: '/', days: 90, by: 'Ada' },
        requestId: expect.any(String),
        outcomes: [],
      },
    ])
  })

  test('comes to nothing on a disk that refuses, and to one screen once it is well', async () => {
    const { json } = await admin.ask('POST', '/screens/links', grant)
    const secret = (json as { path: string }).path.split('#')[1]
    const screen = createVisitor(rig, '192.0.2.77')
    const claim = () => screen.outcome('POST', '/screens/claims', { secret })
    await rig.db.schema.alterTable('audit').renameTo('elsewhere').execute()
    expect(await claim()).toBe('503 not-recorded')
    await rig.db.schema.alterTable('elsewhere').renameTo('audit').execute()
    await sql`create trigger full before insert on screens begin select raise(abort, 'full'); end`.execute(
      rig.db,
    )
    // A screen asks again while its first claim is under way: no other one has used it.
    for (const each of await Promise.all([claim(), claim()])) expect(each).toMatch(/^500 /)
    await sql`drop trigger full`.execute(rig.db)
    expect(await reads(screen)).toBe('401 sign-in-needed')
    const both = await Promise.all([claim(), claim()])
    expect(both.toSorted()).toEqual(['200', '410 link-spent'])
    expect(await list()).toHaveLength(1)
    const told = (await admin.ask('GET', '/audit?what=screen-claimed')).json as AuditPage
    expect(told.records.map(({ outcomes }) => outcomes.map(({ result }) => result))).toEqual([
      [],
      ['internal'],
      ['internal'],
    ])
  })

  test('one network can let five wait, which keeps no other one and no admin’s link out', async () => {
    const begin = (from: string) => createVisitor(rig, from).outcome('POST', '/screens/pairings')
    const outcomes = []
    for (let n = 0; n < 60; n += 1) outcomes.push(await begin(`2001:db8:0:1::${n}`))
    expect(outcomes.filter((outcome) => outcome === '201')).toHaveLength(5)
    expect(outcomes.at(-1)).toBe('429 too-many-attempts')
    for (let n = 0; n < 60; n += 1) expect(await begin(`198.51.100.${n}`)).toBe('201')
    expect(await admin.outcome('POST', '/screens/links', grant)).toBe('201')
    expect((await pair()).screen.jar.has('__Host-screen')).toBe(true)
  })

  test('who ceased to ask for its access makes room, who goes on asking keeps its code', async () => {
    const stays = createVisitor(rig)
    const { secret } = (await stays.ask('POST', '/screens/pairings')).json as Pairing
    for (let n = 0; n < 4; n += 1) await createVisitor(rig).ask('POST', '/screens/pairings')
    expect(await createVisitor(rig).outcome('POST', '/screens/pairings')).toBe(
      '429 too-many-attempts',
    )
    leap(minuteMs)
    expect(await stays.outcome('POST', '/screens/claims', { secret })).toBe('200')
    leap(minuteMs)
    expect(await stays.outcome('POST', '/screens/claims', { secret })).toBe('200')
    expect(await createVisitor(rig).outcome('POST', '/screens/pairings')).toBe('201')
  })
})

describe('S18 a screen’s access', () => {
  test('ends at once when it is taken away', async () => {
    const { screen } = await pair()
    const [row] = await list()
    expect(await admin.outcome('DELETE', `/screens/${row?.id}`)).toBe('200')
    expect(await reads(screen)).toBe('401 sign-in-needed')
    expect(await list()).toEqual([])
  })

  test('ends after its days, and after 14 days without being used', async () => {
    const { screen: used } = await pair()
    const { screen: idle } = await pair('192.0.2.78')
    for (let days = 0; days < 13; days += 1) {
      leap(dayMs)
      expect(await reads(used)).toBe('200')
    }
    leap(dayMs)
    expect(await reads(idle)).toBe('401 sign-in-needed')
    for (let days = 14; days < 89; days += 1) {
      leap(dayMs)
      expect(await reads(used)).toBe('200')
    }
    leap(dayMs)
    expect(await reads(used)).toBe('401 sign-in-needed')
  })

  test('has another cookie every week, and an answer that is lost on its way costs nothing', async () => {
    const { screen } = await pair()
    const first = screen.jar.get('__Host-screen')
    leap(8 * dayMs)
    // The answer with the new cookie never arrives.
    const lost = screen.elsewhere('192.0.2.77')
    // Nobody touches a wall.
    await lost.ask('GET', '/tunnels', undefined, { 'tandem-idle': '1' })
    expect(lost.jar.get('__Host-screen')).not.toBe(first)
    leap(minuteMs)
    expect(await reads(screen)).toBe('200')
    const second = screen.jar.get('__Host-screen')
    expect(second).not.toBe(first)
    expect(await reads(screen)).toBe('200')
    // Once the new one was seen, the old one opens nothing, but what was sent at the same moment.
    leap(minuteMs)
    const thief = createVisitor(rig)
    thief.jar.set('__Host-screen', first ?? '')
    expect(await reads(thief)).toBe('401 sign-in-needed')
    expect(await reads(screen)).toBe('200')
  })

  test('has one new cookie for all that its page asked at the moment of the change', async () => {
    const { screen } = await pair()
    leap(8 * dayMs)
    const old = screen.jar.get('__Host-screen') ?? ''
    const late = screen.elsewhere('192.0.2.77')
    const answers = await Promise.all(
      ['/tunnels', '/activity', '/history/summary'].map((path) => screen.ask('GET', path)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const lines = answers.flatMap(({ headers }) => headers.getSetCookie())
    expect(lines).toHaveLength(1)
    const next = screen.jar.get('__Host-screen')
    expect(next).not.toBe(old)
    // One of that moment comes in after the new cookie was seen, and changes nothing.
    expect(await reads(screen)).toBe('200')
    expect(await reads(late)).toBe('200')
    expect(late.jar.get('__Host-screen')).toBe(old)
    leap(minuteMs)
    expect(await reads(late)).toBe('401 sign-in-needed')
    expect(await reads(screen)).toBe('200')
    expect(screen.jar.get('__Host-screen')).toBe(next)
  })

  test('that is used from more than two places stands out', async () => {
    const { screen } = await pair()
    expect(await list()).toMatchObject([{ isSpread: false }])
    await reads(screen)
    for (const from of ['198.51.100.1', '198.51.100.2']) await reads(screen.elsewhere(from))
    expect(await list()).toMatchObject([{ isSpread: true }])
    leap(16 * minuteMs)
    await reads(screen)
    expect(await list()).toMatchObject([{ isSpread: false }])
  })

  test('shows no address of an origin, no name and no word of a person', async () => {
    const { tunnelId, connectorIds } = await world.addTunnel('edge')
    await rig.time.run(15_000)
    const { visitor: operator } = await join(rig, admin, 'Canary Person', 'operator')
    const found = await operator.ask('GET', `/tunnels/${tunnelId}/connectors`)
    const { connectors } = found.json as { connectors: { originIps: string[] }[] }
    const addresses = connectors.flatMap(({ originIps }) => originIps)
    expect(addresses.length).toBeGreaterThan(0)
    const { screen } = await pair()
    const told: string[] = []
    const ear = { isScreen: true, watching: new Set([tunnelId]) }
    rig.tandem.parts.bus.subscribe((frame) => told.push(frame.bytesFor(ear).toString()))
    const { json: checks } = await rig.time.during(
      operator.ask('GET', `/tunnels/${tunnelId}/failovers/checks?to=${connectorIds[1]}`),
    )
    const risks = (checks as { checks: { id: string; kind: string }[] }).checks
    const started = await rig.time.during(
      operator.ask('POST', `/tunnels/${tunnelId}/failovers`, {
        client_id: connectorIds[1],
        expected_active_id: connectorIds[0],
        ticked: risks.filter(({ kind }) => kind === 'risk').map(({ id }) => id),
        reason: 'canary reason',
      }),
    )
    expect(started.status).toBe(202)
    await rig.time.run(2 * minuteMs)
    const { id } = started.json as { id: string }
    for (const path of [
      '/session',
      '/tunnels',
      `/tunnels/${tunnelId}`,
      `/tunnels/${tunnelId}/connectors`,
      `/tunnels/${tunnelId}/connectors/${connectorIds[0]}`,
      `/failovers/${id}`,
      '/history/summary',
    ]) {
      const { status, json } = await screen.ask('GET', path)
      expect([path, status]).toEqual([path, 200])
      told.push(JSON.stringify(json))
    }
    const { bus, snapshot } = rig.tandem.parts
    told.push(bus.frameNow(snapshot()).bytesFor(ear).toString())
    const text = told.join('\n')
    expect(text).toContain(tunnelId)
    expect(text).toContain('failoverChanged')
    expect(text).not.toMatch(/canary/i)
    for (const address of addresses) expect(text).not.toContain(address)
    await rig.time.run(15 * minuteMs)
  })

  test('hears of two connectors behind one address and of a token from the wrong one, and of no address', async () => {
    const address = '203.0.113.77'
    const { tunnelId } = await world.addTunnel('edge', 0)
    for (const _ of [1, 2])
      await world.order(`/tunnels/${tunnelId}/add-connector`, { originIp: address })
    await rig.time.run(5 * minuteMs)
    const { screen } = await pair()
    const told: string[] = []
    const ear = { isScreen: true, watching: new Set([tunnelId]) }
    const { bus, snapshot } = rig.tandem.parts
    bus.subscribe((frame) => told.push(frame.bytesFor(ear).toString()))
    const asks = async () => {
      for (const path of ['/session', '/tunnels', `/tunnels/${tunnelId}`]) {
        told.push(JSON.stringify((await screen.ask('GET', path)).json))
      }
      told.push(bus.frameNow(snapshot()).bytesFor(ear).toString())
    }
    const { json } = await admin.ask('GET', `/tunnels/${tunnelId}/connectors`)
    expect(JSON.stringify(json)).toContain(`It shares the origin IP ${address}`)
    const { json: seen } = await screen.ask('GET', `/tunnels/${tunnelId}/connectors`)
    expect(seen).toMatchObject({ outlook: { verdict: 'weak' }, connectors: [{}, {}] })
    told.push(JSON.stringify(seen))
    await world.order(`/tunnels/${tunnelId}/add-connector`, { originIp: address })
    await rig.time.run(minuteMs)
    await asks()

    const message = `Cannot use the access token from location: ${address}`
    await world.breakWith({ kind: 'status', status: 403, code: 9109, message })
    await rig.time.run(2 * minuteMs)
    expect(JSON.stringify((await admin.ask('GET', '/session')).json)).toContain(message)
    await asks()
    await world.heal()
    const text = told.join('\n')
    expect(text).toMatch(/"type":"polled".*"connectors":\[\{/)
    expect(text).toContain('"type":"pollerChanged"')
    expect(text).not.toContain(address)
  })

  test('spends no call of Cloudflare’s', async () => {
    const { tunnelId } = await world.addTunnel('wall')
    await rig.time.run(5 * minuteMs)
    const { screen } = await pair()
    const before = rig.calls.length
    expect(await screen.outcome('GET', `/tunnels/${tunnelId}?fresh=true`)).toBe('200')
    expect(await screen.outcome('GET', `/tunnels/${tunnelId}/connectors?fresh=true`)).toBe('200')
    expect(rig.calls).toHaveLength(before)
  })
})
