import type { PollerState } from '#contract/session.ts'
import { countText } from '#web/ui/numbers.ts'

/** How far the very first sweep is, while some tunnels of the list were never read. */
export function FirstSweep({ sweep }: { sweep: NonNullable<PollerState['firstSweep']> }) {
  const text = `${countText(sweep.read)} of ${countText(sweep.of)} read`
  return (
    <span className="mr-auto flex min-w-0 items-center gap-2 text-sm text-ink-2 max-sm:order-1 max-sm:basis-full">
      <progress
        aria-label="First sweep"
        value={sweep.read}
        max={sweep.of}
        className="h-1.5 w-24 appearance-none overflow-hidden rounded-full bg-line forced-color-adjust-none [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
      >
        {text}
      </progress>
      <span className="truncate">First sweep: {text}</span>
    </span>
  )
}
