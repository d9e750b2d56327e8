import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations } from '#contract/operations.ts'
import { createSecret } from '../secret.ts'
import { leaks, tablesOf } from './invariants.ts'
import { type Rig, startRig } from './rig.ts'
import { createVisitor, goodPassword, join, publicUrl, setUp, type Visitor } from './visitor.ts'
import { startWorld, type World } from './world.ts'

/**
 * S23: secrets of every kind are planted, everything that there is is done with them, well and badly, and
 * then they are looked for: in every answer, event, line of the log, row and file.
 */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())

/** Every answer from now on, with what was asked. */
function listen(rig: Rig) {
  const heard: { about: string; text: string }[] = []
  const serve = rig.app.fetch
  rig.app.fetch = async (request, ...rest) => {
    const answer = await serve(request, ...rest)
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie')
    const text = `${JSON.stringify(headers)}\n${await answer.clone().text()}`
    heard.push({ about: `${request.method} ${new URL(request.url).pathname}`, text })
    return answer
  }
  rig.tandem.parts.bus.subscribe(({ event }) =>
    heard.push({ about: 'event', text: JSON.stringify(event) }),
  )
  return heard
}

/** Everything that the database holds, as text, and its files as they are. */
async function stored(rig: Rig): Promise<Record<string, string>> {
  const files = readdirSync(rig.folder)
    .map((name) => joinPath(rig.folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [`file ${path}`, readFileSync(path, 'latin1')] as const)
  return { ...(await tablesOf(rig.db)), ...Object.fromEntries(files) }
}

/** Every operation once, about a tunnel that is there, with a body in which secrets stand at wrong places. */
async function doEverything(rig: Rig, visitor: Visitor, tunnelId: string, planted: string[]) {
  const skipped = new Set<string>(['signOut', 'eventStream', 'tunnelDelete'])
  const bodies = [
    Object.fromEntries(planted.map((secret, at) => [`field${at}`, secret])),
    { name: planted[0], secret: planted[1], password: planted[2], code: planted[3] },
    `{"broken": "${planted[1]}`,
  ]
  for (const [id, { method, path }] of Object.entries(operations)) {
    if (skipped.has(id)) continue
    const address = path.replace('{tunnelId}', tunnelId).replaceAll(/\{\w+\}/g, () => randomUUID())
    for (const body of method === 'GET' ? [undefined] : bodies) {
      await rig.time.during(visitor.ask(method, address, body))
    }
  }
}

const secretsOf = (visitor: Visitor) => [...visitor.jar.values()]

test('S23 no secret is where it does not belong, after everything was done', async () => {
  const { tunnelId } = await world.addTunnel('edge')
  const clientSecret = randomBytes(24).toString('base64url')
  const rig = await startRig(world, {
    readToken: world.readToken,
    signIn: 'people',
    publicUrl,
    signInFetch: () => Promise.reject(new TypeError(`fetch failed for ${clientSecret}`)),
    outside: {
      oidc: {
        issuer: 'https://id.example.com',
        clientId: 'tandem',
        clientSecret: createSecret(clientSecret),
        roleClaim: 'role',
        roles: { admin: ['admin'], operator: [], viewer: [] },
      },
      access: {
        teamDomain: 'https://tandem.cloudflareaccess.com',
        audience: 'a'.repeat(64),
        roleClaim: null,
        roles: { admin: [], operator: [], viewer: ['*@example.com'] },
      },
    },
  })
  await rig.looked()
  const heard = listen(rig)
  const admin = await setUp(rig)

  // People, their links, a second factor, a screen by link and one by code.
  const { visitor: viewer, secret: invitation } = await join(rig, admin, 'Vic', 'viewer')
  const factor = (await viewer.ask('POST', '/me/second-factor')).json as { secret?: string }
  const factorSecret = factor.secret ?? ''
  if (factorSecret !== '') {
    const code = new TOTP({ secret: factorSecret }).generate({ timestamp: rig.time.now() })
    await viewer.ask('PUT', '/me/second-factor', { code })
  }
  const grant = { name: 'Wall', view: '/', days: 1 }
  const link = (await admin.ask('POST', '/screens/links', grant)).json as { path: string }
  const linkSecret = link.path.split('#')[1] ?? ''
  const wall = createVisitor(rig)
  await wall.ask('POST', '/screens/claims', { secret: linkSecret })
  const pairing = (await createVisitor(rig).ask('POST', '/screens/pairings')).json as {
    secret: string
  }

  // The tunnel's own secrets.
  const tunnelSecret = randomBytes(32).toString('base64')
  await rig.time.during(admin.ask('PATCH', `/tunnels/${tunnelId}`, { secret: tunnelSecret }))
  const { json } = await rig.time.during(admin.ask('GET', `/tunnels/${tunnelId}/token`))
  const { token: installToken } = json as { token: string }

  const wrongPassword = `${randomBytes(12).toString('hex')} typed wrong`
  await admin.elsewhere('192.0.2.77').signIn('Ada', wrongPassword)
  const assertion = `${randomBytes(20).toString('base64url')}.${randomBytes(40).toString('base64url')}.x`
  await createVisitor(rig).ask('GET', '/session', undefined, {
    'cf-access-jwt-assertion': assertion,
  })
  await createVisitor(rig).ask('GET', '/sign-in/oidc')

  const planted: Record<string, string[]> = {
    'API tokens': [world.token, world.readToken],
    'install token': [installToken],
    'tunnel secret': [tunnelSecret],
    passwords: [goodPassword, wrongPassword],
    sessions: [admin, viewer, wall].flatMap(secretsOf),
    'one-time links': [invitation, linkSecret, pairing.secret],
    'second factor': [factorSecret],
    'client secret': [clientSecret],
    'Access token': [assertion],
  }
  const empty = Object.entries(planted).filter(([, each]) => each.some(({ length }) => length < 16))
  expect(empty).toEqual([])

  const all = Object.values(planted).flat()
  const everybody = [admin, viewer, wall, createVisitor(rig)]
  for (const visitor of everybody) await doEverything(rig, visitor, tunnelId, all)
  // Once more while Cloudflare fails in each of its ways.
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 403 },
    { kind: 'refuse' },
    { kind: 'truncate' },
    { kind: 'success-false' },
    { kind: 'html' },
  ]) {
    await world.breakWith(fault)
    await doEverything(rig, admin, tunnelId, all)
    await world.heal()
  }

  /** Whose answer is meant to hold it: told once, to the one who asked for it. */
  const meant: Record<string, RegExp> = {
    'install token': /^GET \/api\/tunnels\/[^/]+\/token$/,
    'one-time links':
      /^POST \/api\/(?:people|people\/[^/]+\/invitations|screens\/(?:links|pairings))$/,
    'second factor': /^POST \/api\/me\/second-factor$/,
  }
  const store = await stored(rig)
  const found = Object.entries(planted).flatMap(([kind, secrets]) => [
    ...heard
      .filter(({ about }) => !meant[kind]?.test(about))
      .filter(({ text }) => leaks([text], secrets).length > 0)
      .map(({ about }) => `${kind} in the answer of ${about}`),
    ...leaks(rig.lines, secrets).map((line) => `${kind} in the log: ${line.slice(0, 200)}`),
    ...Object.entries(store)
      // An authenticator app's secret can't be kept as a hash: its codes are reckoned from it.
      .filter(([place]) => kind !== 'second factor' || place.startsWith('table audit'))
      .filter(([, text]) => leaks([text], secrets).length > 0)
      .map(([place]) => `${kind} in ${place}`),
  ])
  expect(found).toEqual([])
  // What was looked through is really there.
  expect(heard.length).toBeGreaterThan(500)
  expect(rig.lines.length).toBeGreaterThan(100)
  expect(Object.keys(store)).toEqual(expect.arrayContaining(['table audit', 'table sessions']))
  await rig.end()
}, 120_000)
