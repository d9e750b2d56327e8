import { expect, test } from 'vitest'
import { type Failover, failoverStates } from '#contract/failover.ts'
import {
  aftermathOf,
  deedOf,
  elapsedMs,
  endingOf,
  figuresOf,
  handoverOf,
  namesOf,
  ownWordsOf,
  phasesOf,
} from './phases.ts'

const from = '11111111-0000-4000-8000-000000000000'
const to = '22222222-0000-4000-8000-000000000000'

const failover = (change: Partial<Failover>): Failover => ({
  id: 'f',
  tunnelId: 't',
  accountId: 'a',
  tunnelName: 'gw',
  by: 'ana',
  state: 'accepted',
  from: { connectorId: from, colos: [], version: null },
  activeBefore: [from],
  to: { connectorId: to, colos: [], version: null },
  requestedAt: 1000,
  sentAt: 1000,
  acceptedAt: 1400,
  demotedAt: null,
  promotedAt: null,
  endedAt: null,
  activeNow: [from],
  detail: null,
  cloudflare: [],
  afterwards: [],
  vacantAt: null,
  vacantMs: null,
  drill: false,
  reason: null,
  accepted: [],
  ...change,
})
const states = (change: Partial<Failover>) =>
  phasesOf(failover(change))
    .map(({ state }) => state)
    .join(' ')
const took = (change: Partial<Failover>) => phasesOf(failover(change)).map(({ tookMs }) => tookMs)

test('while it runs, what happened is done, the next is waited for and the rest waits', () => {
  expect(states({ state: 'sending', acceptedAt: null })).toBe(
    'done current waiting waiting waiting',
  )
  expect(states({})).toBe('done done current waiting waiting')
  expect(states({ demotedAt: 3000 })).toBe('done done done current waiting')
})

test('a confirmed one shows what each phase took since the one before', () => {
  const done = {
    state: 'confirmed',
    demotedAt: 3000,
    promotedAt: 6200,
    endedAt: 6200,
  } as const
  expect(states(done)).toBe('done done done done done')
  expect(took(done)).toEqual([0, 400, 1600, 3200, 0])
})

test('one that was confirmed by a Tandem that had been away tells no times of what it did not see', () => {
  const away = { state: 'confirmed', endedAt: 10_800_000, detail: 'Tandem was stopped.' } as const
  expect(states(away)).toBe('done done unseen unseen done')
  expect(endingOf(failover(away), 0)).toMatchObject({
    title: 'Confirmed afterwards',
    text: expect.stringMatching(/^Tandem was stopped\. Cloudflare reported \S+ active/),
  })
})

test('promoted before demoted is no negative time', () => {
  expect(took({ state: 'confirmed', promotedAt: 3000, demotedAt: 5000, endedAt: 5000 })).toEqual([
    0, 400, 3600, 0, 0,
  ])
})

test('without a clear answer the accepting stays unclear, and reading goes on', () => {
  expect(states({ state: 'unknown', acceptedAt: null })).toBe(
    'done unclear current waiting waiting',
  )
  expect(
    states({
      state: 'confirmed',
      acceptedAt: null,
      demotedAt: 3000,
      promotedAt: 3000,
      endedAt: 3000,
    }),
  ).toBe('done unclear done done done')
})

test('a refusal ends it at the second phase; what was never come to is skipped', () => {
  expect(states({ state: 'rejected', acceptedAt: null, endedAt: 1300 })).toBe(
    'done failed skipped skipped skipped',
  )
})

test('U18 why it was refused is told once, in Tandem’s words where it has any, else in Cloudflare’s', () => {
  const cloudflare = [{ code: '10000', message: 'Authentication error' }]
  const refused = (detail: string | null, said: Failover['cloudflare'] = cloudflare) => {
    const its = failover({ state: 'rejected', acceptedAt: null, cloudflare: said, detail })
    return [endingOf(its, 0).text, ownWordsOf(its)]
  }
  const then = 'Nothing has changed: Cloudflare reported 11111111 active just before.'
  const missing =
    'The API token may not do this: it needs “WARP Write”. Cloudflare said: Authentication error (10000).'
  expect(refused(missing)).toEqual([`${missing} ${then}`, null])
  expect(refused('Authentication error (10000)')).toEqual([then, 'Authentication error (10000)'])
  expect(refused('Cloudflare answered 400.', [])).toEqual([
    `Cloudflare answered 400. ${then}`,
    null,
  ])
  expect(refused(null, [])).toEqual([`It gave no reason. ${then}`, null])
})

test('at the deadline what was not seen has failed', () => {
  expect(states({ state: 'not-confirmed', demotedAt: 3000, endedAt: 61_000 })).toBe(
    'done done done failed failed',
  )
})

test('every state has a title and a sentence of its own', () => {
  const endings = failoverStates.map((state) => endingOf(failover({ state, endedAt: 6200 }), 0))
  expect(new Set(endings.map(({ title }) => title)).size).toBe(failoverStates.length)
  for (const { text } of endings) expect(text).not.toBe('')
})

test('a confirmed one says after how long, an unconfirmed one after how long too', () => {
  expect(endingOf(failover({ state: 'confirmed', endedAt: 6200 }), 5200)).toMatchObject({
    tone: 'good',
    title: 'Confirmed after 5.2 s',
  })
  expect(endingOf(failover({ state: 'not-confirmed', endedAt: 61_000 }), 60_000)).toMatchObject({
    tone: 'bad',
    title: 'Not confirmed after 60 s',
    text: 'Cloudflare reported 11111111 active.',
  })
})

test('a late success is told as late, not as a success, in words for one that only had no connection yet', () => {
  const afterwards = [{ at: 76_000, kind: 'late' as const, activeNow: [to] }]
  const late = failover({ state: 'not-confirmed', endedAt: 61_000, afterwards })
  expect(endingOf(late, 60_000)).toMatchObject({
    tone: 'warn',
    title: 'Late: 22222222 was active and connected after 75 s',
    text: 'It was not confirmed within 60 s; Cloudflare reported it active and connected later.',
  })
  expect(aftermathOf(late)).toEqual([
    { at: 76_000, sentence: '22222222 is active and connected after all.' },
  ])
})

test('only what was seen to work is told as done', () => {
  const tried = ['rejected', 'other-active', 'not-confirmed'] as const
  for (const state of tried) expect(deedOf(failover({ state }))).toBe('tried to fail over')
  const afterwards = [{ at: 76_000, kind: 'late' as const, activeNow: [to] }]
  expect(deedOf(failover({ state: 'not-confirmed', afterwards }))).toBe('failed over')
  expect(deedOf(failover({ state: 'confirmed' }))).toBe('failed over')
  expect(deedOf(failover({ state: 'unknown' }))).toBe('is failing over')
})

test('one that flips back after its end is red, and the record of its end stays', () => {
  const afterwards = [{ at: 30_000, kind: 'flipped-back' as const, activeNow: [from] }]
  const undone = failover({ state: 'confirmed', endedAt: 6200, afterwards })
  expect(endingOf(undone, 5200)).toMatchObject({
    tone: 'bad',
    title: 'Confirmed after 5.2 s, but not for long',
    text: 'Cloudflare reported 22222222 active, then 11111111.',
  })
  expect(aftermathOf(undone)[0]?.sentence).toBe('The traffic went back: 11111111 is active again.')
})

test('what has ended is told in the past: what is active now the record can’t know', () => {
  for (const state of ['confirmed', 'other-active', 'not-confirmed'] as const) {
    const { text } = endingOf(failover({ state, endedAt: 6200, activeNow: [to] }), 5200)
    expect(text).toMatch(/^Cloudflare reported 22222222 active/)
  }
})

const picture = (change: Partial<Failover>) => {
  const { from, to, way } = handoverOf(failover(change))
  return `${from} ${way} ${to}`
}

test('the picture is of what was seen last, not of what was seen first', () => {
  expect(picture({})).toBe('active planned not-active')
  expect(picture({ demotedAt: 3000, activeNow: [] })).toBe('not-active planned not-active')
  // Demoted, and active again.
  expect(picture({ demotedAt: 3000 })).toBe('active planned not-active')
  const ended = { endedAt: 61_000, demotedAt: 3000 } as const
  expect(picture({ ...ended, state: 'not-confirmed' })).toBe('active stayed not-active')
  const done = { ...ended, promotedAt: 3000, activeNow: [to] }
  expect(picture({ ...done, state: 'confirmed' })).toBe('not-active moved active')
  const late = { at: 76_000, kind: 'late' as const, activeNow: [to] }
  expect(picture({ ...ended, state: 'not-confirmed', afterwards: [late] })).toBe(
    'not-active moved active',
  )
  const back = { at: 90_000, kind: 'flipped-back' as const, activeNow: [from] }
  expect(picture({ ...done, state: 'confirmed', afterwards: [back] })).toBe(
    'active undone not-active',
  )
  expect(picture({ ...ended, state: 'not-confirmed', afterwards: [late, back] })).toBe(
    'active undone not-active',
  )
  // Called active at the end, and yet no success.
  expect(picture({ ...ended, state: 'not-confirmed', activeNow: [to] })).toBe(
    'not-active stayed active',
  )
  // Both at once: the traffic has not left the old one.
  expect(picture({ promotedAt: 3000, activeNow: [from, to] })).toBe('active planned active')
})

test.each([
  ['nobody is active', [], 'Switching: no connector is active', 'No connector is active'],
  [
    'both are',
    [from, to],
    'Switching: 2 are active',
    'Cloudflare reports 11111111 and 22222222 active at once',
  ],
])('F16 %s: amber for 15 s, then red', (_, activeNow, soon, later) => {
  const its = failover({ activeNow })
  expect(endingOf(its, 15_000)).toMatchObject({ tone: 'warn', title: soon })
  expect(endingOf(its, 15_001)).toMatchObject({ tone: 'bad', title: later })
})

test('F16 nobody active is said too where no clear answer came, once a switch would be over', () => {
  const its = failover({ state: 'unknown', acceptedAt: null, activeNow: [] })
  expect(endingOf(its, 15_000).title).toBe('No clear answer. Checking what is active…')
  expect(endingOf(its, 15_001)).toMatchObject({ tone: 'bad', title: 'No connector is active' })
})

test('F1 one that had been accepted before it was interrupted keeps that', () => {
  const detail = 'Tandem was stopped while this failover ran.'
  expect(endingOf(failover({ state: 'unknown', detail }), 5000)).toEqual({
    tone: 'warn',
    title: 'Accepted, then interrupted. Checking what is active…',
    text: detail,
  })
})

test('what was measured is told, and what is not known is left out', () => {
  const gap = { demotedAt: 3000, promotedAt: 6000, vacantAt: 3000, vacantMs: 3000 }
  expect(figuresOf(failover(gap))).toEqual([
    { name: 'Demotion', value: '2.0 s' },
    { name: 'Without an active connector', value: '3.0 s' },
    { name: 'Promotion', value: '5.0 s' },
  ])
  expect(figuresOf(failover({ demotedAt: 3000, promotedAt: 3000 }))).toContainEqual({
    name: 'Without an active connector',
    value: 'none seen',
  })
  expect(figuresOf(failover({}))).toEqual([])
})

test('the counter runs with the clock, stands at the end, and never goes below zero', () => {
  expect(elapsedMs(failover({}), 3500)).toBe(2500)
  expect(elapsedMs(failover({}), 500)).toBe(0)
  expect(elapsedMs(failover({ endedAt: 6200 }), 99_000)).toBe(5200)
})

test('who is active, in words', () => {
  expect(namesOf([])).toBe('no connector')
  expect(namesOf([from, to])).toBe('11111111 and 22222222')
})
