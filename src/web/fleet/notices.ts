import { type SessionAnswer, tokenNames } from '#contract/session.ts'
import type { Tone } from '#web/ui/Callout.tsx'
import { ageText } from '#web/ui/time.ts'
import { type AnyZone, momentIn } from '#web/ui/zone.ts'

/** What does the session say that everybody on the page must know? Pure. */

export type Notice = {
  id: string
  tone: Tone
  text: string
  /** Counts down to this time behind the text. */
  until?: number | null
}

/** A short loss of the stream heals by itself before anybody has to read about it. */
export const lossPatienceMs = 2500
/** Why a page asks instead of hearing; "since" and when follow. */
export const askingText = (slow: boolean) =>
  slow
    ? 'This connection has been too slow for live updates'
    : 'Live updates have not been getting through'
const skewWorthSayingMs = 30_000
const dayMs = 86_400_000
/** So long before it ends a token is worth replacing, days. */
const soon = 14
/** So long before its access ends a screen says so. */
const screenSoonMs = 7 * dayMs

/** Everything that the session says is wrong, as sentences. */
export function noticesOf(session: SessionAnswer, now: number, zone: AnyZone): Notice[] {
  const when = (at: number) => momentIn(at, now, zone)
  const { poller, tokens } = session
  const notices: Notice[] = []
  const helpless = session.me?.role === 'admin' ? '' : ' Tell your administrator.'
  if (session.notRecordingSince !== null)
    notices.push({
      id: 'disk',
      tone: 'bad',
      text: `History has not been recorded since ${when(session.notRecordingSince)}: ${session.notRecordingBecause ?? 'the disk takes nothing'}. The state shown is live, but changes are refused because they could not be recorded.${helpless}`,
    })
  for (const token of tokens) {
    if (
      token.verdict === 'rejected' ||
      token.verdict === 'expired' ||
      token.verdict === 'permission-missing'
    )
      notices.push({ id: `token ${token.purpose}`, tone: 'bad', text: token.sentence + helpless })
  }
  const since = when(poller.since)
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
      text: poller.reason ?? `Cloudflare has been refusing calls since ${since}.`,
      until: poller.until,
    })
  if (poller.state === 'failing')
    notices.push({
      id: 'failing',
      tone: 'warn',
      text: `${poller.reason ?? `Cloudflare has not answered since ${since}.`} What is shown keeps its last state and its age.`,
    })
  if (poller.listIncompleteSince !== null)
    notices.push({
      id: 'incomplete',
      tone: 'warn',
      text: `Cloudflare’s list of tunnels has been incomplete since ${when(poller.listIncompleteSince)}: new tunnels may be missing here, and none is taken for deleted.`,
    })
  if (poller.clockSkewMs !== null && Math.abs(poller.clockSkewMs) > skewWorthSayingMs)
    notices.push({
      id: 'skew',
      tone: 'warn',
      text: `The clock of Tandem’s server is ${skewText(poller.clockSkewMs)} Cloudflare’s: times that Cloudflare reports look wrong by as much.`,
    })
  if (session.me?.role === 'admin')
    for (const { purpose, verdict, expiresAt } of tokens) {
      const days = expiresAt === null ? null : Math.floor((expiresAt - now) / dayMs)
      if (verdict !== 'works' || expiresAt === null || days === null || days > soon) continue
      const on = new Date(expiresAt).toISOString().slice(0, 10)
      const left = days < 1 ? 'in less than a day' : days === 1 ? 'in a day' : `in ${days} days`
      notices.push({
        id: `expiring ${purpose}`,
        tone: 'warn',
        text: `The ${tokenNames[purpose]} expires on ${on}, ${left}. Make a new one at Cloudflare and replace the old one: in .env, then send Tandem a SIGHUP; in the environment, as of a container, then start it anew.`,
      })
    }
  const endsAt = session.me?.endsAt ?? null
  if (endsAt !== null && endsAt - now < screenSoonMs)
    notices.push({
      id: 'screen',
      tone: 'warn',
      text: `The access of this screen ends in ${ageText(endsAt - now)}, at ${when(endsAt)}: then it shows a code, which an admin approves.`,
    })
  if (session.storeNotice) notices.push({ id: 'store', tone: 'warn', text: session.storeNotice })
  if (session.me?.reason) notices.push({ id: 'role', tone: 'info', text: session.me.reason })
  return notices
}

/** `clockSkewMs` is Cloudflare's clock minus the server's. */
export function skewText(clockSkewMs: number): string {
  const size = Math.abs(clockSkewMs)
  if (size < 1000) return 'in step with'
  return `${ageText(size + 500)} ${clockSkewMs > 0 ? 'behind' : 'ahead of'}`
}
