import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import { isRunning } from '#contract/failover.ts'
import {
  applyDeadline,
  applyReading,
  nextRead,
  readsLeft,
  toAfterFact,
  upToNow,
} from './verdict.ts'

const sentAt = 1_700_000_000_000
const party = (connectorId: string) => ({ connectorId, colos: [], version: null })
const failover = (more: Partial<Failover> = {}): Failover => ({
  id: 'f',
  tunnelId: 't',
  accountId: 'a',
  tunnelName: 'lon-core',
  by: 'local admin',
  state: 'accepted',
  from: party('old'),
  activeBefore: ['old'],
  to: party('new'),
  requestedAt: sentAt,
  sentAt,
  acceptedAt: sentAt + 200,
  demotedAt: null,
  promotedAt: null,
  endedAt: null,
  activeNow: ['old'],
  detail: null,
  cloudflare: [],
  afterwards: [],
  vacantAt: null,
  vacantMs: null,
  drill: false,
  reason: null,
  accepted: [],
  ...more,
})
const reading = (seconds: number, actives: string[], isConnected = true) => ({
  at: sentAt + seconds * 1000 + 100,
  sentAt: sentAt + seconds * 1000,
  actives,
  isConnected,
})

const severalBefore = { from: null, activeBefore: ['old', 'older'] }
const nobodyBefore = { from: null, activeBefore: [] }

describe('a reading', () => {
  test.each<[string, Failover, ReturnType<typeof reading>, string]>([
    ['the target alone is active', failover(), reading(1, ['new']), 'confirmed'],
    [
      'no clear answer, but the target is active',
      failover({ state: 'unknown' }),
      reading(1, ['new']),
      'confirmed',
    ],
    ['nobody was active before', failover(nobodyBefore), reading(1, ['new']), 'confirmed'],
    ['several were, and are', failover(severalBefore), reading(30, ['old', 'older']), 'accepted'],
    ['several were, one still is', failover(severalBefore), reading(30, ['older']), 'accepted'],
    ['several were, now a third', failover(severalBefore), reading(30, ['third']), 'other-active'],
    ['several were, now it', failover(severalBefore), reading(30, ['new']), 'confirmed'],
    ['of an older record', failover({ activeBefore: [] }), reading(30, ['old']), 'accepted'],
    ['the old one still is', failover(), reading(1, ['old']), 'accepted'],
    ['both are', failover(), reading(1, ['old', 'new']), 'accepted'],
    ['the old one and a third', failover(), reading(30, ['old', 'third']), 'accepted'],
    ['the target and a third', failover(), reading(30, ['new', 'third']), 'accepted'],
    [
      'nobody was active before, now the target and a third',
      failover(nobodyBefore),
      reading(1, ['new', 'third']),
      'accepted',
    ],
    ['nobody is', failover(), reading(1, []), 'accepted'],
    ['a third is, for a moment', failover(), reading(9, ['third']), 'accepted'],
    ['a third is, for good', failover(), reading(10, ['third']), 'other-active'],
    ['the target, without a connection', failover(), reading(9, ['new'], false), 'accepted'],
    ['the same for good', failover(), reading(10, ['new'], false), 'not-confirmed'],
    ['it left before the PUT', failover(), reading(-1, ['new']), 'accepted'],
    ['it was not sent yet', failover({ sentAt: null }), reading(1, ['new']), 'accepted'],
    ['it has ended', failover({ state: 'rejected' }), reading(1, ['new']), 'rejected'],
  ])('%s', (_, before, read, state) => {
    expect(applyReading(before, read).state).toBe(state)
  })

  test('a target without a connection is not confirmed, and no more is said than was seen; it is once it has one', () => {
    const cutOff = applyReading(failover(), reading(3, ['new'], false))
    expect(cutOff).toMatchObject({ state: 'accepted', promotedAt: sentAt + 3100 })
    expect(applyReading(cutOff, reading(5, ['new']))).toMatchObject({ state: 'confirmed' })
    expect(applyReading(cutOff, reading(11, ['new'], false))).toMatchObject({
      activeNow: ['new'],
      endedAt: sentAt + 11_100,
      detail:
        'Cloudflare called new active, but listed no connection of it. Check its host, or choose another connector.',
    })
    expect(applyDeadline(cutOff, sentAt + 60_000, sentAt + 3000).detail).toMatch(
      /last reported new active without a connection 3 s after it was sent/,
    )
  })

  test('who promoted a third one is not claimed to be known', () => {
    expect(applyReading(failover(), reading(10, ['third'])).detail).toBe(
      'third became active, not new. Cloudflare promoted it by itself, or somebody did outside Tandem.',
    )
  })

  test('of several none is demoted and nothing is vacant while one is active', () => {
    const one = applyReading(failover(severalBefore), reading(2, ['old']))
    expect(one).toMatchObject({ demotedAt: null, vacantAt: null, vacantMs: null })
    const none = applyReading(one, reading(3, []))
    expect(none).toMatchObject({ demotedAt: sentAt + 3100, vacantAt: sentAt + 3100 })
  })

  test('phases are the first readings that showed them', () => {
    const demoted = applyReading(failover(), reading(2, []))
    expect(demoted).toMatchObject({ demotedAt: sentAt + 2100, promotedAt: null, activeNow: [] })
    const done = applyReading(demoted, reading(5, ['new']))
    expect(done).toMatchObject({
      state: 'confirmed',
      demotedAt: sentAt + 2100,
      promotedAt: sentAt + 5100,
      endedAt: sentAt + 5100,
      detail: null,
    })
    expect(applyReading(done, reading(6, ['old']))).toBe(done)
  })

  test('what a Tandem sees that was away for hours has no times that nobody measured', () => {
    const left = { state: 'unknown', ...nobodyBefore } as const
    expect(applyReading(failover(left), reading(10_800, ['new']))).toMatchObject({
      state: 'confirmed',
      demotedAt: null,
      promotedAt: null,
      vacantAt: null,
      vacantMs: null,
      detail: expect.stringMatching(/^Tandem was stopped meanwhile/),
    })
    expect(applyReading(failover(left), reading(10_800, ['third']))).toMatchObject({
      state: 'other-active',
      detail: expect.not.stringMatching(/by itself/),
    })
    expect(applyReading(failover(left), reading(10_800, ['new'], false))).toMatchObject({
      state: 'not-confirmed',
      promotedAt: null,
      detail:
        'Cloudflare called new active, but listed no connection of it. Tandem was stopped meanwhile: when it changed, and by whom, nobody saw. Check its host, or choose another connector.',
    })
  })

  test('confirmed only ever comes of a reading after the PUT that showed the target alone, and connected', () => {
    const read = fc.record({
      seconds: fc.integer({ min: -5, max: 70 }),
      actives: fc.uniqueArray(fc.constantFrom('old', 'new', 'third'), { maxLength: 3 }),
      isConnected: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(read, { maxLength: 20 }), fc.boolean(), (reads, hasOld) => {
        let now = failover(hasOld ? {} : nobodyBefore)
        for (const { seconds, actives, isConnected } of reads) {
          const before = now
          now = applyReading(before, reading(seconds, actives, isConnected))
          // What has ended is never edited.
          const wasRunning = isRunning(before.state)
          expect(wasRunning ? before : now).toBe(before)
          const isConfirmedNow = wasRunning && now.state === 'confirmed'
          const shown = isConfirmedNow
            ? [actives, isConnected, seconds >= 0]
            : [['new'], true, true]
          expect(shown).toEqual([['new'], true, true])
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('time without an active connector', () => {
  test('is measured from the first read with nobody to the first with somebody', () => {
    const gone = applyReading(failover(), reading(2, []))
    expect(gone).toMatchObject({ vacantAt: sentAt + 2100, vacantMs: null })
    const still = applyReading(gone, reading(3, []))
    expect(still).toMatchObject({ vacantAt: sentAt + 2100, vacantMs: null })
    expect(applyReading(still, reading(5, ['new']))).toMatchObject({ vacantMs: 3000 })
    // A second gap does not make the first one longer.
    const back = applyReading(still, reading(5, ['old']))
    expect(applyReading(applyReading(back, reading(7, [])), reading(9, ['new']))).toMatchObject({
      vacantMs: 3000,
    })
  })

  test('goes back to the PUT where nobody was active before', () => {
    expect(applyReading(failover(nobodyBefore), reading(2, ['new']))).toMatchObject({
      vacantAt: sentAt,
      vacantMs: 2100,
    })
  })

  test('no read showed nobody: none is claimed', () => {
    expect(applyReading(failover(), reading(2, ['new']))).toMatchObject({
      vacantAt: null,
      vacantMs: null,
    })
  })
})

describe('what is seen after the end', () => {
  const confirmed = failover({ state: 'confirmed', activeNow: ['new'] })
  const missed = failover({ state: 'not-confirmed', activeNow: ['old'] })
  const seen = (kind: 'late' | 'flipped-back', activeNow: string[]) => ({ at: 1, kind, activeNow })
  test.each<[string, Failover, string[], string | null]>([
    ['nothing new', confirmed, ['new'], null],
    ['still not', missed, ['old'], null],
    ['after all', missed, ['new'], 'late'],
    ['it went back', confirmed, ['old'], 'flipped-back'],
    ['a third took over', confirmed, ['third'], 'moved-on'],
    ['nobody', confirmed, [], 'none-active'],
    ['both', confirmed, ['old', 'new'], 'several-active'],
    [
      'and back again',
      { ...confirmed, afterwards: [seen('flipped-back', ['old'])] },
      ['new'],
      'restored',
    ],
    ['late, and back', { ...missed, afterwards: [seen('late', ['new'])] }, ['old'], 'flipped-back'],
    ['told once', { ...missed, afterwards: [seen('late', ['new'])] }, ['new'], null],
  ])('%s', (_, ended, actives, kind) => {
    expect(toAfterFact(ended, { at: 5, actives, isConnected: true })?.kind ?? null).toBe(kind)
  })

  test('a target that gets its connection after the end is late', () => {
    const cutOff = failover({ state: 'not-confirmed', activeNow: ['new'] })
    const sight = { at: 5, actives: ['new'], isConnected: false }
    expect(toAfterFact(cutOff, sight)).toBeNull()
    expect(toAfterFact(missed, sight)).toBeNull()
    expect(toAfterFact(cutOff, { ...sight, isConnected: true })?.kind).toBe('late')
    expect(toAfterFact(confirmed, sight)).toBeNull()
  })
})

describe('the deadline', () => {
  test('nothing ends before 60 s', () => {
    const running = failover()
    expect(applyDeadline(running, sentAt + 59_999, sentAt + 59_000)).toBe(running)
    const ended = failover({ state: 'confirmed' })
    expect(applyDeadline(ended, sentAt + 90_000, sentAt + 60_000)).toBe(ended)
  })

  test.each<[string, Partial<Failover>, number | null, RegExp]>([
    [
      'the old one is',
      {},
      60,
      /^Cloudflare accepted the request but still reports old active after 60 s\./,
    ],
    ['nobody is', { activeNow: [] }, 59, /but reports no active connector after 60 s/],
    [
      'two are',
      { activeNow: ['old', 'new'] },
      60,
      /but reports old and new active at once after 60 s/,
    ],
    [
      'no clear answer',
      { acceptedAt: null, state: 'unknown' },
      60,
      /^It is not known whether Cloudflare took the request; it still reports old/,
    ],
    [
      'nothing could be read',
      {},
      null,
      /could not be asked for the connectors since\. It may still happen/,
    ],
    [
      'the old one was, a second after it was sent',
      {},
      1,
      /^Cloudflare accepted the request but last reported old active 1 s after it was sent, and could not be asked since\. It may still happen/,
    ],
    [
      'nobody was, five seconds before the end',
      { activeNow: [] },
      54,
      /last reported no active connector 54 s after it was sent, and could not/,
    ],
  ])('%s', (_, more, second, says) => {
    const readAt = second === null ? null : sentAt + second * 1000
    const end = applyDeadline(failover(more), sentAt + 60_000, readAt)
    expect(end).toMatchObject({ state: 'not-confirmed', endedAt: sentAt + 60_000 })
    expect(end.detail).toMatch(says)
  })
})

test('a run whose clock was ahead leaves nothing that is later than now, and no gap of less than nothing', () => {
  const now = sentAt - 3_600_000
  const left = upToNow(failover({ demotedAt: sentAt + 400, vacantAt: sentAt + 400 }), now)
  expect(left).toMatchObject({ requestedAt: now, sentAt: now, acceptedAt: now, demotedAt: now })
  expect(left).toMatchObject({ promotedAt: null, vacantAt: now })
  const read = { ...reading(0, ['new']), at: now + 1000, sentAt: now + 900 }
  expect(applyReading(left, read)).toMatchObject({ state: 'confirmed', vacantMs: 1000 })
  expect(upToNow(failover(), sentAt + 500)).toEqual(failover())
})

describe('when the connectors are read', () => {
  const after = (seconds: number) => {
    const { at, withinMs, isLast } = nextRead(sentAt, sentAt + seconds * 1000)
    return { second: (at - sentAt) / 1000, withinMs, isLast }
  }

  test('it begins after a second and ends after sixty, whatever takes long', () => {
    expect(after(0)).toEqual({ second: 1, withinMs: 59_000, isLast: false })
    expect(after(1.2)).toMatchObject({ second: 2 })
    expect(after(16)).toEqual({ second: 17, withinMs: 43_000, isLast: false })
    expect(after(59)).toEqual({ second: 60, withinMs: 2_000, isLast: true })
  })

  test('after a sleep of the machine they are read once more', () => {
    expect(after(900)).toEqual({ second: 60, withinMs: 2_000, isLast: true })
  })

  test.each([
    [0, 23],
    [1, 22],
    [58, 2],
    [60, 1],
  ])('after %i s %i are yet to come', (seconds, left) => {
    expect(readsLeft(sentAt, sentAt + seconds * 1000)).toBe(left)
  })
})
