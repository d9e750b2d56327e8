import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { AuditPage } from '#contract/audit.ts'
import type { TunnelHistory } from '#contract/history.ts'
import type { Person } from '#contract/people.ts'
import type { Problem } from '#contract/problem.ts'
import { startRig } from './rig.ts'
import { createVisitor, join, publicUrl, setUp, type Visitor } from './visitor.ts'
import { breaking, injections } from './words.ts'
import { startWorld, type World } from './world.ts'

/** S9, S10, S29 and S30: what asks too much, too often, or in the database's own words. */

let world: World
let rig: Awaited<ReturnType<typeof startRig>>
let admin: Visitor
let tunnelId: string
beforeAll(async () => {
  world = await startWorld()
  ;({ tunnelId } = await world.addTunnel('lon-core', 3))
  rig = await startRig(world, { signIn: 'people', publicUrl })
  await rig.looked()
  admin = await setUp(rig)
  await join(rig, admin, 'Ben', 'viewer')
}, 120_000)
afterAll(async () => {
  await rig.end()
  await world.end()
})

const ask = (path: string) => rig.time.during(admin.ask('GET', path))

describe('S9 the database’s own words in a search', () => {
  test(`${injections.length} of them, in every place: nothing is found by them, and nothing is changed`, async () => {
    const people = async () => ((await ask('/people')).json as { people: Person[] }).people
    const before = await people()
    const slow: string[] = []
    for (const text of injections) {
      const word = encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))
      const began = performance.now()
      const { status, json } = await ask(`/audit?who=${word}`)
      if (performance.now() - began > 1000) slow.push(text)
      expect([text, status]).toEqual([text, 200])
      expect([text, ...(json as AuditPage).records]).toEqual([text])
      for (const place of ['what', 'tunnel', 'cursor', 'from', 'to']) {
        expect([text, place, (await ask(`/audit?${place}=${word}`)).status]).toEqual([
          text,
          place,
          400,
        ])
      }
      for (const place of ['kind', 'tunnel', 'cursor', 'from', 'to']) {
        expect([text, place, (await ask(`/activity?${place}=${word}`)).status]).toEqual([
          text,
          place,
          400,
        ])
      }
    }
    expect(slow).toEqual([])
    expect(await people()).toEqual(before)
    expect((await ask('/audit/chain')).json).toMatchObject({ isWhole: true })
    expect((await ask(`/audit?who=${'x'.repeat(101)}`)).status).toBe(400)
  })
})

describe('S10 what would make lines of its own', () => {
  test('a name with line ends or controls stays one line of the log, the stream and the file', async () => {
    for (const [at, odd] of breaking.entries()) {
      const name = `a${odd}b${at}`
      const { status } = await rig.time.during(
        admin.ask('POST', '/tunnels', { name, ha: true, accountId: world.accounts[0] }),
      )
      expect([JSON.stringify(name), status]).toEqual([JSON.stringify(name), 201])
    }
    await admin.ask('POST', '/sign-in', { name: 'x\r\n{"level":60,"msg":"forged"}', password: 'y' })
    const parsed = rig.lines.map((line) => JSON.parse(line) as { msg?: string })
    expect(parsed.filter(({ msg }) => msg === 'forged')).toEqual([])
    expect(rig.lines.filter((line) => line.trimEnd().includes('\n'))).toEqual([])

    const frames: string[] = []
    const leave = rig.tandem.parts.bus.subscribe(({ bytesFor }) =>
      frames.push(bytesFor({ isScreen: false, watching: new Set() }).toString()),
    )
    rig.tandem.parts.bus.publish(rig.tandem.parts.snapshot())
    leave()
    expect(frames[0]).toMatch(/^id: \S+\ndata: [^\r\n]+\n\n$/)

    const { json } = await ask('/audit?what=tunnelCreate')
    expect((json as AuditPage).records).toHaveLength(breaking.length)
  })

  test('addresses that are only claimed are not believed', async () => {
    const stranger = createVisitor(rig, '203.0.113.9')
    await stranger.ask(
      'POST',
      '/sign-in',
      { name: 'Ada', password: 'wrong' },
      {
        forwarded: 'for=198.51.100.1',
        'x-real-ip': '198.51.100.2',
        'cf-connecting-ip': '198.51.100.3',
        'x-forwarded-host': 'evil.example',
      },
    )
    const { json } = await ask('/audit?what=sign-in-failed')
    expect((json as AuditPage).records[0]?.from).toBe('203.0.113.9')
  })
})

// One session stands for 500: what may be asked is counted by tunnel and in all, whoever asks.
test('S29 500 people press “check now” for a minute: a call more every ten seconds, not one for each', async () => {
  await rig.time.run(60_000)
  const calls = () => ({
    reads: rig.calls.filter(({ path }) => path.endsWith(`/${tunnelId}/connections`)).length,
    all: rig.calls.length,
  })
  const began = calls()
  await rig.time.run(60_000)
  const before = calls()
  for (let n = 0; n < 500; n += 1) {
    const { status } = await ask(`/tunnels/${tunnelId}/connectors?fresh=true`)
    expect(status).toBe(200)
    await rig.time.run(120)
  }
  const after = calls()
  expect(after.reads - before.reads).toBeLessThanOrEqual(before.reads - began.reads + 6)
  expect(after.all - before.all).toBeLessThanOrEqual(before.all - began.all + 20)
})

test('S29 whatever is reloaded, by whatever address: twenty calls a minute in all, and a failover can be prepared', async () => {
  const { rig, tunnels, asked } = await watchMany()
  const opened = (await rig.send('GET', `/tunnels/${tunnels[0]?.id}/failovers/checks`)).status
  expect(opened).toBe(200)
  const before = asked()
  for (let round = 0; round < 2; round += 1) {
    expect((await rig.ask('GET', '/session?fresh=true')).status).toBe(200)
    for (const { id, activeConnectorId } of tunnels) {
      for (const path of [
        '?fresh=true',
        '/connectors?fresh=true',
        `/connectors/${activeConnectorId}?fresh=true`,
        '/configuration?fresh=true',
      ]) {
        expect((await rig.ask('GET', `/tunnels/${id}${path}`)).status).toBe(200)
      }
    }
  }
  expect(asked() - before).toBeLessThanOrEqual(20)
  const last = asked()
  await rig.ask('GET', `/tunnels/${tunnels[1]?.id}/failovers/checks`)
  expect(asked()).toBe(last + 1)
  await rig.end()
})

test('S29 a configuration that can’t be read is not asked for by 500 who look at it', async () => {
  const { rig, tunnels, asked } = await watchMany({ status: 500 })
  const before = asked()
  const path = `/tunnels/${tunnels[0]?.id}/configuration`
  const answers = await rig.time.during(
    Promise.all(Array.from({ length: 250 }, () => rig.send('GET', path))),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]))
  for (let n = 0; n < 250; n += 1) {
    const { status, json } = await rig.ask('GET', path)
    expect({ status, type: (json as Problem).type }).toEqual({
      status: 503,
      type: 'urn:tandem:problem:not-ready',
    })
  }
  // One read, tried once more.
  expect(asked() - before).toBe(2)
  await rig.end()
})

/** Nineteen tunnels that Tandem has looked at; then it watches no more, so that only people's calls count. */
async function watchMany(configurations: { status?: number } = {}) {
  const many = await startWorld()
  onTestFinished(async () => void (await many.end()))
  for (let n = 0; n < 19; n += 1) await many.addTunnel(`site-${n}`)
  if (configurations.status)
    await many.breakWith({ kind: 'status', match: { path: '/configurations$' }, ...configurations })
  const rig = await startRig(many)
  await rig.looked()
  await rig.time.run(60_000)
  const asked = () => rig.calls.filter(({ at }) => at >= quietSince).length
  rig.tandem.parts.poller.stop()
  await rig.time.run(0)
  const quietSince = rig.time.now() + 1
  await rig.time.run(1)
  return { rig, tunnels: await rig.tunnels(), asked }
}

test('S30 a window of ten years is cut to what is kept, and answered at once', async () => {
  const now = rig.time.now()
  const tenYears = 10 * 365 * 86_400_000
  const began = performance.now()
  const { status, json } = await ask(
    `/tunnels/${tunnelId}/history?from=${now - tenYears}&to=${now}`,
  )
  expect(performance.now() - began).toBeLessThan(1000)
  expect(status).toBe(200)
  const history = json as TunnelHistory
  expect(history.from).toBeGreaterThanOrEqual(now - 402 * 86_400_000)
  const ends = [
    [0, 999_999_999_999_999, 200],
    [now - 1, now + tenYears, 200],
    [now + tenYears, now + 2 * tenYears, 400],
    [1, 2, 400],
  ] as const
  for (const [from, to, expected] of ends) {
    const query = `from=${from}&to=${to}`
    const answers = [
      await ask(`/tunnels/${tunnelId}/history?${query}`),
      await ask(`/history/summary?${query}`),
      // Goes through its window day by day: one without an end would keep it busy for hours.
      await ask(`/tunnels/${tunnelId}/history.csv?${query}`),
      await ask(`/activity.csv?${query}`),
    ]
    expect([query, ...answers.map((each) => each.status)]).toEqual([
      query,
      expected,
      expected,
      expected,
      expected,
    ])
  }
})

test('S18 S24 no secret stands in an address, and none is in what is listed', async () => {
  const made = await admin.ask('POST', '/screens/links', { name: 'Wall', view: '/', days: 9 })
  const { path } = made.json as { path: string }
  // A server and its log see what stands before the #.
  expect(path.split('#')[0]).toMatch(/^\/[a-z]+$/)
  const listed = JSON.stringify([(await ask('/screens')).json, (await ask('/people')).json])
  expect(listed).not.toContain(path.split('#')[1])
})
