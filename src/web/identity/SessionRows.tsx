import type { SessionRow } from '#contract/people.ts'
import { Button } from '#web/ui/Button.tsx'
import { useClock } from '#web/ui/clock.ts'
import { Instant, TimeAgo } from '#web/ui/TimeAgo.tsx'
import { ageText } from '#web/ui/time.ts'
import { tip } from '#web/ui/tip.ts'
import { browserName } from './agent.ts'

/** Where somebody is signed in, the last used first: which browser, from where, since when, until when. */
export function SessionRows({
  label,
  sessions,
  endingId,
  onEnd,
}: {
  label: string
  sessions: readonly SessionRow[]
  /** The one that is being ended. */
  endingId: string | undefined
  onEnd: (session: SessionRow) => void
}) {
  return (
    <ul aria-label={label} className="divide-y divide-line-soft">
      {sessions.map((session) => (
        <li key={session.id} className="flex items-center gap-3 px-4 py-2.5">
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-baseline gap-x-2">
              <bdi className="font-medium break-words" {...tip(session.agent)}>
                {browserName(session.agent)}
              </bdi>
              {session.isThis ? (
                <span className="rounded-sm bg-accent-soft px-1.5 text-xs text-accent-text">
                  This browser
                </span>
              ) : null}
            </p>
            <p className="flex flex-wrap gap-x-3 text-sm text-ink-2">
              <span>
                from <bdi className="font-mono text-[0.93em]">{session.from || 'unknown'}</bdi>
              </span>
              <span>
                signed in <TimeAgo at={session.signedInAt} />
              </span>
              <span>
                last used <TimeAgo at={session.seenAt} />
              </span>
              <span>
                ends <EndsIn at={session.endsAt} />
              </span>
            </p>
          </div>
          <Button size="sm" busy={endingId === session.id} onClick={() => onEnd(session)}>
            {session.isThis ? 'Sign out' : 'End'}
            {session.isThis ? null : (
              <span className="sr-only"> the session of {browserName(session.agent)}</span>
            )}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function EndsIn({ at }: { at: number }) {
  const text = useClock((now) => (at <= now ? 'now' : `in ${ageText(at - now)}`))
  return <Instant at={at}>{text}</Instant>
}
