import { useQuery } from '@tanstack/react-query'
import type { Tunnel } from '#contract/tunnel.ts'
import { mostTicked, tickerQuery } from '#web/api/queries.ts'
import { useMinute } from '#web/ui/clock.ts'
import { Name } from '#web/ui/Name.tsx'
import { shownSentence } from '#web/ui/sentence.ts'
import { momentIn } from '#web/ui/zone.ts'

/** As many as a wall has room for in one line each. */
const shown = 3

/** What happened last, newest first. It stands still: what moves can't be read from six metres. */
export function Ticker({
  zone,
  only,
  asked,
}: {
  zone: string | undefined
  /** The tunnels that this wall is of; null: all, and what concerns none of them. */
  only: readonly Tunnel[] | null
  /** Whose log is asked for; null: everybody's. */
  asked: readonly string[] | null
}) {
  const { data, isError, isPlaceholderData } = useQuery(tickerQuery(asked))
  const ids = only && new Set(only.map(({ id }) => id))
  const events = (data?.events ?? [])
    .filter(({ tunnelId }) => !ids || (tunnelId !== null && ids.has(tunnelId)))
    .slice(0, shown)
  // To the minute: only whether it was today depends on it.
  const now = useMinute()
  return (
    <section
      aria-label="What happened last"
      className="min-h-0 flex-1 text-[2.2vh] leading-snug max-sm:pb-[2.4vh]"
    >
      {/* What has no room for its whole line goes into a second column, which is out of sight. */}
      <ul className="flex h-full flex-col flex-wrap overflow-hidden">
        {events.map((event, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- the lines stand, what they say changes
          <li key={place} className="flex w-full shrink-0 gap-[1.5vh] whitespace-nowrap">
            <time className="text-ink-2">{momentIn(event.at, now, zone)}</time>
            <span className="max-w-[40vw] shrink-0 truncate font-semibold">
              {event.tunnelName === null ? 'Tandem' : <Name name={event.tunnelName} />}
            </span>
            <span className="min-w-0 truncate">{shownSentence(event)}</span>
          </li>
        ))}
        {events.length > 0 ? null : (
          <li className="text-ink-2">
            {isError
              ? 'What happened last can’t be read at the moment.'
              : data && !isPlaceholderData
                ? nothingText(only !== null, data.events.length < mostTicked)
                : ''}
          </li>
        )}
      </ul>
    </section>
  )
}

/** @param isAll whether there is no more than was looked through */
const nothingText = (isFiltered: boolean, isAll: boolean) =>
  isAll
    ? `Nothing has happened ${isFiltered ? 'to these tunnels lately' : 'yet'}.`
    : `The last ${mostTicked} changes are of other tunnels.`
