import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Failover, oldOnes } from '#contract/failover.ts'
import type { Connector, TunnelDetail } from '#contract/tunnel.ts'
import { toProblem } from '#web/api/client.ts'
import { usePreferencePut, useWhyNot } from '#web/api/operations.ts'
import { failoversQuery } from '#web/api/queries.ts'
import { endingOf } from '#web/failover/phases.ts'
import { Button } from '#web/ui/Button.tsx'
import { Field, Select } from '#web/ui/Field.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { shortId } from '#web/ui/names.ts'
import { useOffers } from '#web/ui/offers.ts'
import { Fact, Facts, Panel } from '#web/ui/Panel.tsx'
import { ProblemCallout } from '#web/ui/ProblemCallout.tsx'
import { readinessLooks } from '#web/ui/readiness.ts'
import { Skeleton } from '#web/ui/Skeleton.tsx'
import { Instant, TimeAgo } from '#web/ui/TimeAgo.tsx'

const endings = {
  confirmed: 'confirmed',
  'confirmed-late': 'confirmed late',
  'not-confirmed': 'not confirmed',
}

/** Which connector should carry the traffic, when a switch was last practised, and what was done before. */
export function FailoversPanel({
  tunnel,
  connectors,
  onFollow,
}: {
  tunnel: TunnelDetail
  connectors: readonly Connector[]
  onFollow: (failoverId: string) => void
}) {
  const { lastDrill } = tunnel
  return (
    <Panel title="Failovers">
      <div className="flex flex-col gap-4">
        <Preference tunnel={tunnel} connectors={connectors} />
        <Facts>
          <Fact name="Last drill">
            {lastDrill ? (
              <>
                <TimeAgo at={lastDrill.at} />
                {`, ${endings[lastDrill.ending]}`}
              </>
            ) : (
              'none on record'
            )}
          </Fact>
        </Facts>
        <Past tunnelId={tunnel.id} onFollow={onFollow} />
      </div>
    </Panel>
  )
}

function Preference({
  tunnel,
  connectors,
}: {
  tunnel: TunnelDetail
  connectors: readonly Connector[]
}) {
  const put = usePreferencePut(tunnel.id)
  const notAllowed = useWhyNot('preferencePut')
  const reason = tunnel.deletedAt === null ? notAllowed : 'The tunnel has been deleted.'
  const preferred = tunnel.preferredConnectorId
  const known = connectors.map(({ id }) => id)
  // One that is gone stays chosen until somebody chooses another.
  const ids = preferred === null || known.includes(preferred) ? known : [preferred, ...known]
  const [draft, setDraft] = useState(preferred)
  const [wasPreferred, setWasPreferred] = useState(preferred)
  // What others save is shown at once, and what was chosen here is chosen no more.
  if (wasPreferred !== preferred) {
    setWasPreferred(preferred)
    setDraft(preferred)
  }
  const chosen = draft === null || ids.includes(draft) ? draft : preferred
  const isChanged = chosen !== preferred
  const prefer = (id: string | null) => put.mutate(id)
  useOffers(() =>
    [null, ...known]
      .filter((id) => id !== preferred)
      .map((id) => ({
        icon: 'flag',
        words: id === null ? 'Prefer no connector' : `Prefer connector ${shortId(id)}`,
        also: id ?? '',
        reason,
        run: () => prefer(id),
      })),
  )
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged && !put.isPending) prefer(chosen)
      }}
    >
      <Field
        label="Preferred connector"
        hint={reason ?? (isChanged ? 'Not saved yet. Esc takes it back.' : preferenceHint(tunnel))}
      >
        {(control) => (
          <span className="flex items-center gap-2">
            <span className="min-w-0 flex-1">
              <Select
                {...control}
                value={chosen ?? ''}
                disabled={reason !== null}
                onChange={({ target }) => setDraft(target.value === '' ? null : target.value)}
                onKeyDown={({ key }) => {
                  if (key === 'Escape') setDraft(preferred)
                }}
              >
                <option value="">None</option>
                {ids.map((id) => (
                  <option key={id} value={id}>
                    {shortId(id)}
                    {connectors.find((one) => one.id === id)?.colos[0]
                      ? `, ${connectors.find((one) => one.id === id)?.colos[0]}`
                      : ''}
                    {id === tunnel.activeConnectorId ? ' (active)' : ''}
                  </option>
                ))}
              </Select>
            </span>
            <Button
              type="submit"
              busy={put.isPending}
              disabledReason={reason ?? (isChanged ? null : 'This one is saved.')}
            >
              Save
            </Button>
          </span>
        )}
      </Field>
      {put.error ? <ProblemCallout problem={toProblem(put.error)} /> : null}
    </form>
  )
}

function preferenceHint({
  preferredConnectorId,
  activeConnectorId,
  onStandbySince,
  readiness,
}: TunnelDetail) {
  if (preferredConnectorId === null) return 'It should carry the traffic when nothing is wrong.'
  if (activeConnectorId === null) {
    if (readiness === 'conflict') return 'More than one connector is active now.'
    return readiness === 'unknown'
      ? `${readinessLooks.unknown.meaning}.`
      : 'No connector is active now.'
  }
  if (activeConnectorId === preferredConnectorId) return 'It carries the traffic.'
  return (
    <span className="inline-flex items-center gap-1.5 text-warn">
      <Icon name="alert" className="size-3.5" />
      <span>
        On its standby
        {onStandbySince === null ? null : (
          <>
            {' '}
            since <Instant at={onStandbySince} />
          </>
        )}
      </span>
    </span>
  )
}

const shownFirst = 5

function Past({
  tunnelId,
  onFollow,
}: {
  tunnelId: string
  onFollow: (failoverId: string) => void
}) {
  const { data, error, refetch } = useQuery(failoversQuery(tunnelId))
  const [all, setAll] = useState(false)
  if (error) return <ProblemCallout problem={toProblem(error)} onRetry={() => void refetch()} />
  // As high as the sentence that mostly comes: what stands below stays where it is.
  if (!data) return <Skeleton className="h-10" />
  const { failovers } = data
  if (failovers.length === 0)
    return <p className="text-ink-2">Nobody has failed over this tunnel with Tandem yet.</p>
  const shown = all ? failovers : failovers.slice(0, shownFirst)
  return (
    <div className="-mx-4 -mb-4">
      <ul className="divide-y divide-line-soft border-t border-line">
        {shown.map((failover) => (
          <li key={failover.id}>
            <PastOne failover={failover} onFollow={() => onFollow(failover.id)} />
          </li>
        ))}
      </ul>
      {shown.length < failovers.length ? (
        <div className="border-t border-line px-4 py-2">
          <Button size="sm" variant="ghost" onClick={() => setAll(true)}>
            {`Show ${failovers.length - shown.length} more`}
          </Button>
        </div>
      ) : null}
    </div>
  )
}

const inks = { info: 'text-accent-text', good: 'text-good', warn: 'text-warn', bad: 'text-bad' }

function PastOne({ failover, onFollow }: { failover: Failover; onFollow: () => void }) {
  const { by, drill, reason, to, requestedAt } = failover
  const { tone, title } = endingOf(failover, 0)
  return (
    <button
      type="button"
      onClick={onFollow}
      className="block w-full px-4 py-2 text-left -outline-offset-2 hover:bg-hover"
    >
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-mono">
          {oldOnes(failover).map(shortId).join(' and ') || 'none'} → {shortId(to.connectorId)}
        </span>
        <span className="text-sm text-ink-2">
          <TimeAgo at={requestedAt} />
        </span>
      </span>
      <span className="flex flex-wrap items-baseline gap-x-3 text-sm">
        <span className={`font-medium ${inks[tone]}`}>{title}</span>
        {drill ? <span className="rounded-sm bg-sunken px-1.5">Drill</span> : null}
        <span className="text-ink-2">
          by <bdi>{by}</bdi>
        </span>
      </span>
      {reason ? (
        <span className="block truncate text-sm text-ink-2">
          <bdi>{reason}</bdi>
        </span>
      ) : null}
    </button>
  )
}
