import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { screenLinkMs } from '#contract/people.ts'
import type { Problem } from '#contract/problem.ts'
import type { Me } from '#contract/session.ts'
import { kindOf } from '#web/api/client.ts'
import { sessionQuery } from '#web/api/queries.ts'
import { beginPairing, claimScreen, screenView } from '#web/api/screens.ts'
import { ownAddress } from '#web/identity/return-to.ts'
import { useFragment } from '#web/identity/use-fragment.ts'
import { Logo } from '#web/shell/Logo.tsx'
import { buttonClass } from '#web/ui/Button.tsx'
import { serverNow, useClock } from '#web/ui/clock.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { usePageTitle } from '#web/ui/page-title.ts'
import { QrCode } from '#web/ui/QrCode.tsx'
import { TooltipLayer } from '#web/ui/TooltipLayer.tsx'
import { countdownText } from '#web/ui/time.ts'
import { type Progress, pair } from './pair.ts'
import { rememberScreen, wasScreen } from './this-screen.ts'

/** The page of a screen on a wall that has no access yet, read from across the room. */
export function ScreenPage() {
  usePageTitle('Pair this screen')
  const { data: session } = useSuspenseQuery(sessionQuery)
  const link = useFragment('/screen')
  const { me } = session
  if (me?.kind === 'screen' && link === '') return <Go view={me.view ?? '/'} />
  if (me && me.kind !== 'screen') return <SomebodyElse me={me} hasLink={link !== ''} />
  return <Pair link={link} />
}

/** The browser of a screen, to its page: its own start page may be this one. */
function Go({ view }: { view: string }) {
  useEffect(() => {
    rememberScreen(true)
    // The whole page anew, so that it begins with what a screen may see.
    window.location.replace(ownAddress(view))
  }, [view])
  return (
    <Frame>
      <Title>This screen is paired</Title>
      <p className="text-ink-2">Going to its page…</p>
    </Frame>
  )
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function Pair({ link }: { link: string }) {
  const [progress, setProgress] = useState<Progress>({ state: 'starting' })
  const [hadAccess] = useState(wasScreen)
  useEffect(() => {
    const stop = new AbortController()
    void pair({
      link,
      begin: beginPairing,
      claim: claimScreen,
      look: screenView,
      sleep,
      now: serverNow,
      tell: setProgress,
      signal: stop.signal,
    })
    return () => stop.abort()
  }, [link])

  switch (progress.state) {
    case 'starting':
      return (
        <Frame>
          <Title>Pair this screen</Title>
          <p className="text-ink-2">Asking for a code…</p>
        </Frame>
      )
    case 'redeeming':
      return (
        <Frame>
          <Title>Pairing this screen</Title>
          <Trouble problem={progress.problem}>It is tried again every few seconds.</Trouble>
        </Frame>
      )
    case 'waiting':
      return (
        <Frame>
          <Title>There is no code to show yet</Title>
          <Trouble problem={progress.problem}>
            A code is asked for again <Countdown at={progress.againAt} lead="in" />.
          </Trouble>
        </Frame>
      )
    case 'showing':
      return (
        <Frame aside={<Scan code={progress.code} />}>
          <Title>{hadAccess ? 'Pair this screen again' : 'Pair this screen'}</Title>
          {hadAccess ? (
            <p className="text-ink-2">
              Its access ran out or was taken away. Watching the tunnels goes on without it.
            </p>
          ) : null}
          <Code code={progress.code} />
          <p>
            An admin opens{' '}
            <span className="font-mono break-all">{window.location.host}/screens</span>, chooses
            “Pair a screen” and types this code.
          </p>
          <p className="text-ink-2">
            A new code comes by itself <Countdown at={progress.endsAt} lead="in" />.
          </p>
          <Trouble problem={progress.problem}>It is tried again every few seconds.</Trouble>
        </Frame>
      )
    case 'paired':
      return <Go view={progress.view} />
    default:
      return progress satisfies never
  }
}

function Frame({ aside, children }: { aside?: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center max-sm:items-stretch gap-[4vmin] px-4 py-10 text-[max(1rem,2.2vmin)] leading-snug">
      <p className="flex items-center gap-2.5 font-semibold tracking-tight">
        <Logo className="h-[1.2em] w-[2em]" />
        Tandem
      </p>
      <div className="flex flex-wrap items-center justify-center gap-x-[6vmin] max-sm:justify-start gap-y-6">
        <div className="flex max-w-[40em] min-w-0 flex-col gap-[2.2vmin]">{children}</div>
        {aside}
      </div>
      <TooltipLayer />
    </main>
  )
}

const Title = ({ children }: { children: ReactNode }) => (
  <h1 className="text-[1.6em] font-semibold">{children}</h1>
)

/** Read aloud letter by letter, and large enough to be typed from across the room. */
function Code({ code }: { code: string }) {
  return (
    <p
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- read aloud in another way than it is written
      role="img"
      aria-label={`The code is ${[...code.replace('-', '')].join(' ')}`}
      className="font-mono text-[clamp(2.6rem,13vmin,22rem)] leading-none font-semibold tracking-wide whitespace-nowrap"
    >
      {code}
    </p>
  )
}

function Scan({ code }: { code: string }) {
  return (
    <figure className="flex flex-col items-center gap-[1.5vmin]">
      <QrCode
        text={`${window.location.origin}/screens#${code}`}
        label="The same as a QR code, for an admin’s telephone"
        className="size-[max(10rem,30vmin)]"
      />
      <figcaption className="text-ink-2">Or scan this</figcaption>
    </figure>
  )
}

/** The page's clock is read once a second, so it may stand a little before the moment in which a code came. */
function Countdown({ at, lead }: { at: number; lead: string }) {
  const left = useClock((now) => countdownText(Math.min(at - now, screenLinkMs)))
  return (
    <span className="whitespace-nowrap tabular-nums" aria-hidden="true">
      {lead} {left}
    </span>
  )
}

/** Of the link that led here, with a code beside it that does as well. */
const spentLink =
  'It was used already, is older than ten minutes, or comes from somebody who is no admin any more. Have the code approved instead, or open a new link here.'

/** What is in the way, and that nobody has to do anything about it here. */
function Trouble({ problem, children }: { problem: Problem | null; children: ReactNode }) {
  const isSpent = problem !== null && kindOf(problem) === 'link-spent'
  return (
    <output className="block">
      {problem ? (
        <span className="flex items-start gap-[0.6em] rounded-lg bg-warn-soft px-[0.9em] py-[0.7em]">
          <Icon name="alert" className="mt-[0.15em] size-[1.1em] text-warn" />
          <span className="min-w-0">
            <span className="block font-medium">{problem.title}</span>
            <span className="text-ink-2">
              {isSpent ? spentLink : problem.detail} {isSpent ? null : children}
            </span>
          </span>
        </span>
      ) : null}
    </output>
  )
}

/** Somebody looks at this page in a browser that is not a screen's. */
function SomebodyElse({ me, hasLink }: { me: Me; hasLink: boolean }) {
  const isPerson = me.kind === 'person'
  return (
    <Frame>
      <Title>{isPerson ? 'This browser is yours' : 'This screen needs no access'}</Title>
      {isPerson ? (
        <p className="text-ink-2">
          You are signed in here as <Name name={me.name} />, so it is not made a screen. Open this
          {hasLink ? ' link' : ' page'} in the screen’s own browser
          {hasLink ? '; it is still good' : ''}, or sign out first.
        </p>
      ) : (
        <p className="text-ink-2">
          Nobody signs in to this Tandem: every browser that reaches it shows everything.
        </p>
      )}
      <p>
        <Link to={isPerson ? '/screens' : '/'} className={buttonClass('primary')}>
          {isPerson ? 'Go to the screens' : 'Show the tunnels'}
        </Link>
      </p>
    </Frame>
  )
}
