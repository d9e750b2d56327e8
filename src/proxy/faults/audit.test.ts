import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditChain, AuditPage, AuditRecord } from '#contract/audit.ts'
import type { Who } from '../identity/who.ts'
import { type Rig, startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** What is remembered of what people do, through the real routes and against the simulated Cloudflare. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
beforeEach(() => world.reset())
afterAll(() => world.end())

const person = (name: string, role: Who['role']): Who => ({
  id: `person:${name}`,
  name,
  role,
  reason: null,
  kind: 'person',
  method: 'local',
  sessionId: 's',
  signedInAt: null,
  from: '192.0.2.1',
})

async function watch() {
  const { tunnelId, connectorIds } = await world.addTunnel('edge')
  const rig = await startRig(world)
  await rig.looked()
  /** From now on every request is this one's. */
  const as = (who: Who | null) => {
    rig.tandem.parts.identity.find = async () => ({ who, cookies: [] })
  }
  as(person('ana', 'admin'))
  return { rig, as, tunnelId, connectorIds, path: `/tunnels/${tunnelId}` }
}

const records = async (rig: Rig, query = '') => (await rig.get<AuditPage>(`/audit${query}`)).records

/** A file as it is sent. */
async function file(rig: Rig, path: string) {
  const headers = { host: '127.0.0.1:8787' }
  const answer = await rig.app.fetch(new Request(`http://127.0.0.1:8787/api${path}`, { headers }))
  return { type: answer.headers.get('content-type'), text: await rig.time.during(answer.text()) }
}

const ray = expect.stringMatching(/^[0-9a-f]{16}-LHR$/)

describe('the record of what people do', () => {
  test('a change: who, from where, from what to what, and Cloudflare’s id of the request', async () => {
    const { rig, path, tunnelId } = await watch()
    await rig.ask('PATCH', path, { name: 'edge-2' })
    const [record] = await records(rig)
    expect(record).toMatchObject({
      who: { id: 'person:ana', name: 'ana', role: 'admin' },
      from: '192.0.2.1',
      what: 'tunnelUpdate',
      tunnelId,
      tunnelName: 'edge-2',
      facts: { name: { from: 'edge', to: 'edge-2' } },
      requestId: expect.any(String),
      outcomes: [{ result: 'done', facts: { ray } }],
    })
    await rig.end()
  })

  test('a change that Cloudflare refuses: what it said, and its id of the request', async () => {
    const { rig, path } = await watch()
    await world.addTunnel('taken')
    await rig.ask('PATCH', path, { name: 'taken' })
    const [record] = await records(rig)
    expect(record?.outcomes).toMatchObject([
      { result: 'name-conflict', facts: { cloudflare: { status: 409, ray } } },
    ])
    await rig.end()
  })

  test('a secret that is seen or replaced is remembered, and it itself is not', async () => {
    const { rig, path } = await watch()
    const secret = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')
    await rig.ask('PATCH', path, { secret })
    const { json } = await rig.ask('GET', `${path}/token`)
    const { token } = json as { token: string }
    const found = await records(rig)
    expect(found.map(({ what, facts }) => [what, facts])).toEqual([
      ['tokenGet', {}],
      ['tunnelUpdate', { secret: 'replaced' }],
    ])
    const kept = JSON.stringify(await rig.db.selectFrom('audit').selectAll().execute())
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(token.slice(0, 24))
    await rig.end()
  })

  test('what a role may not do, and what another site tries, is remembered; nothing reaches Cloudflare', async () => {
    const { rig, as, path } = await watch()
    const calls = rig.calls.length
    as(person('vic', 'viewer'))
    for (let n = 0; n < 3; n += 1) {
      const refused = await rig.send('DELETE', path, {})
      expect(refused.status).toBe(403)
    }
    as(null)
    await rig.send('DELETE', path, {})
    await rig.app.fetch(
      new Request('http://127.0.0.1:8787/api/tunnels', {
        headers: { host: '127.0.0.1:8787', 'sec-fetch-site': 'cross-site' },
      }),
    )
    expect(rig.calls).toHaveLength(calls)
    await rig.time.run(60_000)
    as(person('ana', 'admin'))
    const found = await records(rig, '?what=refused')
    expect(found.map(({ who, facts }) => [who?.name ?? null, facts])).toEqual([
      ['vic', { why: 'role-missing', times: 2 }],
      [null, { why: 'cross-site' }],
      [null, { why: 'sign-in-needed' }],
      ['vic', { why: 'role-missing' }],
    ])
    expect(found[0]?.target).toBe(`DELETE /api${path}`)
    await rig.end()
  })

  test('operators see their own records whatever they ask for, viewers none, screens none', async () => {
    const { rig, as, path } = await watch()
    await rig.ask('PATCH', path, { name: 'by-ana' })
    as(person('olga', 'operator'))
    await rig.send('PATCH', path, { name: 'by-olga' })
    const own = await rig.get<AuditPage>('/audit?who=ana')
    expect(own).toEqual({ records: [], whose: 'own', cursor: null })
    expect((await records(rig)).map(({ who }) => who?.name)).toEqual(['olga'])
    const csv = await file(rig, '/audit.csv')
    expect(csv.text).not.toContain('person:ana')
    expect((await rig.send('GET', '/audit/chain')).status).toBe(403)
    for (const role of ['viewer', 'screen'] as const) {
      as(person('vic', role))
      for (const address of ['/audit', '/audit.csv', '/audit.jsonl', '/audit/chain']) {
        expect((await rig.send('GET', address)).status).toBe(403)
      }
    }
    await rig.end()
  })

  test('filters and pages; what can’t be one is said', async () => {
    const { rig, path, tunnelId } = await watch()
    for (let n = 0; n < 105; n += 1) {
      await rig.tandem.parts.audit.append({
        who: person('ana', 'admin'),
        from: '192.0.2.1',
        what: n % 2 === 0 ? 'signed-in' : 'signed-out',
        tunnelId: null,
        target: null,
        facts: {},
        requestId: null,
      })
    }
    await rig.ask('PATCH', path, { name: 'edge-2' })
    const first = await rig.get<AuditPage>('/audit')
    const second = await rig.get<AuditPage>(`/audit?cursor=${first.cursor}`)
    expect([first.records.length, second.records.length, second.cursor]).toEqual([100, 6, null])
    const seqs = [...first.records, ...second.records].map(({ seq }) => seq)
    expect(new Set(seqs).size).toBe(106)
    expect(await records(rig, `?tunnel=${tunnelId}`)).toHaveLength(1)
    expect(await records(rig, '?what=signed-out')).toHaveLength(52)
    for (const query of ['what=x', 'tunnel=x', 'cursor=x', 'from=x', 'from=2&to=1']) {
      expect((await rig.refused('GET', `/audit?${query}`)).field).toBe(query.split('=')[0])
    }
    await rig.end()
  })

  test('a stop on purpose writes down what was counted only, unless the disk refuses', async () => {
    const { rig, as, path } = await watch()
    const refuse = async () => {
      as(person('vic', 'viewer'))
      for (let n = 0; n < 3; n += 1) await rig.send('DELETE', path, {})
      as(null)
      for (let n = 0; n < 8; n += 1) await rig.send('DELETE', path, {})
    }
    await refuse()
    await rig.tandem.stop()
    const counted = await rig.db.selectFrom('audit').select('facts').orderBy('seq').execute()
    expect(counted.slice(-2).map(({ facts }) => JSON.parse(facts))).toEqual([
      { why: 'role-missing', times: 2 },
      { why: 'sign-in-needed', times: 3 },
    ])
    await refuse()
    await rig.db.schema.alterTable('audit').renameTo('elsewhere').execute()
    await expect(rig.tandem.stop()).resolves.toBeUndefined()
    await rig.db.schema.alterTable('elsewhere').renameTo('audit').execute()
    await rig.end()
  })

  test('files: every record, and nothing that a spreadsheet would run', async () => {
    const { rig, as, path } = await watch()
    as({ ...person('=HYPERLINK("x")', 'admin'), from: '+1' })
    await rig.ask('PATCH', path, { name: '@SUM(1)' })
    const csv = await file(rig, '/audit.csv')
    expect(csv.type).toMatch('text/csv')
    const [header, row] = csv.text.split('\r\n')
    expect(header).toMatch(/^seq,at,who,who_id,role,from,what,/)
    expect(row).toContain(`"'=HYPERLINK(""x"")"`)
    expect(row).toContain(`,'+1,`)
    expect(row).toContain(`,'@SUM(1),`)
    const lines = await file(rig, '/audit.jsonl')
    const [record] = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRecord)
    expect(record).toMatchObject({ seq: 1, deed: 'Changed a tunnel', hash: expect.any(String) })
    await rig.end()
  })

  test('S28 the chain is whole, its hashes stand in the log, and a record changed by hand is named', async () => {
    const { rig, path } = await watch()
    await rig.ask('PATCH', path, { name: 'edge-2' })
    const whole = await rig.get<AuditChain>('/audit/chain')
    expect(whole).toMatchObject({ isWhole: true, records: 2, fault: null })
    const logged = rig.lines
      .map((line) => (JSON.parse(line) as { audit?: { hash: string } }).audit?.hash)
      .filter(Boolean)
    expect(logged.at(-1)).toBe(whole.last?.hash)
    await rig.db.schema.alterTable('audit').renameTo('kept').execute()
    await rig.db.schema
      .createTable('audit')
      .as(rig.db.selectFrom('kept' as 'audit').selectAll())
      .execute()
    await rig.db.updateTable('audit').set({ who_name: 'eve' }).where('seq', '=', 1).execute()
    await rig.time.run(11_000)
    expect(await rig.get<AuditChain>('/audit/chain')).toMatchObject({
      isWhole: false,
      fault: { seq: 1, sentence: expect.stringMatching(/^Record 1 was changed/) },
    })
    await rig.end()
  })
})
