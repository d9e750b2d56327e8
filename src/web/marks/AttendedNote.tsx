import { useQuery } from '@tanstack/react-query'
import type { HistoryEvent } from '#contract/history.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { saidQuery } from '#web/api/marks.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { tunnelsQuery } from '#web/api/queries.ts'
import { handsFocusHome } from '#web/ui/home.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { visibleName } from '#web/ui/names.ts'
import { tip, tipAt } from '#web/ui/tip.ts'
import { shortIn, type Zone } from '#web/ui/zone.ts'
import { attendedOf } from './attended.ts'

/** Beside an entry that people should see: that it waits, and the way to say so; or who has seen it. */
export function AttendedNote({
  event,
  tunnelId,
  zone,
  onAcknowledge,
}: {
  event: HistoryEvent
  tunnelId: string
  zone: Zone
  onAcknowledge: () => void
}) {
  const { data: waiting = null } = useQuery({
    ...tunnelsQuery,
    select: ({ tunnels }) => waitingOf(tunnels, tunnelId),
  })
  const { data: said } = useQuery(saidQuery(tunnelId))
  const notAllowed = useWhyNot('acknowledgementAdd')
  const attended = attendedOf(event, waiting, said?.marks)
  if (attended.state === 'none') return null
  if (attended.state === 'acknowledged') {
    const { at, by, text } = attended.mark
    return (
      <span
        className="inline-flex min-h-6 min-w-0 items-center gap-1 text-sm text-ink-2"
        {...tipAt(at)}
      >
        <Icon name="check" className="size-3.5 text-good" />
        <span className="min-w-0">
          <bdi className="text-ink">{visibleName(by)}</bdi>, {shortIn(at, zone)}
          {text ? (
            <>
              : <bdi>{visibleName(text)}</bdi>
            </>
          ) : null}
        </span>
      </span>
    )
  }
  if (notAllowed)
    return (
      <span className="inline-flex min-h-6 items-center text-sm text-warn" {...tip(notAllowed)}>
        Not acknowledged
      </span>
    )
  return (
    <button
      ref={handsFocusHome}
      type="button"
      data-acknowledge=""
      aria-keyshortcuts="a"
      onClick={onAcknowledge}
      className="inline-flex min-h-6 items-center gap-1 rounded-sm bg-warn-soft px-1.5 text-sm text-ink hover:underline"
    >
      <Icon name="check" className="size-3.5 text-warn" />
      Acknowledge
    </button>
  )
}

const waitingOf = (tunnels: readonly Tunnel[], tunnelId: string) =>
  tunnels.find(({ id }) => id === tunnelId)?.unacknowledged ?? null
