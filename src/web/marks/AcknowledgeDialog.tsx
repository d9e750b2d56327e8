import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { HistoryEvent } from '#contract/history.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { saidQuery, useAcknowledge } from '#web/api/marks.ts'
import { useWhyNot } from '#web/api/operations.ts'
import { activityQuery } from '#web/api/queries.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { useMinute } from '#web/ui/clock.ts'
import { Field, Select } from '#web/ui/Field.tsx'
import { FormDialog } from '#web/ui/FormDialog.tsx'
import { Name } from '#web/ui/Name.tsx'
import { changesText } from '#web/ui/numbers.ts'
import { shownSentence } from '#web/ui/sentence.ts'
import { momentIn, useZone } from '#web/ui/zone.ts'
import { attendedOf } from './attended.ts'
import { WordsField } from './fields.tsx'
import { waitingStretchText } from './words.ts'

const kinds = [
  'active-changed',
  'no-active-began',
  'several-active-began',
  'status-changed',
] as const
type Seen = NonNullable<Tunnel['unacknowledged']>

/** More than these are not told one by one. */
const mostListed = 20

/** Says that somebody has seen what changed. What comes after the dialog was opened is not covered. */
export function AcknowledgeDialog({
  tunnel,
  event,
  onClose,
}: {
  tunnel: Pick<Tunnel, 'id' | 'name' | 'deletedAt' | 'unacknowledged'>
  /** The entry of the log that it begins with; left out: all of them. */
  event?: HistoryEvent
  onClose: () => void
}) {
  const zone = useZone()
  const now = useMinute()
  const [seen, setSeen] = useState(tunnel.unacknowledged)
  const [eventId, setEventId] = useState(event?.id ?? '')
  const [comment, setComment] = useState('')
  const acknowledge = useAcknowledge(tunnel.id)
  const notAllowed = useWhyNot('acknowledgementAdd')
  const problem = acknowledge.error ? toProblem(acknowledge.error) : null
  const listed = useChanges(tunnel.id, seen)
  const changes = event && !listed.some(({ id }) => id === event.id) ? [event, ...listed] : listed
  const more = (tunnel.unacknowledged?.count ?? 0) - (seen?.count ?? 0)
  const isLater = isAfter(tunnel.unacknowledged, seen) && !acknowledge.isPending
  const reason = notAllowed ?? (seen ? null : 'Nothing waits for an acknowledgement.')
  return (
    <FormDialog
      title={
        <>
          Acknowledge changes of <Name name={tunnel.name} />
        </>
      }
      description="Tells everybody that somebody has seen them. Walls show your name and comment for ten minutes, the tunnel’s page for a day."
      submit="Acknowledge"
      busyLabel="Acknowledging…"
      busy={acknowledge.isPending}
      problem={problem}
      disabledReason={reason}
      goneAt={tunnel.deletedAt}
      onSubmit={() => {
        if (!seen) return
        const one = eventId && seen.count > 1 ? { eventId } : {}
        acknowledge.mutate(
          { through: seen.lastAt, ...one, comment: comment.trim() || null },
          { onSuccess: onClose },
        )
      }}
      onClose={onClose}
    >
      {seen === null ? (
        <p className="text-ink-2">Nothing of this tunnel waits for an acknowledgement now.</p>
      ) : seen.count > 1 && changes.length > 0 ? (
        <Field label="What you have seen">
          {(control) => (
            <Select
              {...control}
              value={eventId}
              onChange={(event) => setEventId(event.target.value)}
            >
              <option value="">{waitingStretchText(seen, zone)}</option>
              {changes.map((event) => (
                <option key={event.id} value={event.id}>
                  {momentIn(event.at, now, zone)} {shownSentence(event)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      ) : (
        <p>{waitingStretchText(seen, zone)}</p>
      )}
      <WordsField
        isFirst
        label="Comment"
        hint="Optional, e.g. why it happened or who looks after it."
        value={comment}
        onChange={setComment}
      />
      {isLater ? (
        <Callout
          tone="warn"
          title={`${more > 0 ? `${changesText(more)} more` : 'More changes'} came while this was open`}
          action={
            <Button size="sm" onClick={() => setSeen(tunnel.unacknowledged)}>
              Include them
            </Button>
          }
        >
          What you have not seen stays unacknowledged.
        </Callout>
      ) : null}
    </FormDialog>
  )
}

/** Their number does not tell once as many wait as can. */
const isAfter = (now: Seen | null, seen: Seen | null) =>
  now !== null && (seen === null || now.lastAt > seen.lastAt || now.count > seen.count)

/** The entries of the log that wait, newest first, when there are few enough to be told one by one. */
function useChanges(tunnelId: string, seen: Seen | null): HistoryEvent[] {
  const isShort = seen !== null && seen.count > 1 && seen.count <= mostListed
  const range = seen ? { from: seen.firstAt, to: seen.lastAt + 1 } : undefined
  const { data } = useInfiniteQuery({
    ...activityQuery({ tunnelId, kinds, range }),
    enabled: isShort,
  })
  const { data: said } = useQuery({ ...saidQuery(tunnelId), enabled: isShort })
  if (!isShort) return []
  return (data?.pages[0]?.events ?? []).filter(
    (event) => attendedOf(event, seen, said?.marks).state === 'waits',
  )
}
