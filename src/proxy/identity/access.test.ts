import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ProblemError } from '../problem.ts'
import { type AccessSettings, createAccess } from './access.ts'

/** S14: every token that Cloudflare Access did not make for this application, against a stand-in for its keys. */

const team = 'https://tandem.cloudflareaccess.com'
const audience = 'a'.repeat(64)
const settings: AccessSettings = {
  teamDomain: team,
  audience,
  roleClaim: null,
  roles: { admin: ['ada@example.com'], operator: [], viewer: ['*@example.com'] },
}

type Signer = { key: CryptoKey; jwk: JWK }
async function newSigner(kid: string, alg = 'RS256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  return { key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

let server: Server
let address: string
let published: JWK[]
let fetches: number
let broken: 'no' | 'status' | 'html' | 'reset'
let current: Signer
let older: Signer
let stranger: Signer

beforeAll(async () => {
  current = await newSigner('current')
  older = await newSigner('older')
  stranger = await newSigner('stranger')
  server = createServer((request, response) => {
    fetches += 1
    if (broken === 'reset') return request.socket.destroy()
    const isKeys = request.url === '/cdn-cgi/access/certs'
    response.statusCode = broken === 'status' || !isKeys ? 503 : 200
    response.end(broken === 'html' ? '<html>' : JSON.stringify({ keys: published }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
beforeEach(() => {
  published = [current.jwk, older.jwk]
  fetches = 0
  broken = 'no'
  lines = []
  at = Date.now()
})

let lines: string[]
let at: number
const create = (change: Partial<AccessSettings> = {}) =>
  createAccess({
    settings: { ...settings, ...change },
    now: () => at,
    wall: () => at,
    // The name of the team leads to the stand-in; everything else is as it is.
    fetch: (input, init) => fetch(String(input).replace(team, address), init),
    warn: (facts, message) => lines.push(JSON.stringify({ ...facts, message })),
  })

const seconds = () => Math.floor(at / 1000)
const claims = (): JWTPayload => ({
  type: 'app',
  sub: '7335d417-61da-459d-899c-0a01c76a2f94',
  email: 'ada@example.com',
  iss: team,
  aud: [audience],
  iat: seconds() - 60,
  nbf: seconds() - 60,
  exp: seconds() + 3600,
})
const sign = (
  change: Record<string, unknown> = {},
  { signer = current, header = {} }: { signer?: Signer; header?: Record<string, unknown> } = {},
) => {
  const payload = Object.fromEntries(
    Object.entries({ ...claims(), ...change }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', kid: String(signer.jwk.kid), typ: 'JWT', ...header })
    .sign(signer.key)
}
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('S14 a token of this application', () => {
  test('says who it is, with which role, since when and until when', async () => {
    expect(await create().verify(await sign())).toEqual({
      subject: `access:${team}|7335d417-61da-459d-899c-0a01c76a2f94`,
      name: 'ada@example.com',
      role: 'admin',
      issuedAt: (seconds() - 60) * 1000,
      expiresAt: (seconds() + 3600) * 1000,
    })
  })

  test('the role comes from a claim where one is set, also from one that the provider added', async () => {
    const roles = { admin: ['net-admins'], operator: ['noc'], viewer: [] }
    const access = create({ roleClaim: 'groups', roles })
    const added = await sign({ custom: { groups: ['noc', 'staff'] } })
    expect(await access.verify(added)).toMatchObject({ role: 'operator' })
    const plain = await sign({ groups: 'staff,net-admins' })
    expect(await access.verify(plain)).toMatchObject({ role: 'admin' })
    await expect(access.verify(await sign())).rejects.toMatchObject({ kind: 'sign-in-refused' })
  })

  test('a service has one too, which is nobody’s, whatever address is in it', async () => {
    const access = create()
    const service = { sub: '', common_name: 'abc.access' }
    expect(await access.verify(await sign({ ...service, email: undefined }))).toBeNull()
    expect(await access.verify(await sign(service))).toBeNull()
  })

  test('a clock that is half a minute off does no harm', async () => {
    const access = create()
    await expect(access.verify(await sign({ exp: seconds() - 20 }))).resolves.toBeDefined()
    const ahead = { iat: seconds() + 20, nbf: seconds() + 20 }
    await expect(access.verify(await sign(ahead))).resolves.toBeDefined()
  })
})

describe('S14 is refused', () => {
  const refused: [string, () => Promise<string>][] = [
    ['no signature', async () => `${part({ alg: 'none' })}.${part(claims())}.`],
    [
      'signed with the public key as if it were a password',
      async () => {
        const secret = Buffer.from(JSON.stringify(current.jwk))
        return new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: 'current' })
          .sign(secret)
      },
    ],
    ['for another application', () => sign({ aud: ['b'.repeat(64)] })],
    ['for no application', () => sign({ aud: undefined })],
    ['for an empty one', () => sign({ aud: '' })],
    ['of another team', () => sign({ iss: 'https://other.cloudflareaccess.com' })],
    ['of the team with a slash', () => sign({ iss: `${team}/` })],
    ['of nobody', () => sign({ iss: undefined })],
    ['the team’s own session', () => sign({ type: 'org' })],
    ['of no kind', () => sign({ type: undefined })],
    [
      'of a service, expired',
      () => sign({ sub: '', common_name: 'abc.access', exp: seconds() - 60 }),
    ],
    [
      'of a service, for another application',
      () => sign({ sub: '', common_name: 'abc.access', aud: ['b'.repeat(64)] }),
    ],
    ['of a service, made in the future', () => sign({ sub: '', iat: seconds() + 600 })],
    ['without a subject', () => sign({ sub: undefined })],
    ['expired', () => sign({ exp: seconds() - 60 })],
    ['that never expires', () => sign({ exp: undefined })],
    ['without the time at which it was made', () => sign({ iat: undefined })],
    ['not yet valid', () => sign({ nbf: seconds() + 600 })],
    ['made in the future', () => sign({ iat: seconds() + 600 })],
    ['of a key that nobody published', () => sign({}, { signer: stranger })],
    [
      'of a stranger under a known key’s name',
      () => sign({}, { signer: stranger, header: { kid: 'current' } }),
    ],
    [
      'with a key of its own in it',
      () => sign({}, { signer: stranger, header: { jwk: stranger.jwk, kid: 'current' } }),
    ],
    [
      'with an address of keys in it',
      () => sign({}, { signer: stranger, header: { jku: 'https://evil.example/keys' } }),
    ],
    ['sent twice', async () => `${await sign()}, ${await sign()}`],
    [
      'changed',
      async () => (await sign()).replace(/\.[^.]+\./, `.${part({ ...claims(), email: 'x' })}.`),
    ],
    ['no token at all', async () => 'hello'],
    ['empty', async () => ''],
    ['endless', async () => 'a'.repeat(100_000)],
    ['of somebody without a role', () => sign({ email: 'eve@evil.net' })],
    ['of an address that only looks right', () => sign({ email: 'x@example.com.evil.net' })],
  ]

  test.for(refused)('%s', async ([, make]) => {
    const token = await make()
    const access = create()
    await expect(access.verify(token)).rejects.toMatchObject({ kind: 'sign-in-refused' })
    expect(lines).toHaveLength(1)
    // Neither the token nor what is in it.
    expect(lines.join()).not.toContain(part(claims()).slice(0, 20))
    expect(lines.join()).not.toMatch(/example\.com|evil/)
  })

  test('an elliptic key that is published too is no reason to take its algorithm', async () => {
    const other = await newSigner('ec', 'ES256')
    published = [current.jwk, other.jwk]
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', kid: 'ec' })
      .sign(other.key)
    await expect(create().verify(token)).rejects.toMatchObject({ kind: 'sign-in-refused' })
  })
})

describe('S14 keys', () => {
  test('a thousand made-up names of keys cost one fetch in half a minute, and let nobody in', async () => {
    const access = create()
    await access.verify(await sign())
    const flood = async () => {
      const kinds = new Set<string>()
      for (let n = 0; n < 1000; n += 1) {
        const token = `${part({ alg: 'RS256', kid: `made-up-${n}` })}.${part(claims())}.eA`
        await access.verify(token).then(
          () => kinds.add('let in'),
          ({ kind }: ProblemError) => kinds.add(kind),
        )
      }
      return kinds
    }
    expect(await flood()).toEqual(new Set(['sign-in-unavailable']))
    expect(fetches).toBe(1)
    at += 30_000
    // The first is refused, because the keys were asked for; the others have to wait for the next time.
    expect(await flood()).toEqual(new Set(['sign-in-refused', 'sign-in-unavailable']))
    expect(fetches).toBe(2)
    await expect(access.verify(await sign())).resolves.toBeDefined()
  })

  test('while they rotate nobody is refused: the old one is good for as long as it is published', async () => {
    const next = await newSigner('next')
    published = [older.jwk]
    const access = create()
    const verify = async (signer: Signer) => access.verify(await sign({}, { signer }))
    await expect(verify(older)).resolves.toBeDefined()
    published = [next.jwk, older.jwk]
    // A moment after a fetch the new key can't be told from a made-up one: not now, which is no refusal.
    await expect(verify(next)).rejects.toMatchObject({
      kind: 'sign-in-unavailable',
      extra: { retryAt: at + 30_000 },
    })
    at += 29_999
    await expect(verify(next)).rejects.toMatchObject({ kind: 'sign-in-unavailable' })
    at += 1
    await expect(Promise.all([next, older, next].map(verify))).resolves.toHaveLength(3)
    expect(fetches).toBe(2)
    // Another key that is not known yet makes the list of keys be fetched, and the old one is not in it.
    published = [next.jwk]
    at += 30_000
    await expect(verify(stranger)).rejects.toMatchObject({ kind: 'sign-in-refused' })
    at += 30_000
    await expect(verify(older)).rejects.toMatchObject({ kind: 'sign-in-refused' })
    await expect(verify(next)).resolves.toBeDefined()
    expect(fetches).toBe(4)
  })

  test.for(['status', 'html', 'reset'] as const)(
    'that can’t be had (%s) let nobody in, are not asked for at once again, and come back',
    async (how) => {
      broken = how
      const access = create()
      const token = await sign()
      for (let n = 0; n < 50; n += 1) {
        await expect(access.verify(token)).rejects.toMatchObject({ kind: 'sign-in-unavailable' })
      }
      // An answer that is no list of keys was an answer all the same.
      expect(fetches).toBe(1)
      broken = 'no'
      at += 6000
      await expect(access.verify(token)).resolves.toMatchObject({ role: 'admin' })
    },
  )

  test('that were had are good while the address of keys is down', async () => {
    const access = create()
    await access.verify(await sign())
    broken = 'reset'
    await expect(access.verify(await sign({}, { signer: older }))).resolves.toBeDefined()
  })
})
