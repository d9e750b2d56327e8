import { useRouteContext } from '@tanstack/react-router'
import { useState } from 'react'
import { statusAtOf } from '#web/api/ages.ts'
import { askEveryMs, type LiveState, useLive } from '#web/api/live.ts'
import type { Headline, Tone } from '#web/fleet/headline.ts'
import { sinceOf, sinceText } from '#web/fleet/since.ts'
import { useClock } from '#web/ui/clock.ts'
import { Name } from '#web/ui/Name.tsx'
import { StatusShape } from '#web/ui/StatusMark.tsx'
import { ageText, durationText } from '#web/ui/time.ts'
import { clockIn } from '#web/ui/zone.ts'
import { shapes } from './Tile.tsx'

const inks: Record<Tone, string> = {
  good: 'text-ink',
  news: 'bg-accent-soft text-ink shadow-[inset_0_-0.6vh_0_var(--accent)]',
  warn: 'bg-warn-soft text-ink shadow-[inset_0_-0.6vh_0_var(--warn)]',
  bad: 'bg-bad text-danger-ink',
  unknown: 'bg-unknown-soft text-ink shadow-[inset_0_-0.6vh_0_var(--unknown)]',
  idle: 'text-ink',
}

/**
 * Do I need to stand up? And what time is it. While Tandem is not heard the answer is that nobody knows, and what
 * it was is told as the past.
 */
export function WallHeader({
  headline,
  zone,
  flash,
}: {
  headline: Headline
  zone: string | undefined
  /** Another number is another alarm; 0: none. */
  flash: number
}) {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since } = useLive(live)
  const lostFor = useClock((now) => (state === 'lost' ? durationText(now - since) : null))
  const { grade, text, worst, rest } = headline
  const tone = lostFor === null ? headline.tone : 'unknown'
  return (
    <header
      key={flash}
      className={`flex items-center gap-[2vh] rounded-[1vh] px-[2vh] py-[1vh] max-sm:flex-wrap ${inks[tone]} ${
        flash > 0 ? 'animate-alarm' : ''
      }`}
    >
      <StatusShape
        status={grade && lostFor === null ? shapes[grade] : 'unknown'}
        className={`size-[min(6vh,9vw)] ${tone === 'bad' ? '!text-current' : ''}`}
      />
      <div className="min-w-0 flex-1 max-sm:basis-[60%]">
        <h1 className="truncate text-[min(5.4vh,6.4vw)] leading-[1.15] font-semibold tracking-tight">
          {lostFor === null ? text : `Not live for ${lostFor}`}
        </h1>
        {/* Its room stays when there is nothing to say, so that nothing jumps. */}
        <p className="flex min-h-[1.25em] min-w-0 gap-[1.5vh] text-[2.6vh] whitespace-nowrap">
          {lostFor === null ? (
            <>
              {worst ? <Worst {...worst} /> : null}
              <span className="truncate opacity-90">{rest.join(' · ')}</span>
            </>
          ) : (
            <span className="truncate">When last heard: {[text, ...rest].join(' · ')}</span>
          )}
        </p>
      </div>
      <Clocks zone={zone} />
    </header>
  )
}

/** The one to look at first, and for how long it has been so; of what is stale, when it was last seen. */
function Worst(worst: NonNullable<Headline['worst']>) {
  const since = sinceOf(worst)
  const text = useClock((now) => {
    if (worst.stale) {
      const at = statusAtOf(worst.tunnel)
      return at === null ? ' never seen' : ` last seen ${ageText(now - at)} ago`
    }
    if (!since) return ''
    const length = sinceText(since, now, durationText)
    return length.startsWith('just') ? ` ${length}` : ` for ${length}`
  })
  return (
    <span className="flex max-w-[55%] shrink-0 font-semibold max-sm:max-w-full">
      <span className="min-w-0 truncate">
        <Name name={worst.tunnel.name} />
      </span>
      <span className="whitespace-pre">{text}</span>
    </span>
  )
}

/** Another size for each word heard. A step and no animation: that would draw the whole wall eight times a second. */
function useBeat(heardAt: number | null): boolean {
  const [last, setLast] = useState({ heardAt, isLarge: true })
  if (last.heardAt !== heardAt) setLast({ heardAt, isLarge: !last.isLarge })
  return last.isLarge
}

/** A disc that beats while all comes by itself; a ring that beats with every answer that has to be asked for. */
const dots: Record<'live' | 'asking' | 'still', { className: string; word: string }> = {
  live: { className: 'rounded-full bg-current', word: 'Live' },
  asking: {
    className: 'rounded-full border-[0.3vh] border-current',
    word: `Asking every ${askEveryMs / 1000} s`,
  },
  still: { className: 'border-[0.3vh] border-current', word: 'Not live' },
}
const dotOf = (state: LiveState['state']) =>
  dots[state === 'live' || state === 'asking' ? state : 'still']

/** The wall's own time and UTC; the dot beats whenever Tandem was heard. */
function Clocks({ zone }: { zone: string | undefined }) {
  const { live } = useRouteContext({ from: '__root__' })
  const { state } = useLive(live)
  const dot = dotOf(state)
  const isLarge = useBeat(useClock(live.lastHeardAt)) || dot === dots.still
  const local = useClock((now) => clockIn(now, zone))
  const utc = useClock((now) => clockIn(now, 'UTC').slice(0, 5))
  return (
    <div className="shrink-0 text-right whitespace-nowrap max-sm:flex max-sm:basis-full max-sm:items-baseline max-sm:justify-between">
      <p className="flex items-center justify-end gap-[1.5vh] text-[min(5.4vh,6.4vw)] leading-[1.15] font-semibold">
        <span className="grid size-[1.6vh] place-content-center contain-strict">
          <span className={`${isLarge ? 'size-[1.6vh]' : 'size-[1vh]'} ${dot.className}`}>
            <span className="sr-only">{dot.word}</span>
          </span>
        </span>
        <time>{local}</time>
      </p>
      <p className="text-[2.6vh]">{utc} UTC</p>
    </div>
  )
}
