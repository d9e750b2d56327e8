import type { ReactNode } from 'react'
import { type Connector, isUp } from '#contract/tunnel.ts'
import { Callout } from '#web/ui/Callout.tsx'
import { type Card, RadioCards } from '#web/ui/Field.tsx'
import { shortId } from '#web/ui/names.ts'
import { Place } from '#web/ui/Place.tsx'
import { RoleMark } from '#web/ui/RoleMark.tsx'
import { Term } from '#web/ui/Term.tsx'
import { Handover } from './Handover.tsx'
import { activeOf, activesOf, blocksOf } from './order.ts'

/** Who takes over: the standbys to choose from, and what will happen as a picture. */
export function ChooseStandby({
  connectors,
  target,
  age,
  onChoose,
}: {
  /** As they stand side by side. */
  connectors: readonly Connector[]
  target: Connector | null
  /** How old the data is that all of this rests on. */
  age: ReactNode
  onChoose: (connectorId: string) => void
}) {
  const active = activeOf(connectors)
  const candidates = connectors.filter((connector) => connector !== active)
  return (
    <div className="flex flex-col gap-5">
      {candidates.length === 0 ? (
        <Callout tone="warn" title="There is no other connector">
          Add a replica to the tunnel; once it is connected it can take over.
        </Callout>
      ) : (
        <div className={candidates.length > 4 ? 'relative -m-1 max-h-76 overflow-y-auto p-1' : ''}>
          <RadioCards
            legend={candidates.length === 1 ? 'The standby' : 'Which standby takes over?'}
            name="standby"
            value={target?.id ?? null}
            cards={candidates.map(toCard)}
            onChange={onChoose}
          />
        </div>
      )}
      {target ? (
        <section aria-label="What happens" className="flex flex-col gap-2">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <h3 className="font-medium">
              <Term of="failover">What happens</Term>
            </h3>
            {age}
          </div>
          <Handover
            from={active && { ...toMachine(active), role: 'active', next: 'passive' }}
            several={active ? [] : activesOf(connectors)}
            to={{ ...toMachine(target), role: target.role, next: 'active' }}
            way="planned"
          />
        </section>
      ) : (
        age
      )}
    </div>
  )
}

const toMachine = ({ id, colos, version }: Connector) => ({ connectorId: id, colos, version })

function toCard(connector: Connector): Card<string> {
  const blocks = blocksOf(connector)
  const connected = connector.connections.filter(isUp).length
  const colo = connector.colos[0]
  return {
    value: connector.id,
    title: (
      <span className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-mono">{shortId(connector.id)}</span>
        {colo ? (
          <span className="font-normal">
            <Place colo={colo} />
          </span>
        ) : null}
      </span>
    ),
    hint: [
      connector.version ?? 'version not reported',
      connector.originIps.join(', ') || 'origin not reported',
      connected === 1 ? '1\u00a0connection' : `${connected}\u00a0connections`,
    ].join(' · '),
    aside: <RoleMark role={connector.role} reported={connector.roleReported} />,
    disabledReason: blocks.length > 0 ? blocks.map(({ sentence }) => sentence).join(' ') : null,
  }
}
