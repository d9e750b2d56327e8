import type { Connector } from '#contract/tunnel.ts'
import { blocksOf, risksOf } from '#web/failover/order.ts'
import { Icon } from '#web/ui/Icon.tsx'
import { Panel } from '#web/ui/Panel.tsx'
import { Term } from '#web/ui/Term.tsx'

/** What speaks against making this connector the active one, in sentences. */
export function PromotionPanel({
  connector,
  stale,
  barrier,
}: {
  connector: Connector
  stale: boolean
  /** What keeps anybody from failing over this tunnel now, or null. */
  barrier: string | null
}) {
  const blocks = blocksOf(connector)
  const risks = risksOf(connector)
  const old = stale ? 'text-unknown' : null
  return (
    <Panel title={<Term of="failover">If it were promoted</Term>}>
      <ul className="flex flex-col gap-2">
        {barrier && !blocks.some(({ sentence }) => sentence === barrier) ? (
          <Sentence icon="close" ink="text-bad">
            {barrier}
          </Sentence>
        ) : null}
        {blocks.map(({ id, sentence }) => (
          <Sentence key={id} icon="close" ink={old ?? 'text-bad'}>
            {sentence}
          </Sentence>
        ))}
        {risks.map(({ sentence }) => (
          <Sentence key={sentence} icon="alert" ink={old ?? 'text-warn'}>
            {sentence}
          </Sentence>
        ))}
        {blocks.length + risks.length === 0 && !barrier ? (
          <Sentence icon={stale ? 'clock' : 'check'} ink={old ?? 'text-good'}>
            {stale ? 'Nothing spoke against it.' : 'Nothing speaks against it.'}
          </Sentence>
        ) : null}
      </ul>
      {stale ? <p className="mt-2 pl-6.5 text-ink-2">When last seen; too old to rely on.</p> : null}
    </Panel>
  )
}

function Sentence({
  icon,
  ink,
  children,
}: {
  icon: 'close' | 'alert' | 'check' | 'clock'
  ink: string
  children: string
}) {
  return (
    <li className="flex items-start gap-2.5">
      <Icon name={icon} className={`mt-0.5 size-4 ${ink}`} />
      <span className="min-w-0">
        <span className="sr-only">
          {icon === 'close' ? 'Not possible: ' : icon === 'alert' ? 'Risk: ' : ''}
        </span>
        {children}
      </span>
    </li>
  )
}
