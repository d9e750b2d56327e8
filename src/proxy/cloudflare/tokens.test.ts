import { expect, test } from 'vitest'
import { createSecret } from '../secret.ts'
import { createBudget } from './budget.ts'
import { createClient } from './client.ts'
import { createTokenWatch } from './tokens.ts'

const dayMs = 86_400_000
const accountId = 'a'.repeat(32)

/** Cloudflare as it answers about two tokens, and how often it was asked about each. */
function watchTokens(
  end: { expiresOn: string; isSilent: boolean },
  { verified, lists = true }: { verified?: unknown; lists?: boolean } = {},
) {
  let at = 1_700_000_000_000
  const asked = { read: 0, write: 0 }
  const now = () => at
  const slotOf = (letter: string) => ({ secret: createSecret(letter.repeat(40)), lockedUntil: 0 })
  const tokens = { read: slotOf('r'), write: slotOf('w') }
  const client = createClient({
    baseUrl: 'https://api.cloudflare.com/client/v4',
    tokens,
    budget: createBudget({ limit: 1200, pollShare: 0.6, now }),
    now,
    random: () => 0.5,
    sleep: async () => {},
    fetch: async (url, init) => {
      const authorization = new Headers(init?.headers).get('authorization')
      asked[authorization === `Bearer ${'w'.repeat(40)}` ? 'write' : 'read'] += 1
      if (end.isSilent) return new Response('', { status: 503 })
      const isVerify = String(url).endsWith('/tokens/verify')
      if (!isVerify && !lists) return Response.json({ success: false }, { status: 401 })
      const known = { status: 'active', expires_on: end.expiresOn }
      return Response.json({ success: true, result: isVerify ? (verified ?? known) : [] })
    },
    onLocked: () => {},
    onSkew: () => {},
    debug: () => {},
  })
  const watch = createTokenWatch({
    client,
    tokens,
    accountId,
    now,
    onChange: () => {},
  })
  async function list(times: number, everyMs: number) {
    for (let listing = 0; listing < times; listing += 1) {
      at += everyMs
      await watch.noticeListing(null)
    }
  }
  const ends = () => watch.states().map(({ expiresAt }) => expiresAt)
  return { asked, list, ends, watch }
}

test('each token is asked about once a day, and told when its end is another', async () => {
  const end = { expiresOn: '2027-03-01T00:00:00Z', isSilent: false }
  const { asked, list, ends } = watchTokens(end)
  const before = Date.parse(end.expiresOn)
  await list(1, 0)
  expect(ends()).toEqual([before, before])
  end.expiresOn = '2027-06-01T00:00:00Z'
  await list(24, dayMs / 25)
  expect(asked).toEqual({ read: 1, write: 1 })
  await list(1, dayMs / 25)
  expect(asked).toEqual({ read: 2, write: 2 })
  const after = Date.parse(end.expiresOn)
  expect(ends()).toEqual([after, after])
})

test('a token whose end nobody could tell is asked about every ten minutes', async () => {
  const end = { expiresOn: '2027-03-01T00:00:00Z', isSilent: true }
  const { list, ends } = watchTokens(end)
  await list(1, 0)
  expect(ends()).toEqual([null, null])
  end.isSilent = false
  await list(9, 60_000)
  expect(ends()).toEqual([null, null])
  await list(1, 60_000)
  expect(ends()).toEqual([Date.parse(end.expiresOn), Date.parse(end.expiresOn)])
})

test.each([
  ['no status', { id: 'x' }],
  ['a new word', { id: 'x', status: 'paused', expires_on: '2027-03-01T00:00:00Z' }],
  ['nothing', []],
])(
  'a token of which the verify address says %s is none only if it can’t list',
  async (_, verified) => {
    const end = { expiresOn: '2027-03-01T00:00:00Z', isSilent: false }
    const listing = watchTokens(end, { verified })
    await listing.list(1, 0)
    expect(listing.watch.whyNotWrite(accountId)).toBeNull()
    const refused = watchTokens(end, { verified, lists: false })
    await refused.list(1, 0)
    expect(refused.watch.whyNotWrite(accountId)).toMatch(/does not accept the API token/)
  },
)
