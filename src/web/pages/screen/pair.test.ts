import { expect, test } from 'vitest'
import { type PairingState, screenLinkMs } from '#contract/people.ts'
import { ProblemError, toProblem } from '#web/api/client.ts'
import { type Progress, pair } from './pair.ts'

/** The steps of a screen, against answers that are written down; time passes only while it sleeps. */

const problem = (kind: string, more: object = {}) =>
  new ProblemError({
    type: `urn:tandem:problem:${kind}`,
    title: kind,
    status: 400,
    detail: '',
    ...more,
  })
const waiting: PairingState = { state: 'waiting', expiresAt: 0 }
const paired: PairingState = { state: 'paired', view: '/wall' }

type Answer = PairingState | ProblemError
type Script = {
  link?: string
  claims: Answer[]
  begins?: ProblemError[]
  looks?: string | null
  most?: number
}

async function run({ link = '', claims, begins = [], looks = null, most = 1000 }: Script) {
  let at = 0
  let codes = 0
  const told: Progress[] = []
  const asked: string[] = []
  const stop = new AbortController()
  await pair({
    link,
    begin: async () => {
      const refusal = begins.shift()
      if (refusal) throw refusal
      codes += 1
      return { code: `CODE-000${codes}`, secret: `secret-${codes}`, expiresAt: 0 }
    },
    claim: async (secret) => {
      asked.push(secret)
      const answer = claims.shift() ?? waiting
      if (answer instanceof ProblemError) throw answer
      return answer
    },
    look: async () => looks,
    sleep: async (ms) => {
      at += ms
      if (told.length >= most) stop.abort()
    },
    now: () => at,
    tell: (progress) => told.push(progress),
    signal: stop.signal,
  })
  return { told, asked, at }
}
const states = (told: Progress[]) => told.map(({ state }) => state)

test('shows a code until somebody approves it', async () => {
  const { told, asked } = await run({ claims: [waiting, waiting, paired] })
  expect(told).toEqual([
    { state: 'showing', code: 'CODE-0001', endsAt: screenLinkMs, problem: null },
    { state: 'paired', view: '/wall' },
  ])
  expect(asked).toEqual(['secret-1', 'secret-1', 'secret-1'])
})

test('shows the next code when one is over, and says nothing about it', async () => {
  const { told } = await run({ claims: [], most: 3 })
  expect(told.map((each) => ('code' in each ? [each.code, each.problem] : []))).toEqual([
    ['CODE-0001', null],
    ['CODE-0002', null],
    ['CODE-0003', null],
  ])
})

test('a restart that forgot the code leads to a new one at once', async () => {
  const { told, at } = await run({ claims: [problem('link-spent'), paired] })
  expect(states(told)).toEqual(['showing', 'showing', 'paired'])
  expect(at).toBe(0)
})

test('keeps its code while Tandem does not answer, says so, and stops saying so', async () => {
  const away = problem('unreachable', { status: 0 })
  const { told } = await run({ claims: [away, waiting, paired] })
  expect(told.map((each) => ('problem' in each ? (each.problem?.title ?? null) : each))).toEqual([
    null,
    'unreachable',
    null,
    { state: 'paired', view: '/wall' },
  ])
})

test('redeems a link without showing a code', async () => {
  const { told, asked } = await run({ link: 'the-link', claims: [paired] })
  expect(states(told)).toEqual(['redeeming', 'paired'])
  expect(asked).toEqual(['the-link'])
})

test('says that a link was used already, and shows a code instead', async () => {
  const spent = problem('link-spent')
  const { told } = await run({ link: 'the-link', claims: [spent, waiting, paired] })
  expect(states(told)).toEqual(['redeeming', 'showing', 'paired'])
  expect(told[1]).toMatchObject({ problem: toProblem(spent) })
})

test('an answer that was lost with the access in it leads to the page all the same', async () => {
  const { told } = await run({
    link: 'the-link',
    claims: [problem('unreachable', { status: 0 }), problem('link-spent')],
    looks: '/wall',
  })
  expect(told.at(-1)).toEqual({ state: 'paired', view: '/wall' })
})

test('waits as long as it is told to before it asks for a code again, within reason', async () => {
  const { told } = await run({
    begins: [
      problem('too-many-attempts', { retryAt: 30_000 }),
      problem('too-many-attempts', { retryAt: Number.MAX_SAFE_INTEGER }),
      problem('unreachable', { status: 0 }),
    ],
    claims: [paired],
  })
  expect(told.flatMap((each) => ('againAt' in each ? [each.againAt] : []))).toEqual([
    30_000, 90_000, 95_000,
  ])
  expect(states(told).slice(-2)).toEqual(['showing', 'paired'])
})

test('whoever takes it back at once has asked for nothing', async () => {
  const stop = new AbortController()
  const asked: string[] = []
  const never = () => {
    asked.push('asked')
    return Promise.reject(problem('unreachable'))
  }
  const running = pair({
    link: 'the-link',
    begin: never,
    claim: never,
    look: never,
    sleep: async () => {},
    now: () => 0,
    tell: () => asked.push('told'),
    signal: stop.signal,
  })
  stop.abort()
  await running
  expect(asked).toEqual([])
})
