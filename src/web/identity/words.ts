import type { PersonRole } from '#contract/people.ts'
import type { WhoMethod } from '#contract/session.ts'

/** Roles and ways of signing in, in words for people. */

/** What each role may do. */
export const roleMeanings: Record<PersonRole, string> = {
  viewer: 'Sees everything but secrets, people and the audit record. Changes nothing.',
  operator:
    'Sees what a viewer sees, and of the audit record what they did themselves. Fails over, acknowledges changes, writes notes, edits tags, announces maintenance and chooses the preferred connector.',
  admin:
    'Does everything: fails over, creates, renames, deletes and configures tunnels, sees secrets, manages people and screens.',
}

export const methodWords: Record<WhoMethod, string> = {
  local: 'Password',
  access: 'Cloudflare Access',
  oidc: 'Organisation',
  off: 'Nobody signs in',
  demo: 'Demo',
  screen: 'Screen',
}
