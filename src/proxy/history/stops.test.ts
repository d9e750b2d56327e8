import { expect, test } from 'vitest'
import { longestReason, type Stop } from './stops.ts'

const since = (at: number, because: Stop['because']): Stop => ({ at, because })

test.each<[string, Stop['because'], number, Stop[]]>([
  [
    'a short outage before a long stop',
    'tandem-stopped',
    100,
    [since(10, 'cloudflare-unreachable'), since(15, 'tandem-stopped'), since(99, 'not-confirmed')],
  ],
  [
    'a refused token between two short stops',
    'token-rejected',
    100,
    [since(10, 'tandem-stopped'), since(12, 'token-rejected'), since(98, 'tandem-stopped')],
  ],
  [
    'looks that failed before a short stop',
    'not-confirmed',
    100,
    [since(10, 'not-confirmed'), since(97, 'tandem-stopped'), since(98, 'token-rejected')],
  ],
  [
    'what went on since before it began',
    'tandem-stopped',
    16,
    [since(0, 'token-rejected'), since(12, 'tandem-stopped'), since(15, 'not-confirmed')],
  ],
])('a gap has the reason of its longest part: %s', (_, because, to, stops) => {
  expect(longestReason(10, stops, to)).toBe(because)
})
