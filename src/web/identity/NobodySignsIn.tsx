import type { Me } from '#contract/session.ts'
import { EmptyState } from '#web/ui/EmptyState.tsx'

/** What stands where accounts would be, in a Tandem that asks nobody who they are. */
export function NobodySignsIn({ me }: { me: Me }) {
  if (me.kind === 'screen') {
    return (
      <EmptyState level="h1" title="This browser is a screen">
        It only looks, and nobody is signed in on it. An admin can rename it or take its access away
        under Screens.
      </EmptyState>
    )
  }
  if (me.kind === 'demo') {
    return (
      <EmptyState level="h1" title="Nobody signs in to the demo">
        {me.tryRoles.length > 0
          ? 'Try the other roles from the menu with your name. '
          : 'Everybody looks at it with the same role. '}
        With a Cloudflare token Tandem runs live: then people sign in, each with a role of their
        own, and screens are paired.
      </EmptyState>
    )
  }
  return (
    <EmptyState level="h1" title="Nobody signs in to this Tandem">
      It was started with <code className="font-mono">TANDEM_SIGN_IN=off</code>: everybody who
      reaches it on this machine is admin. Take that setting away and start it again, and people
      sign in, each with a role of their own.
    </EmptyState>
  )
}
