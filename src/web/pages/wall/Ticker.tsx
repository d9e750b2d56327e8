import { useQuery } from '@tanstack/react-query'
import { eventSentence } from '#contract/history.ts'
import { tickerQuery } from '#web/api/queries.ts'
import { Name } from '#web/ui/Name.tsx'
import { clockOf } from './clock.ts'

/** As many as a wall has room for in one line each. */
const shown = 3

/** What happened last, newest first. It stands still: what moves can't be read from six metres. */
export function Ticker({ zone }: { zone: string | undefined }) {
  const { data, isError } = useQuery(tickerQuery)
  const events = data?.events.slice(0, shown) ?? []
  return (
    <section
      aria-label="What happened last"
      className="pr-[22vh] text-[2.2vh] leading-[1.35] max-sm:pr-0"
    >
      {/* Room for all lines from the beginning. */}
      <ul className="min-h-[4.05em]">
        {events.map((event) => (
          <li key={event.id} className="flex gap-[1.4vh] whitespace-nowrap">
            <time className="text-ink-2">{clockOf(event.at, zone)}</time>
            <span className="max-w-[40vw] shrink-0 truncate font-semibold">
              {event.tunnelName === null ? 'Tandem' : <Name name={event.tunnelName} />}
            </span>
            <span className="min-w-0 truncate">{eventSentence(event)}</span>
          </li>
        ))}
        {events.length > 0 ? null : (
          <li className="text-ink-2">
            {isError
              ? 'What happened last can’t be read at the moment.'
              : data
                ? 'Nothing has happened yet.'
                : ''}
          </li>
        )}
      </ul>
    </section>
  )
}
