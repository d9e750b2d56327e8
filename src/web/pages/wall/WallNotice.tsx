import { useRouteContext } from '@tanstack/react-router'
import type { SessionAnswer } from '#contract/session.ts'
import { useLive } from '#web/api/live.ts'
import { useClock } from '#web/ui/clock.ts'
import { clockText, durationText } from '#web/ui/time.ts'

/** Why what is shown may not be so: no word from Tandem, or none from Cloudflare. Nothing when all is well. */
export function WallNotice({ session: { poller } }: { session: SessionAnswer }) {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since, lastHeardAt } = useLive(live)
  const lostFor = useClock(() => (state === 'lost' ? durationText(Date.now() - since) : ''))
  if (state === 'lost')
    return (
      <Notice>
        No word from Tandem for {lostFor}.{' '}
        {lastHeardAt === null ? null : `What is shown is of ${clockText(lastHeardAt)}. `}
        This screen tries again by itself.
      </Notice>
    )
  if (poller.state === 'running' || poller.state === 'starting') return null
  return <Notice>{poller.reason ?? 'Cloudflare does not answer Tandem.'}</Notice>
}

function Notice({ children }: { children: React.ReactNode }) {
  return (
    <p
      role="alert"
      className="rounded-[0.6vh] bg-unknown-soft px-[2vh] py-[0.8vh] text-[2.6vh] font-medium text-ink shadow-[inset_0.6vh_0_0_var(--bad)]"
    >
      {children}
    </p>
  )
}
