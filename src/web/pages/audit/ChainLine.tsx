import { useQuery } from '@tanstack/react-query'
import { auditChainQuery } from '#web/log/audit-address.ts'
import { Button } from '#web/ui/Button.tsx'
import { Callout } from '#web/ui/Callout.tsx'
import { Icon } from '#web/ui/Icon.tsx'
import { tip } from '#web/ui/tip.ts'
import { instantIn, useZone } from '#web/ui/zone.ts'

const count = new Intl.NumberFormat('en')

/** Whether all records are as they were written: a quiet line when they are, and not quiet when not. */
export function ChainLine() {
  const zone = useZone()
  const { data: chain, error, refetch, isFetching } = useQuery(auditChainQuery)
  const again = (
    <Button size="sm" variant="ghost" icon="refresh" onClick={() => void refetch()}>
      Check again
    </Button>
  )
  if (error) {
    return (
      <Callout tone="warn" title="The chain of records could not be checked" action={again}>
        The records themselves are shown below.
      </Callout>
    )
  }
  if (!chain) return <p className="min-h-7 text-sm text-ink-2">Checking the chain of records…</p>
  if (chain.fault) {
    return (
      <Callout tone="bad" title="Somebody changed the record" action={again}>
        {chain.fault.sentence} {count.format(chain.records)} before it are in order. Tandem itself
        never changes or deletes one: look at who can write to its data folder, and compare with a
        backup, or with a copy of the log by <code>npm run audit -- verify --log FILE</code>.
      </Callout>
    )
  }
  return (
    <p className="flex min-h-7 items-center gap-x-2 text-sm text-ink-2">
      <Icon name="check" className="size-4 text-good" />
      <span
        className="min-w-0"
        {...tip(chain.last ? `The last one’s SHA-256\n${chain.last.hash}` : null)}
      >
        {chain.last
          ? `Chain of ${count.format(chain.records)} records verified up to ${instantIn(chain.last.at, zone)}`
          : 'No records yet'}
      </span>
      {isFetching ? <span className="text-ink-3">Checking…</span> : again}
    </p>
  )
}
