import { useRouteContext } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { SessionAnswer } from '#contract/session.ts'
import { useLive } from '#web/api/live.ts'
import { noticesOf } from '#web/fleet/notices.ts'
import { useClock } from '#web/ui/clock.ts'
import { durationText } from '#web/ui/time.ts'
import { momentIn } from '#web/ui/zone.ts'

/**
 * Why what is shown may not be so: no word from Tandem, or what Tandem says is wrong with itself, worst first.
 * Nothing when all is well.
 */
export function WallNotice({
  session,
  zone,
}: {
  session: SessionAnswer
  zone: string | undefined
}) {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since } = useLive(live)
  const lastHeardAt = useClock(() => (state === 'lost' ? live.lastHeardAt() : null))
  const lostFor = useClock(() => (state === 'lost' ? durationText(Date.now() - since) : ''))
  // To the minute: only the day of what is told depends on it.
  const now = useClock((at) => at - (at % 60_000))
  if (state === 'lost')
    return (
      <Notice>
        No word from Tandem for {lostFor}.{' '}
        {lastHeardAt === null
          ? null
          : `This shows the state as of ${momentIn(lastHeardAt, now, zone)}. `}
        This screen tries again by itself.
      </Notice>
    )
  // What only informs concerns whoever sits at a console.
  return noticesOf(session, now, zone)
    .filter(({ tone }) => tone !== 'info')
    .map(({ id, text, until }) => (
      <Notice key={id}>
        {text}
        {until ? ` Again at ${momentIn(until, now, zone)}.` : null}
      </Notice>
    ))
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p
      role="alert"
      className="shrink-0 rounded-[0.6vh] bg-unknown-soft px-[2vh] py-[0.4vh] text-[2.3vh] leading-[1.25] font-medium text-ink shadow-[inset_0.6vh_0_0_var(--bad)]"
    >
      {children}
    </p>
  )
}
