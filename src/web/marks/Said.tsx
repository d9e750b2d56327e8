import type { TunnelDetail } from '#contract/tunnel.ts'
import { stretchText } from '#web/charts/stretch-text.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { visibleName } from '#web/ui/names.ts'
import { changesText } from '#web/ui/numbers.ts'
import { Instant } from '#web/ui/TimeAgo.tsx'
import { shortIn, useZone } from '#web/ui/zone.ts'

/** What waits for people at this tunnel, and what they said last. */
export function Said({
  tunnel: { unacknowledged, acknowledged, maintenance },
  mayNotAcknowledge,
  onAcknowledge,
  onMaintenance,
}: {
  tunnel: TunnelDetail
  mayNotAcknowledge: string | null
  onAcknowledge: () => void
  onMaintenance: () => void
}) {
  const zone = useZone()
  return (
    <>
      {unacknowledged ? (
        <Callout
          tone="warn"
          title={
            <>
              {changesText(unacknowledged.count)} since{' '}
              <Instant at={unacknowledged.firstAt}>{shortIn(unacknowledged.firstAt, zone)}</Instant>
              , and nobody has acknowledged {unacknowledged.count === 1 ? 'it' : 'them'}
            </>
          }
          action={
            <Button
              size="sm"
              icon="check"
              disabledReason={mayNotAcknowledge}
              aria-keyshortcuts="a"
              onClick={onAcknowledge}
            >
              Acknowledge
            </Button>
          }
        >
          The active connector changed or was lost, or the tunnel went down. The history below tells
          what happened.
        </Callout>
      ) : null}
      {acknowledged && !unacknowledged ? (
        <p className="px-3 text-sm text-ink-2">
          <bdi className="font-medium text-ink">{visibleName(acknowledged.by)}</bdi> acknowledged
          the last changes at{' '}
          <Instant at={acknowledged.at}>{shortIn(acknowledged.at, zone)}</Instant>
          {acknowledged.comment ? (
            <>
              : <bdi>{visibleName(acknowledged.comment)}</bdi>
            </>
          ) : (
            '.'
          )}
        </p>
      ) : null}
      {maintenance ? (
        <Callout
          title={<>Maintenance, {stretchText(maintenance, maintenance.from, zone)}</>}
          action={
            <Button size="sm" icon="wrench" onClick={onMaintenance}>
              Change maintenance
            </Button>
          }
        >
          <p>
            <bdi>{visibleName(maintenance.by)}</bdi> announced it
            {maintenance.text ? (
              <>
                : <bdi>{visibleName(maintenance.text)}</bdi>
              </>
            ) : (
              '.'
            )}
          </p>
          <p>Until it ends, walls stay quiet about it and changes need no acknowledgement.</p>
        </Callout>
      ) : null}
    </>
  )
}
