import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditPage } from '#contract/audit.ts'
import type { Person } from '#contract/people.ts'
import type { Problem } from '#contract/problem.ts'
import type { SessionAnswer } from '#contract/session.ts'
import { createSecret } from '../secret.ts'
import { audience, createAccessTeam, team } from './access-team.ts'
import { clientSecret, type IdentityProvider, startIdentityProvider } from './identity-provider.ts'
import { type RigOptions, startRig } from './rig.ts'
import { aheadBy } from './time.ts'
import { createVisitor, goodPassword, kindOf, publicUrl, setUp } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** People for whom others vouch: Cloudflare Access by a stand-in for its keys, OpenID Connect by a real provider. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
beforeEach(() => world.reset())
afterAll(() => world.end())

describe('Cloudflare Access in front', () => {
  let access: Awaited<ReturnType<typeof createAccessTeam>>
  beforeAll(async () => {
    access = await createAccessTeam()
  })

  async function watch(options: RigOptions = {}) {
    const rig = await startRig(world, {
      signIn: 'people',
      publicUrl,
      signInFetch: async () => Response.json(access.keys),
      outside: {
        localAccounts: false,
        access: {
          teamDomain: team,
          audience,
          roleClaim: null,
          roles: { admin: ['ada@example.com'], operator: [], viewer: ['*@example.com'] },
        },
      },
      ...options,
    })
    const sign = (email: string, change: Record<string, unknown> = {}) =>
      access.sign(email, rig.time.now(), change)
    const as = (token: string) => ({ 'cf-access-jwt-assertion': token })
    return { rig, visitor: createVisitor(rig), sign, as }
  }

  async function idOf(visitor: ReturnType<typeof createVisitor>, headers: Record<string, string>) {
    const { json } = await visitor.ask('GET', '/session', undefined, headers)
    return (json as SessionAnswer).me?.id.slice('person:'.length)
  }

  /** The token names the role itself. */
  const byClaim: RigOptions = {
    outside: {
      localAccounts: false,
      access: {
        teamDomain: team,
        audience,
        roleClaim: 'role',
        roles: { admin: ['admin'], operator: ['operator'], viewer: ['viewer'] },
      },
    },
  }

  test('whom it vouches for comes in, with the role of the settings, and is on record', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const bo = as(await sign('bo@example.com'))
    const session = (await visitor.ask('GET', '/session', undefined, ada)).json as SessionAnswer
    expect(session).toMatchObject({
      me: { name: 'ada@example.com', role: 'admin', method: 'access', maySignOut: false },
      signIn: { methods: ['access'], needsSetup: false, onlySetup: false },
    })
    const create = { name: 'edge', ha: true }
    expect((await visitor.ask('POST', '/tunnels', create, bo)).status).toBe(403)
    expect((await rig.time.during(visitor.ask('POST', '/tunnels', create, ada))).status).toBe(201)
    const { records } = (await visitor.ask('GET', '/audit', undefined, ada)).json as AuditPage
    expect(records.map(({ who, what }) => [who?.name ?? null, what])).toEqual([
      ['ada@example.com', 'tunnelCreate'],
      ['bo@example.com', 'refused'],
      ['bo@example.com', 'signed-in'],
      [null, 'person-added'],
      ['ada@example.com', 'signed-in'],
      [null, 'person-added'],
    ])
    await rig.end()
  })

  test('the role that it gives is changed there and not here, which says so and changes nothing', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const bo = as(await sign('bo@example.com'))
    const path = `/people/${await idOf(visitor, bo)}`
    const refused = await visitor.ask('PATCH', path, { role: 'admin', disabled: true }, ada)
    expect(refused).toMatchObject({
      status: 400,
      json: { detail: expect.stringMatching(/where this person signs in.* Change it there/) },
    })
    expect((await visitor.ask('PATCH', path, { role: 'viewer' }, ada)).status).toBe(200)
    expect((await visitor.ask('GET', '/tunnels', undefined, bo)).status).toBe(200)
    const { records } = (await visitor.ask('GET', '/audit', undefined, ada)).json as AuditPage
    expect(records.map(({ what }) => what)).not.toContain('person-changed')
    await rig.end()
  })

  test('the log sends nobody there for an admin where it makes none', async () => {
    const watching = async (admin: string[]) => {
      const access = {
        teamDomain: team,
        audience,
        roleClaim: null,
        roles: { admin, operator: [], viewer: ['*@example.com'] },
      }
      const { rig } = await watch({ outside: { localAccounts: true, access } })
      await rig.end()
      return rig.lines.join()
    }
    expect(await watching([])).toMatch(/Make one at \/setup within 30 minutes; the code/)
    expect(await watching(['ada@example.com'])).toContain(
      'or come in as one with Cloudflare Access;',
    )
  })

  test('who comes without its token, with a wrong one, by cookie or without a role does not', async () => {
    const { rig, visitor, sign, as } = await watch()
    const wrong = await visitor.ask('GET', '/session', undefined, as('made.up.token'))
    expect([wrong.status, kindOf(wrong.json)]).toEqual([403, 'sign-in-refused'])
    const none = as(await sign('eve@evil.net'))
    expect((await visitor.ask('GET', '/tunnels', undefined, none)).status).toBe(403)
    expect((await visitor.ask('GET', '/tunnels')).status).toBe(401)
    visitor.jar.set('CF_Authorization', await sign('ada@example.com'))
    expect((await visitor.ask('GET', '/tunnels')).status).toBe(401)
    // Nobody makes an admin of themselves beside it.
    expect(
      (await visitor.ask('POST', '/setup', { code: 'x', name: 'x', password: 'x' })).status,
    ).toBe(404)
    expect(rig.lines.join()).not.toContain('the code:')
    await rig.end()
  })

  test('nobody is taken in unrecorded', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    await rig.db.schema.alterTable('audit').renameTo('elsewhere').execute()
    const { status, json } = await visitor.ask('GET', '/session', undefined, ada)
    expect([status, kindOf(json)]).toEqual([503, 'not-recorded'])
    expect(await rig.db.selectFrom('people').select('id').execute()).toEqual([])
    await rig.db.schema.alterTable('elsewhere').renameTo('audit').execute()
    expect((await visitor.ask('GET', '/session', undefined, ada)).status).toBe(200)
    const { records } = (await visitor.ask('GET', '/audit', undefined, ada)).json as AuditPage
    const [person] = await rig.db.selectFrom('people').select('id').execute()
    expect(records.map(({ what, target }) => [what, target])).toEqual([
      ['signed-in', null],
      ['person-added', `person:${person?.id}`],
    ])
    await rig.end()
  })

  test('a page’s first requests, which come at once, take one person in', async () => {
    const { rig, visitor, sign, as } = await watch()
    const { vouched } = rig.tandem.parts.identity
    const bo = { subject: 'access:bo', name: 'Bo', role: 'viewer' } as const
    const rows = await Promise.all([vouched(bo), vouched(bo), vouched(bo)])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1)
    const ada = as(await sign('ada@example.com'))
    const { json } = await visitor.ask('GET', '/audit?what=person-added', undefined, ada)
    const names = (json as AuditPage).records.map(({ facts, outcomes }) => [facts.name, outcomes])
    expect(names).toEqual([
      ['ada@example.com', []],
      ['Bo', []],
    ])
    await rig.end()
  })

  test('a long name is cut between its characters, and the record of it is whole', async () => {
    const { rig } = await watch()
    const { audit, identity } = rig.tandem.parts
    const name = `${'a'.repeat(63)}\u{1f600}`
    for (const subject of ['access:1234567', `access:123456\u{1f600}`]) {
      await identity.vouched({ subject, name: `${name}more`, role: 'viewer' })
    }
    const { people } = identity
    expect((await people.list()).map((person) => person.name)).toEqual([
      `${'a'.repeat(54)} :123456\u{1f600}`,
      name,
    ])
    expect(await audit.verify()).toMatchObject({ isWhole: true })
    await rig.end()
  })

  test('a failover needs a token that is younger than an hour', async () => {
    const { tunnelId } = await world.addTunnel('edge')
    const { rig, visitor, sign, as } = await watch()
    await rig.looked()
    const old = Math.floor(rig.time.now() / 1000) - 3700
    const before = as(await sign('ada@example.com', { iat: old }))
    const token = await visitor.ask('GET', `/tunnels/${tunnelId}/token`, undefined, before)
    expect([token.status, kindOf(token.json)]).toEqual([401, 'sign-in-again'])
    const now = as(await sign('ada@example.com'))
    const again = visitor.ask('GET', `/tunnels/${tunnelId}/token`, undefined, now)
    expect((await rig.time.during(again)).status).toBe(200)
    await rig.end()
  })

  test('the machine’s clock is set back by two hours: a token of now is good, of now, and over when it says so', async () => {
    const { tunnelId } = await world.addTunnel('edge')
    const { setRight, ...clocks } = aheadBy(7_200_000)
    const { rig, visitor, sign, as } = await watch(clocks)
    await rig.looked()
    setRight()
    const now = Math.floor(rig.time.now() / 1000)
    const ada = as(await sign('ada@example.com', { iat: now, exp: now + 60 }))
    const path = `/tunnels/${tunnelId}/token`
    expect((await rig.time.during(visitor.ask('GET', path, undefined, ada))).status).toBe(200)
    await visitor.ask('DELETE', `/people/${await idOf(visitor, ada)}/sessions`, undefined, ada)
    expect((await visitor.ask('GET', '/session', undefined, ada)).status).toBe(403)
    await rig.time.run(1000)
    const later = Math.floor(rig.time.now() / 1000)
    const next = as(await sign('ada@example.com', { iat: later, exp: later + 60 }))
    expect((await visitor.ask('GET', '/session', undefined, next)).status).toBe(200)
    await rig.time.run(90_000)
    expect((await visitor.ask('GET', '/session', undefined, next)).status).toBe(403)
    await rig.end()
  })

  test('who is disabled is out at the next request; another role in the settings is the role', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const bo = as(await sign('bo@example.com'))
    await visitor.ask('GET', '/session', undefined, bo)
    const people = (await visitor.ask('GET', '/people', undefined, ada)).json as {
      people: { id: string; name: string; method: string }[]
    }
    const his = people.people.find(({ name }) => name === 'bo@example.com')
    expect(his?.method).toBe('access')
    await visitor.ask('PATCH', `/people/${his?.id}`, { disabled: true }, ada)
    expect((await visitor.ask('GET', '/tunnels', undefined, bo)).status).toBe(403)
    await rig.end()
  })

  test('an older token gives no role back that a newer one has taken, before a restart and after', async () => {
    const { rig, visitor, sign, as } = await watch(byClaim)
    const hourAgo = Math.floor(rig.time.now() / 1000) - 3600
    const old = as(await sign('bo@example.com', { role: 'admin', iat: hourAgo }))
    const young = as(await sign('bo@example.com', { role: 'viewer' }))
    const roleBy = async (asking: typeof visitor, token: typeof old) =>
      ((await asking.ask('GET', '/session', undefined, token)).json as SessionAnswer).me?.role
    const roles: unknown[] = []
    for (const token of [old, young, old, young, old]) roles.push(await roleBy(visitor, token))
    expect(roles).toEqual(['admin', 'viewer', 'viewer', 'viewer', 'viewer'])
    const deeds = await rig.db.selectFrom('audit').selectAll().orderBy('seq').execute()
    expect(deeds.map(({ what }) => what)).toEqual([
      'person-added',
      'signed-in',
      'person-changed',
      'signed-in',
    ])
    expect(JSON.parse(deeds[2]?.facts ?? '')).toEqual({
      name: 'bo@example.com',
      role: { from: 'admin', to: 'viewer' },
    })
    await rig.kill()

    const again = await watch({ ...byClaim, folder: rig.folder })
    expect(await roleBy(again.visitor, old)).toBe('viewer')
    expect(await roleBy(again.visitor, old)).toBe('viewer')
    await again.rig.end()
  })

  test('a restart of Tandem is nobody’s sign-in: who was let in before is not put on record again', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    await visitor.ask('GET', '/session', undefined, ada)
    await rig.kill()
    const again = await watch({ folder: rig.folder })
    const deeds = async (token: typeof ada) => {
      const { json } = await again.visitor.ask('GET', '/audit', undefined, token)
      return (json as AuditPage).records.map(({ what }) => what)
    }
    expect(await deeds(ada)).toEqual(['signed-in', 'person-added'])
    await again.rig.time.run(1000)
    const next = as(await again.sign('ada@example.com'))
    expect(await deeds(next)).toEqual(['signed-in', 'signed-in', 'person-added'])
    await again.rig.end()
  })

  test('an older token keeps to its own role where a newer one has given more', async () => {
    const { rig, visitor, sign, as } = await watch(byClaim)
    const hourAgo = Math.floor(rig.time.now() / 1000) - 3600
    const old = as(await sign('bo@example.com', { role: 'viewer', iat: hourAgo }))
    const young = as(await sign('bo@example.com', { role: 'operator' }))
    const roles: unknown[] = []
    for (const token of [young, old, young]) {
      const { json } = await visitor.ask('GET', '/session', undefined, token)
      roles.push((json as SessionAnswer).me?.role)
    }
    expect(roles).toEqual(['operator', 'viewer', 'operator'])
    const changed = rig.db.selectFrom('audit').selectAll().where('what', '=', 'person-changed')
    expect(await changed.execute()).toEqual([])
    await rig.end()
  })

  test('whom an admin signs out is out at once, stream included, until Access has asked them anew', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const before = await sign('bo@example.com')
    const reads = async (token: string) =>
      (await visitor.ask('GET', '/tunnels', undefined, as(token))).status
    expect(await reads(before)).toBe(200)
    const asking = {
      peer: '127.0.0.1',
      isCall: true,
      header: (name: string) => (name === 'cf-access-jwt-assertion' ? before : undefined),
    }
    const { identity } = rig.tandem.parts
    const { who } = await identity.find(asking, identity.toWay(asking))
    if (!who) throw new Error('Bo is not let in.')
    let ended = 0
    identity.onEnded(who, () => {
      ended += 1
    })
    expect(await identity.isAlive(who)).toBe(true)
    const { people } = (await visitor.ask('GET', '/people', undefined, ada)).json as {
      people: { id: string; name: string }[]
    }
    const his = people.find(({ name }) => name === 'bo@example.com')
    await rig.time.run(1000)
    const path = `/people/${his?.id}/sessions`
    expect((await visitor.ask('DELETE', path, undefined, ada)).status).toBe(200)
    expect([await reads(before), ended, await identity.isAlive(who)]).toEqual([403, 1, false])
    await rig.time.run(1000)
    expect(await reads(await sign('bo@example.com'))).toBe(200)
    await rig.end()
  })

  test('whom an admin removes is out until Access has asked them anew: no older token brings them back', async () => {
    const { rig, visitor, sign, as } = await watch(byClaim)
    const hourAgo = Math.floor(rig.time.now() / 1000) - 3600
    const ada = as(await sign('ada@example.com', { role: 'admin' }))
    const old = as(await sign('bo@example.com', { role: 'operator', iat: hourAgo }))
    const before = as(await sign('bo@example.com', { role: 'viewer' }))
    const reads = async (token: typeof ada) =>
      (await visitor.ask('GET', '/tunnels', undefined, token)).status
    const path = `/people/${await idOf(visitor, before)}`
    await rig.time.run(1000)
    expect((await visitor.ask('DELETE', path, undefined, ada)).status).toBe(200)
    const { status, json } = await visitor.ask('GET', '/session', undefined, before)
    expect([status, (json as Problem).detail]).toEqual([
      403,
      expect.stringContaining('/cdn-cgi/access/logout'),
    ])
    expect(await reads(old)).toBe(403)
    const rows = await rig.db.selectFrom('people').select('name').execute()
    expect(rows).toEqual([{ name: 'ada@example.com' }])
    await rig.time.run(1000)
    const next = as(await sign('bo@example.com', { role: 'viewer' }))
    expect([await reads(next), await reads(before), await reads(old)]).toEqual([200, 403, 403])
    await rig.end()
  })

  test.each([
    { wrong: 'two hours ahead', hours: 2 },
    { wrong: 'two hours behind', hours: -2 },
  ])(
    'whom an admin removes or signs out by a clock that is $wrong stays out by Access’ own',
    async ({ hours }) => {
      const aheadMs = hours * 3_600_000
      const { rig, visitor, as, sign } = await watch({ aheadMs })
      await rig.looked()
      // Tokens that the machine's clock calls good, which refuses those of a time to come.
      const ada = as(await sign('ada@example.com'))
      for (const [email, path] of [
        ['bo@example.com', ''],
        ['cy@example.com', '/sessions'],
      ] as const) {
        const id = await idOf(visitor, as(await sign(email)))
        const removed = await visitor.ask('DELETE', `/people/${id}${path}`, undefined, ada)
        expect(removed.status).toBe(200)
      }
      await rig.kill()

      const again = await watch({ folder: rig.folder })
      await again.rig.time.run(5000)
      const now = Math.floor(again.rig.time.now() / 1000)
      const readsAt = async (email: string, iat: number) => {
        const token = as(await again.sign(email, { iat }))
        return (await again.visitor.ask('GET', '/tunnels', undefined, token)).status
      }
      for (const email of ['bo@example.com', 'cy@example.com']) {
        expect(await readsAt(email, now - 1800)).toBe(403)
        expect(await readsAt(email, now)).toBe(200)
      }
      await again.rig.end()
    },
  )

  test('without accounts of Tandem’s own no link is made to set a password with', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    // Of before, when people signed in here.
    const ben = await rig.tandem.parts.identity.people.add('Ben', 'viewer')
    const added = await visitor.ask('POST', '/people', { name: 'Cai', role: 'viewer' }, ada)
    const link = await visitor.ask('POST', `/people/${ben.id}/invitations`, {}, ada)
    for (const { status, json } of [added, link]) {
      expect([status, (json as Problem).detail]).toEqual([
        404,
        'Nobody signs in to this Tandem with a password.',
      ])
    }
    const { people } = (await visitor.ask('GET', '/people', undefined, ada)).json as {
      people: Person[]
    }
    expect(people.map(({ name, invitedUntil }) => [name, invitedUntil])).toEqual([
      ['ada@example.com', null],
      ['Ben', null],
    ])
    await rig.end()
  })

  test('who signs out of Tandem only is told where it ends, and is not on record as gone', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const { status, json } = await visitor.ask('POST', '/sign-out', {}, ada)
    expect([status, (json as Problem).detail]).toEqual([
      404,
      expect.stringContaining('/cdn-cgi/access/logout'),
    ])
    const { records } = (await visitor.ask('GET', '/audit', undefined, ada)).json as AuditPage
    expect(records.map(({ what }) => what)).toEqual(['signed-in', 'person-added'])
    await rig.end()
  })

  test('without it, back to passwords: whom it let in counts no more, and the set-up is offered again', async () => {
    const { rig, visitor, sign, as } = await watch()
    await visitor.ask('GET', '/session', undefined, as(await sign('ada@example.com')))
    await rig.kill()
    const local = { signIn: 'people', publicUrl, folder: rig.folder } as const
    const again = await startRig(world, local)
    const eve = await setUp(again, 'Eve')
    expect(again.lines.join()).toContain('None of the admins can come in')
    const { json } = await eve.ask('GET', '/people')
    const { people } = json as { people: { id: string; name: string }[] }
    expect(people.map(({ name }) => name)).toEqual(['ada@example.com', 'Eve'])
    const own = people.find(({ name }) => name === 'Eve')
    expect(await eve.outcome('PATCH', `/people/${own?.id}`, { disabled: true })).toBe(
      '409 last-admin',
    )
    await again.kill()
    const later = await startRig(world, local)
    expect((await createVisitor(later).signIn('Eve', goodPassword)).status).toBe(200)
    expect(later.lines.join()).not.toContain('None of the admins can come in')
    await later.end()
  })

  test('a screen that comes with a service token is the screen, and without its cookie nobody', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const service = as(await sign('', { sub: '', email: undefined, common_name: 'wall.access' }))
    expect((await visitor.ask('GET', '/tunnels', undefined, service)).status).toBe(401)
    const grant = { name: 'Wall', view: '/', days: 1 }
    const { json } = await visitor.ask('POST', '/screens/links', grant, ada)
    const wall = createVisitor(rig)
    const secret = String((json as { path: string }).path).split('#')[1]
    expect((await wall.ask('POST', '/screens/claims', { secret }, service)).status).toBe(200)
    const session = (await wall.ask('GET', '/session', undefined, service)).json as SessionAnswer
    expect(session.me).toMatchObject({ kind: 'screen', name: 'Wall' })
    expect((await wall.ask('POST', '/tunnels', { name: 'edge' }, service)).status).toBe(403)
    await rig.end()
  })

  test('a screen keeps its own cookie, and needs no token', async () => {
    const { rig, visitor, sign, as } = await watch()
    const ada = as(await sign('ada@example.com'))
    const link = await visitor.ask(
      'POST',
      '/screens/links',
      { name: 'Wall', view: '/', days: 1 },
      ada,
    )
    const wall = createVisitor(rig)
    const secret = String((link.json as { path: string }).path).split('#')[1]
    expect((await wall.ask('POST', '/screens/claims', { secret })).status).toBe(200)
    expect((await wall.ask('GET', '/tunnels')).status).toBe(200)
    await rig.end()
  })
})

describe('S15 OpenID Connect', () => {
  let provider: IdentityProvider
  let issuer: string
  /** What the provider says of each account. */
  const accounts: Record<string, Record<string, unknown>> = {
    ada: { groups: ['net-admins'], preferred_username: 'ada' },
    bo: { groups: ['staff'], preferred_username: 'bo' },
    eve: { groups: [], preferred_username: 'eve' },
    odd: { groups: { admin: true } },
  }
  beforeAll(async () => {
    provider = await startIdentityProvider(publicUrl, accounts)
    issuer = provider.issuer
  })
  afterAll(() => provider.end())

  async function watch(
    change: Partial<NonNullable<RigOptions['outside']>> = {},
    options: RigOptions = {},
  ) {
    const rig = await startRig(world, {
      ...options,
      signIn: 'people',
      publicUrl,
      signInFetch: fetch,
      outside: {
        localAccounts: false,
        oidc: {
          issuer,
          clientId: 'tandem',
          clientSecret: createSecret(clientSecret),
          roleClaim: 'groups',
          roles: { admin: ['net-admins'], operator: [], viewer: ['staff'] },
        },
        ...change,
      },
    })
    return { rig, visitor: createVisitor(rig) }
  }
  type Visitor = ReturnType<typeof createVisitor>

  const navigate = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  const leave = async (visitor: Visitor, query = '') =>
    (await visitor.ask('GET', `/sign-in/oidc${query}`)).headers.get('location') ?? ''
  const arrive = (visitor: Visitor, query: string) =>
    visitor.ask('GET', `/sign-in/oidc/callback${query}`, undefined, navigate)

  /** The provider's side, as a browser goes through it; the address that it sends the browser back to. */
  async function through(start: string, login: string, jar = new Map<string, string>()) {
    jar.set('as', login)
    let at = start
    for (let hop = 0; hop < 12; hop += 1) {
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        jar.set(name, value)
      }
      const next = answer.headers.get('location')
      if (!next) throw new Error(`${answer.status} ${await answer.text()}`)
      const url = new URL(next, at)
      if (url.origin === publicUrl) return url
      at = url.href
    }
    throw new Error('The provider goes round in circles.')
  }

  test('out to the provider and back: signed in with the role of the claim, where one wanted to be', async () => {
    const { rig, visitor } = await watch()
    const out = await leave(visitor, '?returnTo=/activity')
    const asked = new URL(out).searchParams
    expect(asked.get('code_challenge_method')).toBe('S256')
    expect(asked.get('nonce')).toHaveLength(43)
    expect(asked.get('state')).toHaveLength(43)
    const answer = await arrive(visitor, (await through(out, 'ada')).search)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/activity'])
    const session = (await visitor.ask('GET', '/session')).json as SessionAnswer
    expect(session).toMatchObject({
      me: { name: 'ada', role: 'admin', method: 'oidc', maySignOut: true },
      signIn: { methods: ['oidc'] },
    })
    expect(visitor.jar.get('__Host-oidc')).toBeUndefined()
    const said = rig.lines.join() + JSON.stringify(session)
    for (const secret of [clientSecret, asked.get('state'), asked.get('nonce')]) {
      expect(said).not.toContain(secret)
    }
    await rig.end()
  })

  test('beside accounts of Tandem’s own it is a way in, before there is an admin too', async () => {
    const { rig, visitor } = await watch({ localAccounts: true })
    const { signIn } = (await visitor.ask('GET', '/session')).json as SessionAnswer
    expect(signIn).toEqual({ methods: ['local', 'oidc'], needsSetup: true, onlySetup: false })
    expect(rig.lines.join()).toMatch(
      /no admin .* or come in as one with the identity provider; the/,
    )
    expect(rig.lines.join()).not.toContain('Nobody can sign in')
    await arrive(visitor, (await through(await leave(visitor), 'bo')).search)
    expect((await visitor.ask('GET', '/tunnels')).status).toBe(200)
    await rig.end()
  })

  test('no role, no access; nor with a claim of another shape', async () => {
    const { rig, visitor } = await watch()
    for (const login of ['eve', 'odd']) {
      const back = await through(await leave(visitor), login)
      const answer = await arrive(visitor, back.search)
      expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
      expect((await visitor.ask('GET', '/tunnels')).status).toBe(401)
    }
    await rig.end()
  })

  test('who says no there is not in here', async () => {
    const { rig, visitor } = await watch()
    const back = await through(await leave(visitor), '')
    expect(back.searchParams.get('error')).toBe('access_denied')
    const answer = await arrive(visitor, back.search)
    expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
    await rig.end()
  })

  test('another role at the provider is the role at the next sign-in, and ends the sessions of before', async () => {
    const { rig, visitor } = await watch()
    await arrive(visitor, (await through(await leave(visitor), 'bo')).search)
    const elsewhere = visitor.elsewhere('192.0.2.99')
    expect((await elsewhere.ask('GET', '/tunnels')).status).toBe(200)
    accounts.bo = { ...accounts.bo, groups: ['net-admins'] }
    const other = createVisitor(rig)
    await arrive(other, (await through(await leave(other), 'bo')).search)
    expect((await other.ask('GET', '/people')).status).toBe(200)
    expect((await elsewhere.ask('GET', '/tunnels')).status).toBe(401)
    accounts.bo = { ...accounts.bo, groups: ['staff'] }
    await rig.end()
  })

  test('the machine’s clock is set back by two hours: who has just proved who they are has done so', async () => {
    const { tunnelId } = await world.addTunnel('edge')
    const { setRight, ...clocks } = aheadBy(7_200_000)
    const { rig, visitor } = await watch({}, clocks)
    await rig.looked()
    setRight()
    await arrive(visitor, (await through(await leave(visitor), 'ada')).search)
    const token = rig.time.during(visitor.ask('GET', `/tunnels/${tunnelId}/token`))
    expect((await token).status).toBe(200)
    await rig.end()
  })

  test('proving it once more keeps the session, with another secret', async () => {
    const { tunnelId } = await world.addTunnel('edge')
    const { rig, visitor } = await watch()
    await rig.looked()
    await arrive(visitor, (await through(await leave(visitor), 'ada')).search)
    const before = visitor.elsewhere('192.0.2.99')
    await rig.time.run(3_700_000)
    const tokenPath = `/tunnels/${tunnelId}/token`
    expect(kindOf((await visitor.ask('GET', tokenPath)).json)).toBe('sign-in-again')
    const out = await leave(visitor, '?again=true')
    expect(new URL(out).searchParams.get('prompt')).toBe('login')
    const answer = await arrive(visitor, (await through(out, 'ada')).search)
    expect(answer.headers.get('location')).toBe('/')
    expect((await rig.time.during(visitor.ask('GET', tokenPath))).status).toBe(200)
    expect((await before.ask('GET', '/tunnels')).status).toBe(401)
    await rig.end()
  })

  test('two tabs of one browser sign in, whichever began first', async () => {
    const { rig, visitor } = await watch()
    const [first, second] = [await leave(visitor, '?returnTo=/activity'), await leave(visitor)]
    expect(new URL(first).searchParams.get('state')).not.toBe(
      new URL(second).searchParams.get('state'),
    )
    for (const [out, place] of [
      [first, '/activity'],
      [second, '/'],
    ] as const) {
      const answer = await arrive(visitor, (await through(out, 'ada')).search)
      expect(answer.headers.get('location')).toBe(place)
    }
    expect(visitor.jar.get('__Host-oidc')).toBeUndefined()
    await rig.end()
  })

  test('what comes back to nothing that was begun ends no sign-in that was', async () => {
    const { rig, visitor } = await watch()
    const out = await leave(visitor)
    await arrive(visitor, `?state=${'x'.repeat(43)}&code=made-up`)
    const answer = await arrive(visitor, (await through(out, 'ada')).search)
    expect(answer.headers.get('location')).toBe('/')
    await rig.end()
  })

  test('a browser chooses nothing that it is known by', async () => {
    const { rig, visitor } = await watch()
    visitor.jar.set('__Host-oidc', 'x'.repeat(43))
    await leave(visitor)
    expect(visitor.jar.get('__Host-oidc')).not.toBe('x'.repeat(43))
    await rig.end()
  })

  describe('what comes back and must not count', () => {
    const cases: [string, (back: URL, out: URL) => void][] = [
      ['without a state', (back) => back.searchParams.delete('state')],
      ['with another state', (back) => back.searchParams.set('state', 'x'.repeat(43))],
      ['with a made-up code', (back) => back.searchParams.set('code', 'made-up')],
      ['without a code', (back) => back.searchParams.delete('code')],
      ['with two codes', (back) => back.searchParams.append('code', 'other')],
      ['of another issuer', (back) => back.searchParams.set('iss', 'https://evil.example')],
      ['without its issuer, though it names it', (back) => back.searchParams.delete('iss')],
    ]
    test.for(cases)('%s', async ([, change]) => {
      const { rig, visitor } = await watch()
      const out = await leave(visitor)
      const back = await through(out, 'ada')
      change(back, new URL(out))
      const answer = await arrive(visitor, back.search)
      expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
      expect((await visitor.ask('GET', '/tunnels')).status).toBe(401)
      await rig.end()
    })

    test('the same twice: the second time it is nothing', async () => {
      const { rig, visitor } = await watch()
      const back = await through(await leave(visitor), 'ada')
      await arrive(visitor, back.search)
      const thief = createVisitor(rig)
      thief.jar.set('__Host-oidc', visitor.jar.get('__Host-oidc') ?? '')
      const answer = await arrive(thief, back.search)
      expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
      expect((await thief.ask('GET', '/tunnels')).status).toBe(401)
      await rig.end()
    })

    test('in another browser than the one that left: nobody is signed in as somebody else', async () => {
      const { rig, visitor } = await watch()
      const back = await through(await leave(visitor), 'ada')
      const victim = createVisitor(rig)
      await leave(victim)
      const answer = await arrive(victim, back.search)
      expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
      expect((await victim.ask('GET', '/tunnels')).status).toBe(401)
      await rig.end()
    })

    test('after ten minutes', async () => {
      const { rig, visitor } = await watch()
      const back = await through(await leave(visitor), 'ada')
      await rig.time.run(600_001)
      const answer = await arrive(visitor, back.search)
      expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
      await rig.end()
    })

    test('an ID token for another nonce, or signed by somebody else', async () => {
      for (const forge of ['nonce', 'signature'] as const) {
        const stranger = await generateKeyPair('RS256')
        const { rig, visitor } = await watchWith(async (input, init) => {
          const answer = await fetch(input, init)
          if (!String(input).endsWith('/token')) return answer
          const body = (await answer.json()) as { id_token: string }
          const [, payload = ''] = body.id_token.split('.')
          const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
          const changed = forge === 'nonce' ? { ...claims, nonce: 'another' } : claims
          const idToken = await new SignJWT({ ...changed })
            .setProtectedHeader({ alg: 'RS256', kid: 'p' })
            .sign(stranger.privateKey)
          return Response.json({ ...body, id_token: idToken })
        })
        const answer = await arrive(visitor, (await through(await leave(visitor), 'ada')).search)
        expect(answer.headers.get('location')).toBe('/sign-in?refused=sign-in-refused')
        await rig.end()
      }
    })
  })

  async function watchWith(signInFetch: typeof fetch) {
    const rig = await startRig(world, {
      signIn: 'people',
      publicUrl,
      signInFetch,
      outside: {
        localAccounts: false,
        oidc: {
          issuer,
          clientId: 'tandem',
          clientSecret: createSecret(clientSecret),
          roleClaim: 'groups',
          roles: { admin: ['net-admins'], operator: [], viewer: [] },
        },
      },
    })
    return { rig, visitor: createVisitor(rig) }
  }

  test('who was signed in there long ago is not asked again, and has proved nothing lately', async () => {
    const { rig, visitor } = await watch()
    const jar = new Map<string, string>()
    const provenAt = async (one: Visitor) =>
      ((await one.ask('GET', '/session')).json as SessionAnswer).me?.signedInAt
    await arrive(visitor, (await through(await leave(visitor), 'ada', jar)).search)
    const first = await provenAt(visitor)
    expect(first).toBeGreaterThan(0)
    await rig.time.run(3_700_000)
    const later = createVisitor(rig)
    await arrive(later, (await through(await leave(later), 'ada', jar)).search)
    expect(await provenAt(later)).toBe(first)
    expect(kindOf((await later.ask('POST', '/tunnels', {})).json)).toBe('invalid-request')
    const id = '11111111-1111-4111-8111-111111111111'
    expect(kindOf((await later.ask('GET', `/tunnels/${id}/token`)).json)).toBe('sign-in-again')
    await rig.end()
  })

  test('one network can begin twenty sign-ins a minute, which ends nobody else’s', async () => {
    const { rig, visitor } = await watch()
    const out = await leave(visitor)
    const flood = createVisitor(rig, '203.0.113.9')
    const outs: string[] = []
    for (let n = 0; n < 1001; n += 1) outs.push(await leave(flood))
    expect(outs.filter((to) => to.startsWith(issuer))).toHaveLength(20)
    expect(outs.at(-1)).toBe('/sign-in?refused=too-many-attempts')
    await arrive(visitor, (await through(out, 'ada')).search)
    expect((await visitor.ask('GET', '/tunnels')).status).toBe(200)
    await rig.time.run(60_000)
    expect(await leave(flood)).toContain(issuer)
    await rig.end()
  })

  test('a thousand networks of one site can’t end anybody else’s either', async () => {
    const { rig, visitor } = await watch()
    const out = await leave(visitor)
    for (let n = 0; n < 1000; n += 1) {
      expect(await leave(createVisitor(rig, `2001:db8:1:${n.toString(16)}::9`))).toContain(issuer)
    }
    const other = createVisitor(rig, '2001:db8:2::9')
    const outOfOther = await leave(other)
    await leave(createVisitor(rig, '2001:db8:1:ffff::9'))
    for (const [browser, from] of [
      [visitor, out],
      [other, outOfOther],
    ] as const) {
      await arrive(browser, (await through(from, 'ada')).search)
      expect((await browser.ask('GET', '/tunnels')).status).toBe(200)
    }
    await rig.end()
  })

  test('a provider that is down is asked once in five seconds, however many come', async () => {
    let asked = 0
    const { rig } = await watchWith(() => {
      asked += 1
      return Promise.reject(new TypeError('fetch failed'))
    })
    for (let n = 0; n < 30; n += 1) {
      expect(await leave(createVisitor(rig, `203.0.113.${n}`))).toBe(
        '/sign-in?refused=sign-in-unavailable',
      )
    }
    expect(asked).toBe(1)
    await rig.time.run(5000)
    await leave(createVisitor(rig))
    expect(asked).toBe(2)
    await rig.end()
  })

  test('a provider that is not there, or calls itself otherwise, is said and lets nobody in', async () => {
    const away = await watchWith(() => Promise.reject(new TypeError('fetch failed')))
    const gone = await away.visitor.ask('GET', '/sign-in/oidc')
    expect(gone.headers.get('location')).toBe('/sign-in?refused=sign-in-unavailable')
    await away.rig.end()
    const other = await watchWith(async (input, init) => {
      const answer = await fetch(input, init)
      const body = (await answer.json()) as object
      return Response.json({ ...body, issuer: 'https://evil.example' })
    })
    const wrong = await other.visitor.ask('GET', '/sign-in/oidc')
    expect(wrong.headers.get('location')).toBe('/sign-in?refused=sign-in-unavailable')
    await other.rig.end()
  })

  test('S11 coming back leads to an address of Tandem’s own, whatever was asked for', async () => {
    const { rig, visitor } = await watch()
    for (const wish of ['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil']) {
      const out = await leave(visitor, `?returnTo=${encodeURIComponent(wish)}`)
      const answer = await arrive(visitor, (await through(out, 'ada')).search)
      expect(answer.headers.get('location')).toBe('/')
    }
    await rig.end()
  })
})
