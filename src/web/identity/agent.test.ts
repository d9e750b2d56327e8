import { expect, test } from 'vitest'
import { browserName } from './agent.ts'

const like = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/150.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  [`Mozilla/5.0 (Windows NT 10.0) ${like} Chrome/150.0 Safari/537.36 Edg/150.0`, 'Edge on Windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:140.0) Firefox/140.0', 'Firefox on macOS'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [
    `Mozilla/5.0 (Linux; Android 15) ${like} Chrome/150.0 Mobile Safari/537.36`,
    'Chrome on Android',
  ],
  [`Mozilla/5.0 (X11; Linux) ${like} HeadlessChrome/150.0 Safari/537.36`, 'Chrome on Linux'],
  ['curl/8.5.0', 'curl/8.5.0'],
  ['', 'A program without a name'],
])('%s is %s', (agent, name) => {
  expect(browserName(agent)).toBe(name)
})

test('what somebody made up is short, and turns nothing around', () => {
  expect(browserName('\u202eevil\u0000')).toBe('evil')
  expect(browserName('x'.repeat(200))).toHaveLength(41)
})
