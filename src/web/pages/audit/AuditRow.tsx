import { Link } from '@tanstack/react-router'
import { type AuditRecord, auditDeed, outcomeWord } from '#contract/audit.ts'
import { CopyId } from '#web/ui/CopyId.tsx'
import { Icon, type IconName } from '#web/ui/Icon.tsx'
import { Name } from '#web/ui/Name.tsx'
import { tip, tipAt } from '#web/ui/tip.ts'
import { clockIn, type Zone } from '#web/ui/zone.ts'
import {
  type Fact,
  factsOf,
  goodOutcomes,
  openOutcomes,
  outcomeWords,
  raysOf,
  reasonOf,
  targetText,
} from './facts.ts'

/** One record: when, who did what to what, from where, and what came of it. */
export function AuditRow({ record, zone }: { record: AuditRecord; zone: Zone }) {
  const { at, who, from, what, target, requestId } = record
  const facts = factsOf(record)
  return (
    <div className="grid grid-cols-[1.25rem_minmax(0,1fr)] items-start gap-x-2.5 px-3 py-2 hover:bg-hover sm:px-4 md:grid-cols-[4.5rem_1.25rem_minmax(0,1fr)_minmax(8rem,14rem)_10rem]">
      <time
        dateTime={new Date(at).toISOString()}
        {...tipAt(at)}
        className="whitespace-nowrap max-md:col-start-2 max-md:row-start-2 max-md:text-sm max-md:text-ink-2"
      >
        {clockIn(at, zone)}
      </time>
      <span className="flex h-5 items-center justify-center max-md:row-start-1">
        <Mark what={what} />
      </span>
      <div className="min-w-0 break-words max-md:contents">
        <p className="max-md:col-start-2 max-md:row-start-1">
          {who ? (
            <strong className="font-medium" {...tip(`${who.role} · ${who.id}`)}>
              <Name name={who.name} />
            </strong>
          ) : (
            <span className="text-ink-2">Somebody</span>
          )}{' '}
          {sentenceOf(what)}
        </p>
        <ul className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2 max-md:col-start-2 max-md:row-start-4">
          {facts.map((fact) => (
            <li key={`${fact.name} ${fact.to}`} className="min-w-0 break-words">
              <FactText fact={fact} />
            </li>
          ))}
          {target ? (
            <li className="min-w-0 font-mono text-[0.93em] break-all">
              <bdi>{targetText(target)}</bdi>
            </li>
          ) : null}
          {from ? (
            <li className="min-w-0 break-all text-ink-3">
              from <bdi className="font-mono text-[0.93em]">{from}</bdi>
            </li>
          ) : null}
          {requestId ? (
            <li className="text-ink-3">
              request <CopyId value={requestId} what="request id" short />
            </li>
          ) : null}
          {raysOf(record).map((ray) => (
            <li key={ray} className="text-ink-3">
              Cloudflare <CopyId value={ray} what="Cloudflare’s request id" />
            </li>
          ))}
        </ul>
      </div>
      <span className="min-w-0 truncate max-md:col-start-2 max-md:row-start-3 max-md:text-sm">
        <Where record={record} />
      </span>
      <div className="min-w-0 max-md:col-start-2 max-md:text-sm">
        <Outcome record={record} />
      </div>
    </div>
  )
}

/** `Signed in` → `signed in`; names of operations of another version stay as they are. */
const sentenceOf = (what: string) =>
  auditDeed(what).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())

function FactText({ fact: { name, from, to } }: { fact: Fact }) {
  return (
    <>
      {name ? <span className="text-ink-3">{name} </span> : null}
      {from === null ? null : (
        <>
          <bdi>{from}</bdi>
          <span aria-hidden="true"> → </span>
          <span className="sr-only"> became </span>
        </>
      )}
      <bdi className="text-ink">{to}</bdi>
    </>
  )
}

function Where({ record: { tunnelId, tunnelName } }: { record: AuditRecord }) {
  if (tunnelId === null) return null
  return (
    <Link
      to="/tunnels/$tunnelId"
      params={{ tunnelId }}
      className="inline-flex max-w-full items-center text-accent-text hover:underline max-md:min-h-6"
    >
      <Name name={tunnelName ?? tunnelId} className="truncate" />
    </Link>
  )
}

/** What came of it. That nobody knows is an outcome too, and not a good one. */
function Outcome({ record }: { record: AuditRecord }) {
  const word = outcomeWord(record)
  const { title, cloudflare } = reasonOf(record)
  if (word === '') return title ? <span className="text-ink-2">{title}</span> : null
  if (word === 'not known') {
    return (
      <span
        className="inline-flex items-start gap-1.5 text-warn"
        {...tip('Tandem ended or its disk was full before it could write down what came of it')}
      >
        <Icon name="help" className="mt-0.5 size-4" />
        Not known
      </span>
    )
  }
  if (goodOutcomes.has(word) || openOutcomes.has(word)) {
    return (
      <span className="inline-flex items-start gap-1.5 text-ink-2">
        <Icon
          name={openOutcomes.has(word) ? 'clock' : 'check'}
          className={`mt-0.5 size-4 ${goodOutcomes.has(word) ? 'text-good' : ''}`}
        />
        {outcomeWords[word]}
      </span>
    )
  }
  return (
    <span className="inline-flex items-start gap-1.5 text-bad">
      <Icon name="alert" className="mt-0.5 size-4" />
      <span className="min-w-0 break-words">
        {title ?? outcomeWords[word] ?? word}
        {cloudflare ? <bdi className="block text-sm text-ink-2">{cloudflare}</bdi> : null}
      </span>
    </span>
  )
}

const icons: Partial<Record<string, [icon: IconName, tone: string]>> = {
  failoverRun: ['failover', 'text-accent-text'],
  preferencePut: ['failover', 'text-ink-2'],
  tunnelCreate: ['plus', 'text-ink-2'],
  tunnelUpdate: ['pencil', 'text-ink-2'],
  tunnelDelete: ['trash', 'text-ink-2'],
  configurationPut: ['settings', 'text-ink-2'],
  tokenGet: ['key', 'text-warn'],
  'sign-in-failed': ['alert', 'text-warn'],
  refused: ['minus', 'text-warn'],
  'screen-paired': ['monitor', 'text-ink-2'],
  'screen-link-made': ['monitor', 'text-ink-2'],
  'screen-claimed': ['monitor', 'text-ink-2'],
  'screen-revoked': ['monitor', 'text-ink-2'],
}

function Mark({ what }: { what: string }) {
  const [icon, tone] = icons[what] ?? ['person', 'text-ink-2']
  return <Icon name={icon} className={`size-4 ${tone}`} />
}
