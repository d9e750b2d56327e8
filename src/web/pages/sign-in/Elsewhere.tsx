import type { ReactNode } from 'react'
import type { SignIn } from '#contract/session.ts'
import { oidcAddress } from '#web/identity/oidc-address.ts'
import { buttonClass } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { Icon } from '#web/ui/Icon.tsx'

/** Signing in where others vouch for people: the ways out of the page, and why one led back. */

type Method = SignIn['methods'][number]

export function Elsewhere({
  methods,
  returnTo,
  isIn,
}: {
  methods: readonly Method[]
  returnTo: string
  /** Whoever is signed in is to prove it once more, and Access did say who they are. */
  isIn: boolean
}) {
  return (
    <>
      {methods.includes('oidc') ? (
        <a
          href={oidcAddress(returnTo, isIn)}
          className={`${buttonClass(methods.includes('local') ? 'secondary' : 'primary')} justify-center`}
        >
          <Icon name="external" />
          Sign in with your organisation
        </a>
      ) : null}
      {methods.includes('access') && !isIn ? (
        <p className="text-ink-2">
          Cloudflare Access stands in front of this Tandem and did not say who you are. Open it at
          its usual address, and Access asks you to sign in.
        </p>
      ) : null}
    </>
  )
}

const reasons: Record<string, { title: string; text: ReactNode }> = {
  'sign-in-refused': {
    title: 'You were not let in',
    text: 'Your organisation’s sign-in was broken off, took longer than ten minutes, or gives you no role in Tandem. Try once more; if it stays so, ask whoever runs Tandem for a role.',
  },
  'sign-in-unavailable': {
    title: 'The identity provider can’t be reached',
    text: 'Nobody is let in unchecked. Tandem goes on watching. Try again in a moment.',
  },
  'too-many-attempts': {
    title: 'Too many sign-ins were begun from here',
    text: 'Nothing is locked. Try again in a minute.',
  },
}

/** Why the identity provider's answer led back here. */
export function Refused({ kind }: { kind: string | undefined }) {
  const reason = kind === undefined ? undefined : reasons[kind]
  if (!reason) return null
  return (
    <Callout tone="bad" title={reason.title}>
      {reason.text}
    </Callout>
  )
}
