import { expect, test } from 'vitest'
import { whyNotEndOthers, whyNotInvite, whyNotRole } from './people.ts'

test('where nobody signs in with a password nobody is invited to set one', () => {
  expect(whyNotInvite(['local', 'oidc'])).toBeNull()
  expect(whyNotInvite(['oidc'])).toMatch(/nobody signs in with a password/)
})

test('a sign-in that Cloudflare Access keeps is not ended here', () => {
  expect(whyNotEndOthers('local')).toBeNull()
  expect(whyNotEndOthers('oidc')).toBeNull()
  expect(whyNotEndOthers('access')).toMatch(/it ends there/)
})

test('whom another system vouches for gets the role there', () => {
  expect(whyNotRole('local')).toBeNull()
  expect(whyNotRole('access')).toMatch(/Change it there/)
  expect(whyNotRole('oidc')).toMatch(/Change it there/)
})
