import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AuditPage } from '#contract/audit.ts'
import type { Account, Invitation, Person, Screen, SessionRow } from '#contract/people.ts'
import type { SessionAnswer } from '#contract/session.ts'
import { startRig } from './rig.ts'
import {
  createVisitor,
  goodPassword,
  hang,
  join,
  publicUrl,
  setUp,
  type Visitor,
} from './visitor.ts'
import { startWorld, type World } from './world.ts'

/** What the pages for people and screens need of the API beside signing in: removing, taking back, renaming. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let admin: Visitor
let leaptMs = 0
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
async function personNamed(name: string): Promise<Person | undefined> {
  const { json } = await admin.ask('GET', '/people')
  return (json as { people: Person[] }).people.find((one) => one.name === name)
}
async function deeds(): Promise<string[]> {
  const { json } = await admin.ask('GET', '/audit')
  return (json as { records: { what: string }[] }).records.map(({ what }) => what)
}

test('somebody who is removed is out at once, and their name is free; the record keeps them', async () => {
  const { visitor: ben, personId } = await join(rig, admin, 'Ben', 'operator')
  expect(await reads(ben)).toBe('200')
  expect(await admin.outcome('DELETE', `/people/${personId}`)).toBe('200')
  expect(await reads(ben)).toBe('401 sign-in-needed')
  expect((await createVisitor(rig).signIn('Ben', goodPassword)).status).toBe(401)
  expect(await personNamed('Ben')).toBeUndefined()
  expect((await deeds())[0]).toBe('sign-in-failed')
  expect(await deeds()).toContain('person-removed')
  expect(await admin.outcome('DELETE', `/people/${personId}`)).toBe('404 not-found')
  await join(rig, admin, 'Ben', 'viewer')
  expect((await personNamed('Ben'))?.role).toBe('viewer')
})

test('the last admin can’t be removed, and keeps everything by which they come in', async () => {
  const ada = await personNamed('Ada')
  expect(await admin.outcome('DELETE', `/people/${ada?.id}`)).toBe('409 last-admin')
  expect(await reads(admin)).toBe('200')
  expect((await createVisitor(rig).signIn('Ada', goodPassword)).status).toBe(200)
})

test('an invitation that was taken back opens nothing', async () => {
  const { json } = await admin.ask('POST', '/people', { name: 'Cai', role: 'viewer' })
  const { path, person, expiresAt } = json as Invitation
  expect(person).toMatchObject({ state: 'invited', invitedUntil: expiresAt })
  expect(await admin.outcome('DELETE', `/people/${person.id}/invitations`)).toBe('200')
  const secret = path.split('#')[1]
  const cai = createVisitor(rig)
  expect(await cai.outcome('POST', '/invitations/look', { secret })).toBe('410 link-spent')
  expect(await cai.outcome('POST', '/invitations/accept', { secret, password: goodPassword })).toBe(
    '410 link-spent',
  )
  expect(await personNamed('Cai')).toMatchObject({ state: 'invited', invitedUntil: null })
  expect(await deeds()).toContain('invitation-revoked')
})

test('an invitation that ran out, or of somebody who was switched off, is not an open one', async () => {
  const { json } = await admin.ask('POST', '/people', { name: 'Cai', role: 'viewer' })
  const secret = (json as Invitation).path.split('#')[1]
  const cai = await personNamed('Cai')
  await admin.ask('PATCH', `/people/${cai?.id}`, { disabled: true })
  expect((await personNamed('Cai'))?.invitedUntil).toBeNull()
  await admin.ask('PATCH', `/people/${cai?.id}`, { disabled: false })
  expect((await personNamed('Cai'))?.invitedUntil).toBeNull()
  const link = { secret, password: goodPassword }
  expect(await createVisitor(rig).outcome('POST', '/invitations/accept', link)).toBe(
    '410 link-spent',
  )
  await admin.ask('POST', `/people/${cai?.id}/invitations`)
  expect((await personNamed('Cai'))?.invitedUntil).not.toBeNull()
  leaptMs = 3 * dayMs
  await admin.signIn('Ada', goodPassword)
  expect((await personNamed('Cai'))?.invitedUntil).toBeNull()
})

test('the last sign-in is known after its session has ended', async () => {
  const { visitor: ben } = await join(rig, admin, 'Ben', 'operator')
  await ben.ask('POST', '/sign-out')
  const row = await personNamed('Ben')
  expect(row?.seenAt).toBeNull()
  expect(rig.tandem.parts.now() - (row?.signedInAt ?? 0)).toBeLessThan(60_000)
})

test('a person sees themselves, and ends every session but the one at hand', async () => {
  const { visitor: ben } = await join(rig, admin, 'Ben', 'operator')
  const other = createVisitor(rig, '198.51.100.7')
  await other.signIn('Ben', goodPassword)
  const { json } = await ben.ask('GET', '/me')
  const account = json as Account
  expect(account).toMatchObject({ name: 'Ben', role: 'operator', hasSecondFactor: false })
  expect(account.passwordAt).not.toBeNull()
  expect(JSON.stringify(account)).not.toMatch(/scrypt|totp/)
  expect(await ben.outcome('DELETE', '/me/sessions')).toBe('200')
  expect(await reads(other)).toBe('401 sign-in-needed')
  expect(await reads(ben)).toBe('200')
  const { sessions } = (await ben.ask('GET', '/me/sessions')).json as { sessions: SessionRow[] }
  expect(sessions.map(({ isThis }) => isThis)).toEqual([true])
})

test('whose session was ended, and where it was, stands in the record', async () => {
  const { visitor: ben, personId } = await join(rig, admin, 'Ben', 'operator')
  const other = createVisitor(rig, '198.51.100.7')
  await other.signIn('Ben', goodPassword)
  const { sessions } = (await ben.ask('GET', '/me/sessions')).json as { sessions: SessionRow[] }
  const elsewhere = sessions.find(({ isThis }) => !isThis)
  expect(await admin.outcome('DELETE', `/sessions/${elsewhere?.id}`)).toBe('200')
  expect(await admin.outcome('DELETE', `/people/${personId}/sessions`)).toBe('200')
  const { json } = await admin.ask('GET', '/audit?what=session-revoked')
  expect((json as AuditPage).records.map(({ facts }) => facts)).toEqual([
    { name: 'Ben', all: true },
    { name: 'Ben', address: '198.51.100.7' },
  ])
})

test('by which way and with which browser somebody signed in, and failed over, stands in the record', async () => {
  const { tunnelId, connectorIds } = await world.addTunnel('edge')
  await rig.time.run(15_000)
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
  const by = { 'user-agent': agent }
  const name = { name: 'Ada', password: goodPassword }
  await admin.ask('POST', '/sign-in', name, { 'user-agent': 'x'.repeat(5000) })
  await admin.ask('POST', '/sign-in', name, by)
  await admin.ask('POST', '/sign-in/again', { password: goodPassword }, by)
  const failover = { client_id: connectorIds[1], expected_active_id: connectorIds[0], ticked: [] }
  await rig.time.during(admin.ask('POST', `/tunnels/${tunnelId}/failovers`, failover, by))
  const { json } = await admin.ask('GET', '/audit?what=signed-in&what=failoverRun')
  expect((json as AuditPage).records.slice(0, 4).map(({ facts }) => facts)).toEqual([
    { ...failover, method: 'local', agent },
    { method: 'local', again: true, agent },
    { method: 'local', agent },
    { method: 'local', agent: 'x'.repeat(200) },
  ])
  const chain = (await admin.ask('GET', '/audit/chain')).json
  expect(chain).toMatchObject({ isWhole: true })
})

test('with which browser somebody did not get in stands in the record as well', async () => {
  const by = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0' }
  const wrong = { password: 'not the right one' }
  const stranger = createVisitor(rig, '203.0.113.77')
  for (const name of ['Ada', 'Nobody'])
    await stranger.ask('POST', '/sign-in', { name, ...wrong }, by)
  await admin.ask('POST', '/me/password', { current: 'not it', password: `${goodPassword} 2` }, by)
  const { json } = await admin.ask('GET', '/audit?what=sign-in-failed')
  const agent = by['user-agent']
  expect((json as AuditPage).records.slice(0, 3).map(({ facts }) => facts)).toEqual([
    { because: 'password', agent },
    { because: 'name', agent },
    { because: 'password', agent },
  ])
})

test('a screen knows the page that it is for, and gets another name', async () => {
  const link = { name: 'Lobby', view: '/?status=["down"]', days: 30 }
  const screen = await hang(rig, admin, link, '192.0.2.77')
  const { me } = (await screen.ask('GET', '/session')).json as SessionAnswer
  expect(me).toMatchObject({ kind: 'screen', name: 'Lobby', view: '/?status=["down"]' })
  const list = async () =>
    ((await admin.ask('GET', '/screens')).json as { screens: Screen[] }).screens
  const [row] = await list()
  expect(await admin.outcome('PATCH', `/screens/${row?.id}`, { name: ' ' })).toBe(
    '400 invalid-request',
  )
  expect(await admin.outcome('PATCH', `/screens/${row?.id}`, { name: 'Atrium' })).toBe('200')
  expect(await list()).toMatchObject([{ name: 'Atrium', id: row?.id }])
  expect(await reads(screen)).toBe('200')
  expect(await deeds()).toContain('screen-renamed')
})

test('somebody whom another system vouches for gets no password here', async () => {
  const { people } = rig.tandem.parts.identity
  const row = await people.add('Dee', 'viewer', { subject: 'access:https://x.example:1' })
  expect(await admin.outcome('POST', `/people/${row.id}/invitations`)).toBe('400 invalid-request')
})
