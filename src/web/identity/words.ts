import type { PersonRole } from '#contract/people.ts'
import type { WhoMethod } from '#contract/session.ts'

/** Roles and ways of signing in, in words for people. */

/** What each role may do; each may what those before it may. */
export const roleMeanings: Record<PersonRole, string> = {
  viewer: 'Sees everything but secrets, people and the audit record. Changes nothing.',
  operator: 'Also fails tunnels over and chooses the preferred connector.',
  admin:
    'Also creates, renames, deletes and configures tunnels, sees secrets, and manages people and screens.',
}

export const methodWords: Record<WhoMethod, string> = {
  local: 'Password',
  access: 'Cloudflare Access',
  oidc: 'Organisation',
  off: 'Nobody signs in',
  demo: 'Demo',
  screen: 'Screen',
}
