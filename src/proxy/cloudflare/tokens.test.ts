import { expect, test } from 'vitest'
import { createSecret } from '../secret.ts'
import { createBudget } from './budget.ts'
import { createClient } from './client.ts'
import { createTokenWatch } from './tokens.ts'

const dayMs = 86_400_000

test('the token that only a change would try is asked about once a day, and told when its end is another', async () => {
  let at = 1_700_000_000_000
  let expiresOn = '2027-03-01T00:00:00Z'
  let asked = 0
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
    fetch: async (_, init) => {
      const authorization = new Headers(init?.headers).get('authorization')
      if (authorization === `Bearer ${'w'.repeat(40)}`) asked += 1
      return Response.json({ success: true, result: { status: 'active', expires_on: expiresOn } })
    },
    onLocked: () => {},
    onSkew: () => {},
    debug: () => {},
  })
  const watch = createTokenWatch({
    client,
    tokens,
    accountId: 'a'.repeat(32),
    now,
    onChange: () => {},
  })
  const endsAt = () => watch.states().find(({ purpose }) => purpose === 'writing')?.expiresAt

  await watch.noticeListing(null)
  expect(endsAt()).toBe(Date.parse(expiresOn))
  expiresOn = '2027-06-01T00:00:00Z'
  for (let listing = 0; listing < 24; listing += 1) {
    at += dayMs / 25
    await watch.noticeListing(null)
  }
  expect(asked).toBe(1)
  at += dayMs / 25
  await watch.noticeListing(null)
  expect(asked).toBe(2)
  expect(endsAt()).toBe(Date.parse(expiresOn))
})
