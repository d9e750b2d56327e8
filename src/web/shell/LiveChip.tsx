import { useRouteContext } from '@tanstack/react-router'
import { askEveryMs, type LiveState, useLive } from '#web/api/live.ts'
import { useClock } from '#web/ui/clock.ts'
import { ageText, bothZonesText } from '#web/ui/time.ts'
import { tip } from '#web/ui/tip.ts'

const words: Record<LiveState['state'], string> = {
  live: 'Live',
  connecting: '…',
  asking: `Every ${askEveryMs / 1000} s`,
  lost: 'Not live',
  asleep: 'Asleep',
}

/** Told when it changes, not every second. */
const told: Record<LiveState['state'], string> = {
  live: 'Live updates are on',
  connecting: '',
  asking: `Asking every ${askEveryMs / 1000} seconds instead of live updates`,
  lost: 'Live updates are lost',
  asleep: '',
}

/** Whether changes arrive by themselves. The dot beats once whenever the server was heard. */
export function LiveChip() {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since } = useLive(live)
  const lastHeardAt = useClock(live.lastHeardAt)
  const lostFor = useClock((now) => (state === 'lost' ? ageText(now - since) : ''))
  return (
    <span
      className={`flex h-6 items-center gap-2 rounded-md text-sm whitespace-nowrap ${
        state === 'lost'
          ? 'bg-bad-soft px-2 text-ink'
          : state === 'asking'
            ? 'bg-warn-soft px-2 text-ink'
            : 'text-ink-2'
      }`}
      {...tip(
        state === 'live'
          ? 'Changes arrive by themselves'
          : lastHeardAt === null
            ? 'No word from Tandem yet'
            : `Last word from Tandem\n${bothZonesText(lastHeardAt)}`,
      )}
    >
      <span
        key={lastHeardAt}
        aria-hidden="true"
        className={`size-2 rounded-full forced-color-adjust-none ${
          state === 'live'
            ? 'animate-beat bg-good'
            : state === 'lost'
              ? 'rounded-none bg-bad'
              : state === 'asking'
                ? 'animate-beat bg-warn'
                : 'ring-1 ring-unknown'
        }`}
      />
      <span aria-hidden="true" className="min-w-6 max-xl:hidden">
        {words[state]}
        {lostFor ? ` for ${lostFor}` : ''}
      </span>
      <output className="sr-only">{told[state]}</output>
    </span>
  )
}
