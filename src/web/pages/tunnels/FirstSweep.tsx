import type { PollerState } from '#contract/session.ts'
import { countText } from '#web/ui/numbers.ts'

/**
 * How far the very first sweep is, while some tunnels of the list were never read. It comes and goes by itself, and
 * moves nothing: on a phone it lies in the gap under the heading, without words.
 */
export function FirstSweep({ sweep }: { sweep: NonNullable<PollerState['firstSweep']> }) {
  const text = `${countText(sweep.read)} of ${countText(sweep.of)} read`
  return (
    <span className="mr-auto flex min-w-0 items-center gap-2 text-sm text-ink-2 max-sm:absolute max-sm:inset-x-0 max-sm:bottom-1">
      <progress
        aria-label="First sweep"
        value={sweep.read}
        max={sweep.of}
        className="h-1.5 w-24 max-sm:h-1 max-sm:w-full appearance-none overflow-hidden rounded-full bg-line forced-color-adjust-none [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
      >
        {text}
      </progress>
      <span className="truncate max-sm:sr-only">First sweep: {text}</span>
    </span>
  )
}
