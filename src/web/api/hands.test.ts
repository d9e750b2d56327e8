import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { idleHeader } from '#contract/idle.ts'
import { get } from './client.ts'
import { hearHands } from './hands.ts'

let page: EventTarget
let sent: (string | null)[]
/** What the page asks for, and whether it says that nobody was there. */
const ask = () => get('/tunnels')

beforeEach(() => {
  vi.useFakeTimers()
  page = new EventTarget()
  sent = []
  vi.stubGlobal('fetch', async (_: string, { headers }: RequestInit) => {
    sent.push(new Headers(headers).get(idleHeader))
    return new Response('{}')
  })
  hearHands(page)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('what a page asks a minute after the last hand is said to be its own', async () => {
  await ask()
  vi.advanceTimersByTime(59_000)
  await ask()
  vi.advanceTimersByTime(1000)
  await ask()
  expect(sent).toEqual([null, null, '1'])
})

const hour = 3_600_000
const moves = (screenX: number) =>
  page.dispatchEvent(Object.assign(new Event('pointermove'), { screenX, screenY: 20 }))

test.each(['pointerdown', 'keydown', 'wheel', 'click', 'popstate'])(
  'a %s is a hand',
  async (what) => {
    vi.advanceTimersByTime(12 * hour)
    await ask()
    page.dispatchEvent(new Event(what))
    await ask()
    expect(sent).toEqual(['1', null])
  },
)

test('so is a mouse that moves, and not one under which the page does', async () => {
  moves(10)
  vi.advanceTimersByTime(12 * hour)
  moves(10)
  await ask()
  moves(11)
  await ask()
  expect(sent).toEqual(['1', null])
})
