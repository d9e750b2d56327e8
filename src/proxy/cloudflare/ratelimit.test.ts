import { describe, expect, test } from 'vitest'
import { parseRatelimit, parseRetryAfter } from './ratelimit.ts'

describe('Ratelimit', () => {
  const policy = '"burst";q=100;w=60, "default";q=1200;w=300'
  test.each([
    ['one item', '"default";r=50;t=30', ['default', 50, 30, 1200]],
    ['another order of its parts', '"default";t=30;r=50', ['default', 50, 30, 1200]],
    ['spaces', ' "default" ; r=50 ; t=30 ', ['default', 50, 30, 1200]],
    ['no quotes', 'default;r=50;t=30', ['default', 50, 30, 1200]],
    ['more parts than we know', '"default";r=50;t=30;pk=:abc:', ['default', 50, 30, 1200]],
    ['no t: five minutes', '"default";r=3', ['default', 3, 300, 1200]],
    ['nothing left', '"default";r=0;t=120', ['default', 0, 120, 1200]],
    ['a name without a policy', '"other";r=7;t=9', ['other', 7, 9, null]],
    ['no name', ';r=7;t=9', ['', 7, 9, null]],
    ['the slower of two', '"default";r=100;t=300, "burst";r=90;t=10', ['default', 100, 300, 1200]],
    ['the slower of two again', '"default";r=900;t=300,"burst";r=5;t=10', ['burst', 5, 10, 100]],
    ['one of two is garbage', '"default";r=x;t=30, "burst";r=5;t=10', ['burst', 5, 10, 100]],
    ['a window that ends now', '"default";r=4;t=0', ['default', 4, 0, 1200]],
  ])('%s', (_, header, [name, remaining, seconds, quota]) => {
    expect(parseRatelimit(header, policy)).toEqual({
      name,
      remaining,
      resetMs: Number(seconds) * 1000,
      quota,
    })
  })

  test.each([
    ['absent', null],
    ['empty', ''],
    ['a word', 'abc'],
    ['no r', '"default";t=30'],
    ['a negative r', '"default";r=-5;t=30'],
    ['a fraction', '"default";r=1.5;t=30'],
    ['r with letters', '"default";r=50x;t=30'],
    ['more digits than any limit has', '"default";r=99999999999999;t=30'],
    ['only separators', ',;,;=,'],
    ['a megabyte', 'x'.repeat(1_000_000)],
  ])('says nothing readable: %s', (_, header) => {
    expect(parseRatelimit(header, null)).toBeNull()
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-10-14T12:00:00Z')
  test.each([
    ['1', 1],
    ['37', 37],
    ['300', 300],
    ['0', 1],
    ['99999', 3600],
    ['999999999999', 3600],
    [' 37 ', 37],
    ['Wed, 14 Oct 2026 12:02:00 GMT', 120],
    ['Wed, 14 Oct 2026 11:00:00 GMT', 1],
    ['Fri, 16 Oct 2026 12:00:00 GMT', 3600],
    ['abc', 300],
    ['Wed, nonsense', 300],
    ['-5', 300],
    ['1.5', 300],
    ['', 300],
    [null, 300],
    ['12 minutes', 300],
  ])('“%s” is %i s', (header, seconds) => {
    expect(parseRetryAfter(header, now)).toBe(seconds * 1000)
  })
})
