import { useSuspenseQuery } from '@tanstack/react-query'
import { useRouteContext } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { askEveryMs, useLive } from '#web/api/live.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { askingText, lossPatienceMs, noticesOf } from '#web/fleet/notices.ts'
import { useClock, useMinute } from '#web/ui/clock.ts'
import { durationText } from '#web/ui/time.ts'
import { momentIn } from '#web/ui/zone.ts'

/**
 * Why what is shown may not be so: no word from Tandem, or what Tandem says is wrong with itself, worst first, or
 * that changes come late. Nothing when all is well. Read out when it comes; what counts is for the eye alone, or it
 * would be read out every second.
 */
export function WallNotice({ zone }: { zone: string | undefined }) {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since, slow } = useLive(live)
  const lastHeardAt = useClock(() => (state === 'lost' ? live.lastHeardAt() : null))
  const lostFor = useClock((now) => (state === 'lost' ? durationText(now - since) : ''))
  const isAsking = useClock((now) => state === 'asking' && now - since > lossPatienceMs)
  // To the minute: only the day of what is told depends on it.
  const now = useMinute()
  return (
    <output className="block shrink-0">
      {state === 'lost' ? (
        <Notice tone="bad">
          No word from Tandem<span aria-hidden="true"> for {lostFor}</span>.{' '}
          {lastHeardAt === null
            ? null
            : `This shows the state as of ${momentIn(lastHeardAt, now, zone)}. `}
          This screen tries again by itself.
        </Notice>
      ) : (
        noticesOf(session, now, zone).map(({ id, tone, text, until }) =>
          // What only informs concerns whoever sits at a console.
          tone === 'bad' || tone === 'warn' ? (
            <Notice key={id} tone={tone}>
              {text}
              {until ? ` Again at ${momentIn(until, now, zone)}.` : null}
            </Notice>
          ) : null,
        )
      )}
      {isAsking ? (
        <Notice tone="warn">
          {askingText(slow)} since {momentIn(since, now, zone)}: this screen asks every{' '}
          {askEveryMs / 1000} s instead.
        </Notice>
      ) : null}
    </output>
  )
}

const edges = {
  warn: 'shadow-[inset_0.6vh_0_0_var(--warn)]',
  bad: 'shadow-[inset_0.6vh_0_0_var(--bad)]',
}

function Notice({ tone, children }: { tone: keyof typeof edges; children: ReactNode }) {
  return (
    <span
      className={`mb-[0.4vh] block rounded-[1vh] bg-unknown-soft px-[2vh] py-[0.4vh] text-[2.2vh] leading-tight font-medium text-ink ${edges[tone]}`}
    >
      {children}
    </span>
  )
}
