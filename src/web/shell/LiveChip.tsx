import { useRouteContext } from '@tanstack/react-router'
import { type LiveState, useLive } from '#web/api/live.ts'
import { useClock } from '#web/ui/clock.ts'
import { tip } from '#web/ui/Tooltip.tsx'
import { ageText, bothZonesText } from '#web/ui/time.ts'

const words: Record<LiveState['state'], string> = {
  live: 'Live',
  connecting: 'Connecting',
  lost: 'Not live',
  asleep: 'Asleep',
}

/** Whether changes arrive by themselves. The dot beats once whenever the server was heard. */
export function LiveChip() {
  const { live } = useRouteContext({ from: '__root__' })
  const { state, since, lastHeardAt } = useLive(live)
  const lostFor = useClock(() => (state === 'lost' ? ageText(Date.now() - since) : ''))
  return (
    <span
      className={`flex h-6 items-center gap-2 rounded-md text-sm whitespace-nowrap ${
        state === 'lost' ? 'bg-bad-soft px-2 text-ink' : 'text-ink-2'
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
              : 'ring-1 ring-unknown'
        }`}
      />
      <span aria-hidden="true" className="max-xl:hidden">
        {words[state]}
        {lostFor ? ` for ${lostFor}` : ''}
      </span>
      {/* Told when it changes, not every second. */}
      <output className="sr-only">
        {state === 'live' ? 'Live updates are on' : state === 'lost' ? 'Live updates are lost' : ''}
      </output>
    </span>
  )
}
