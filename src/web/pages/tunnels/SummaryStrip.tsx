import { memo, type ReactNode, useMemo } from 'react'
import {
  type ReadinessKind,
  readinessKinds,
  type Tunnel,
  type TunnelStatus,
  tunnelStatuses,
} from '#contract/tunnel.ts'
import { useStaleIds } from '#web/fleet/use-stale-ids.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { countText } from '#web/ui/numbers.ts'
import { ReadinessPicture } from '#web/ui/ReadinessMark.tsx'
import { readinessLooks } from '#web/ui/readiness.ts'
import { StatusShape, statusLooks } from '#web/ui/StatusMark.tsx'
import { Term } from '#web/ui/Term.tsx'
import { tip } from '#web/ui/tip.ts'
import { counts } from './rows.ts'
import type { Change } from './search.ts'

/** How many are in which state; each number filters the list to what it counts. */
export const SummaryStrip = memo(function SummaryStrip({
  tunnels,
  status,
  readiness,
  onFilter,
}: {
  tunnels: readonly Tunnel[]
  status: readonly TunnelStatus[] | undefined
  readiness: readonly ReadinessKind[] | undefined
  onFilter: (change: Change) => void
}) {
  const numbers = useMemo(() => counts(tunnels), [tunnels])
  // Numbers that are too old to be trusted lose their colour.
  const staleIds = useStaleIds(tunnels)
  const stale = useMemo(
    () => counts(tunnels.filter(({ id }) => staleIds.has(id))),
    [tunnels, staleIds],
  )
  return (
    <div className="grid grid-cols-1 gap-3 xl:grid-cols-[5fr_7fr]">
      <Group label="Status" columns="grid-cols-5">
        {tunnelStatuses.map((each) => (
          <Cell
            key={each}
            count={numbers.status[each] ?? 0}
            {...statusLooks[each]}
            stale={stale.status[each] ?? 0}
            mark={<StatusShape status={each} stale={Boolean(stale.status[each])} />}
            pressed={status?.includes(each) ?? false}
            onPress={() =>
              onFilter((old) => ({ status: toggled(tunnelStatuses, old.status, each) }))
            }
          />
        ))}
      </Group>
      <Group
        label="HA readiness"
        columns="grid-cols-4 sm:grid-cols-[repeat(7,minmax(0,1fr))_1.75rem]"
      >
        {readinessKinds.map((each) => (
          <Cell
            key={each}
            count={numbers.readiness[each] ?? 0}
            {...readinessLooks[each]}
            word={readinessLooks[each].short ?? readinessLooks[each].word}
            stale={stale.readiness[each] ?? 0}
            mark={<ReadinessPicture readiness={each} standbyCount={1} />}
            pressed={readiness?.includes(each) ?? false}
            onPress={() =>
              onFilter((old) => ({ readiness: toggled(readinessKinds, old.readiness, each) }))
            }
          />
        ))}
        <Term
          of="readiness"
          label="What HA readiness means"
          className="flex cursor-help items-center justify-center bg-panel text-ink-3 -outline-offset-2 transition-colors hover:bg-hover hover:text-ink"
        >
          <Icon name="help" />
        </Term>
      </Group>
    </div>
  )
})

function Group({
  label,
  columns,
  children,
}: {
  label: string
  columns: string
  children: ReactNode
}) {
  return (
    <fieldset
      className={`grid min-w-0 gap-px overflow-hidden rounded-lg border border-line bg-line ${columns}`}
    >
      <legend className="sr-only">Filter by {label}</legend>
      {children}
    </fieldset>
  )
}

function Cell({
  count,
  word,
  meaning,
  ink,
  stale,
  mark,
  pressed,
  onPress,
}: {
  count: number
  word: string
  meaning: string
  ink: string
  stale: number
  mark: ReactNode
  pressed: boolean
  onPress: () => void
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      {...tip(stale > 0 ? `${meaning}\n${stale} of ${count} too old to be trusted` : meaning)}
      className="flex min-w-0 flex-col items-start gap-0.5 bg-panel px-1.5 py-2 text-left -outline-offset-2 transition-colors hover:bg-hover aria-pressed:bg-accent-soft aria-pressed:shadow-[inset_0_-2px_0_var(--accent)] sm:px-2 lg:px-3.5"
    >
      <span className="flex w-full items-center justify-between gap-1">
        <span className={`text-xl leading-tight ${count === 0 ? 'text-ink-3' : 'font-semibold'}`}>
          {countText(count)}
        </span>
        <span className={count === 0 ? 'text-ink-3 opacity-70' : stale > 0 ? 'text-unknown' : ink}>
          {mark}
        </span>
      </span>
      <span className="max-w-full truncate text-sm text-ink-2 max-sm:text-xs">{word}</span>
    </button>
  )
}

/** The choice with one more or one less, in the order of all; undefined when none is left. */
function toggled<T extends string>(
  all: readonly T[],
  chosen: readonly T[] | undefined,
  one: T,
): T[] | undefined {
  const next = all.filter((each) => (each === one) !== (chosen?.includes(each) ?? false))
  return next.length > 0 ? next : undefined
}
