import { useSuspenseQuery } from '@tanstack/react-query'
import { useRouteContext } from '@tanstack/react-router'
import { askEveryMs, useLive } from '#web/api/live.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { askingText, lossPatienceMs, type Notice, noticesOf } from '#web/fleet/notices.ts'
import { Button } from '#web/ui/Button.tsx'
import { Banner } from '#web/ui/Callout.tsx'
import { useClock, useMinute } from '#web/ui/clock.ts'
import { Moment } from '#web/ui/TimeAgo.tsx'
import { ageText, countdownText } from '#web/ui/time.ts'
import { useZone } from '#web/ui/zone.ts'

/**
 * What concerns the whole page, worst first: what happened, what still works, what to do. Read out when it comes;
 * what counts is for the eye alone, or it would be read out every second.
 */
export function Banners() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const zone = useZone()
  // To the minute: what was today is yesterday on a page that is left open.
  const now = useMinute()
  return (
    <section
      aria-label="Notices"
      aria-live="polite"
      className="border-line bg-page not-empty:border-b"
    >
      <StreamLost />
      {noticesOf(session, now, zone).map((notice) => (
        <Banner key={notice.id} tone={notice.tone}>
          <NoticeText {...notice} />
        </Banner>
      ))}
    </section>
  )
}

function NoticeText({ text, until }: Notice) {
  const left = useClock((now) => (until ? countdownText(until - now) : ''))
  return (
    <>
      {text}
      {until ? (
        <span className="whitespace-nowrap">
          {' '}
          Again at <Moment at={until} /> (<span aria-hidden="true">{left}</span>).
        </span>
      ) : null}
    </>
  )
}

function StreamLost() {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since, stopping, slow, outdated } = useLive(live)
  const isOff = state === 'lost' || state === 'asking'
  const lastHeardAt = useClock(() => (isOff ? live.lastHeardAt() : null))
  const offFor = useClock((now) => (isOff ? Math.floor((now - since) / 1000) : 0))
  // A dialog keeps the page from being loaded anew by itself.
  if (outdated)
    return <Banner tone="warn">Tandem was updated: close the dialog to load the page anew.</Banner>
  if (offFor * 1000 < lossPatienceMs) return null
  const isAsking = state === 'asking'
  return (
    <Banner
      tone={isAsking ? 'warn' : 'bad'}
      action={
        <Button size="sm" onClick={live.retry}>
          Try now
        </Button>
      }
    >
      {isAsking ? (
        <>
          {askingText(slow)} since <Moment at={since} />: asking Tandem every {askEveryMs / 1000} s
          instead.
          {slow
            ? null
            : ' A proxy on the way may be holding them back, or more than four pages of Tandem are open.'}
        </>
      ) : (
        <>
          {stopping ? 'Tandem stopped' : 'Live updates lost'}{' '}
          <span aria-hidden="true">{ageText(offFor * 1000)} ago </span>—{' '}
          {lastHeardAt === null ? null : (
            <>
              showing the state of <Moment at={lastHeardAt} />;{' '}
            </>
          )}
          trying again.
        </>
      )}
    </Banner>
  )
}
