import { useSuspenseQuery } from '@tanstack/react-query'
import { useRouteContext } from '@tanstack/react-router'
import type { Session } from '#contract/session.ts'
import { useLive } from '#web/api/live.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { Button } from '#web/ui/Button.tsx'
import { Banner, type Tone } from '#web/ui/Callout.tsx'
import { useClock } from '#web/ui/clock.ts'
import { ageText, clockText, countdownText } from '#web/ui/time.ts'
import { skewText } from './PollerChip.tsx'

/** What concerns the whole page, worst first: what happened, what still works, what to do. */
export function Banners() {
  const { data: session } = useSuspenseQuery(sessionQuery)
  return (
    <section aria-label="Notices" className="border-line bg-page not-empty:border-b">
      <StreamLost />
      {noticesOf(session).map((notice) => (
        <Banner key={notice.id} tone={notice.tone}>
          <NoticeText {...notice} />
        </Banner>
      ))}
    </section>
  )
}

export type Notice = {
  id: string
  tone: Tone
  text: string
  /** Counts down to this time behind the text. */
  until?: number | null
}

const skewWorthSayingMs = 30_000

/** Everything that the session says is wrong, as sentences. */
export function noticesOf(session: Session): Notice[] {
  const { poller, tokens } = session
  const notices: Notice[] = []
  const helpless = session.role === 'admin' ? '' : ' Tell your administrator.'
  if (session.notRecordingSince !== null)
    notices.push({
      id: 'disk',
      tone: 'bad',
      text: `Tandem can’t write to its disk since ${clockText(session.notRecordingSince)}. The state shown is live, but changes are refused because they could not be recorded.${helpless}`,
    })
  for (const token of tokens) {
    if (
      token.verdict === 'rejected' ||
      token.verdict === 'expired' ||
      token.verdict === 'permission-missing'
    )
      notices.push({ id: `token ${token.purpose}`, tone: 'bad', text: token.sentence + helpless })
  }
  const since = clockText(poller.since)
  if (poller.state === 'rejected' && !notices.some(({ id }) => id.startsWith('token')))
    notices.push({
      id: 'rejected',
      tone: 'bad',
      text: `${poller.reason ?? `Cloudflare rejected the API token at ${since}.`}${helpless}`,
    })
  if (poller.state === 'paused')
    notices.push({
      id: 'paused',
      tone: 'warn',
      text: poller.reason ?? `Cloudflare is refusing calls since ${since}.`,
      until: poller.until,
    })
  if (poller.state === 'failing')
    notices.push({
      id: 'failing',
      tone: 'warn',
      text: `${poller.reason ?? `Cloudflare does not answer since ${since}.`} Rows keep their last state and their age.`,
    })
  if (poller.listIncompleteSince !== null)
    notices.push({
      id: 'incomplete',
      tone: 'warn',
      text: `Cloudflare’s list of tunnels is incomplete since ${clockText(poller.listIncompleteSince)}: new tunnels may be missing here, and none is taken for deleted.`,
    })
  if (poller.clockSkewMs !== null && Math.abs(poller.clockSkewMs) > skewWorthSayingMs)
    notices.push({
      id: 'skew',
      tone: 'warn',
      text: `The clock of Tandem’s server is ${skewText(poller.clockSkewMs)} of Cloudflare’s: times that Cloudflare reports look wrong by as much.`,
    })
  if (session.roleReason) notices.push({ id: 'role', tone: 'info', text: session.roleReason })
  return notices
}

function NoticeText({ text, until }: Notice) {
  const left = useClock((now) => (until ? countdownText(until - now) : ''))
  return (
    <>
      {text}
      {until ? (
        <span className="whitespace-nowrap">
          {' '}
          Again at {clockText(until)} (<span aria-hidden="true">{left}</span>).
        </span>
      ) : null}
    </>
  )
}

/** A short loss heals by itself before anybody has to read about it. */
const patienceMs = 2500

function StreamLost() {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since, lastHeardAt, stopping } = useLive(live)
  const lostFor = useClock(() => (state === 'lost' ? Math.floor((Date.now() - since) / 1000) : 0))
  if (state !== 'lost' || lostFor * 1000 < patienceMs) return null
  return (
    <Banner
      tone="bad"
      action={
        <Button size="sm" onClick={live.retry}>
          Try now
        </Button>
      }
    >
      {stopping ? 'Tandem stopped' : 'Live updates lost'} {ageText(lostFor * 1000)} ago —{' '}
      {lastHeardAt === null ? '' : `showing the state of ${clockText(lastHeardAt)}; `}trying again.
    </Banner>
  )
}
