import { Suspense } from 'react'
import type { PollerState, Session } from '#contract/session.ts'
import { useClock } from '#web/ui/clock.ts'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { later } from '#web/ui/later.ts'
import { Popover } from '#web/ui/Popover.tsx'
import { ageText, countdownText } from '#web/ui/time.ts'

const PollerDetails = later(async () => (await import('./PollerDetails.tsx')).PollerDetails)

const looks: Record<PollerState['state'], { word: string; icon: IconName; box: string }> = {
  starting: { word: 'First look', icon: 'refresh', box: 'bg-accent-soft' },
  running: { word: 'Swept', icon: 'refresh', box: '' },
  failing: { word: 'Failing', icon: 'alert', box: 'bg-warn-soft' },
  paused: { word: 'Paused', icon: 'clock', box: 'bg-warn-soft' },
  rejected: { word: 'Token rejected', icon: 'key', box: 'bg-bad-soft' },
}

export type Told = Pick<Session, 'poller' | 'tokens' | 'storeBytes'>

/** How well Tandem itself sees: one line in the header, the whole behind it. */
export function PollerChip({ session }: { session: Told }) {
  const { poller } = session
  const look = looks[poller.state]
  const text = useClock((now) => chipText(poller, now))
  return (
    <Popover
      label="How Tandem is polling Cloudflare"
      renderButton={(trigger) => (
        <button
          type="button"
          {...trigger}
          className={`flex h-8 items-center gap-2 rounded-md px-2 text-sm whitespace-nowrap text-ink-2 hover:bg-hover hover:text-ink ${look.box}`}
        >
          <span className="sr-only">Polling: </span>
          <Icon name={look.icon} />
          <span
            className={poller.state === 'running' ? 'max-md:sr-only md:min-w-24' : 'max-sm:sr-only'}
          >
            {text}
          </span>
          <Meter poller={poller} className="max-lg:hidden" />
        </button>
      )}
    >
      <Suspense>
        <PollerDetails {...session} />
      </Suspense>
    </Popover>
  )
}

function chipText(poller: PollerState, now: number): string {
  const { word } = looks[poller.state]
  if (poller.state === 'paused' && poller.until !== null)
    return `${word} ${countdownText(poller.until - now)}`
  if (poller.state !== 'running') return word
  if (poller.firstSweep) return `Read ${poller.firstSweep.read} of ${poller.firstSweep.of}`
  return poller.sweptAt === null ? 'Polling' : `${word} ${ageText(now - poller.sweptAt)} ago`
}

/** Polling fills its share by design; what people do comes on top and is worth a colour only when it is much. */
export function budgetTone(
  { used, polling, hardStop }: PollerState['budget'],
  fine: string,
): string {
  if (used > hardStop) return 'bg-bad'
  return used > (polling + hardStop) / 2 ? 'bg-warn' : fine
}

/** Calls of the last five minutes against what polling may use. */
function Meter({ poller, className = '' }: { poller: PollerState; className?: string }) {
  const { used, polling, limit } = poller.budget
  const share = Math.min(1, used / limit)
  return (
    <span
      className={`relative h-1.5 w-10 overflow-hidden rounded-full bg-line forced-color-adjust-none ${className}`}
    >
      <span
        style={{ width: `${share * 100}%` }}
        className={`absolute inset-y-0 left-0 rounded-full ${budgetTone(poller.budget, 'bg-ink-3')}`}
      />
      <span
        style={{ left: `${(polling / limit) * 100}%` }}
        className="absolute inset-y-0 w-px bg-line-strong"
      />
    </span>
  )
}
