import type { AuditRecord } from '#contract/audit.ts'
import { type ProblemKind, problemKinds } from '#contract/problem-kinds.ts'
import { browserName } from '#web/identity/agent.ts'
import { shortId, visibleName } from '#web/ui/names.ts'
import { preciseText } from '#web/ui/time.ts'

/** The facts of a record in words. Pure; every text in them is somebody else's. */

/** What changed: `name` from → to, or just a value. */
export type Fact = { name: string; from: string | null; to: string }

/** Said elsewhere in the row, or of no use to a reader. */
const untold = new Set([
  'why',
  'ray',
  'failoverId',
  'cloudflare',
  'expected_active_id',
  'ticked',
  'activeNow',
])
const words: Record<string, string> = {
  client_id: 'to',
  accountId: 'account',
  haMode: 'HA mode',
  fnrId: 'network interface',
  vips: 'virtual IPs',
  vipsPrevious: 'previous virtual IPs',
  ha: 'HA',
  accepted: 'accepted that',
  detail: '',
  vacantMs: 'nobody active for',
  awaitedMs: 'code awaited for',
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const longestText = 200

type Facts = Record<string, unknown>

export function factsOf({ facts, outcomes }: Pick<AuditRecord, 'facts' | 'outcomes'>): Fact[] {
  const later = outcomes.flatMap((outcome) => toFacts(outcome.facts))
  return [...toFacts(facts), ...later]
}

function toFacts(facts: Facts): Fact[] {
  const { from, to } = facts
  if (isFacts(from) && isFacts(to)) return changesOf(from, to)
  const rest = Object.entries(facts).filter(([name]) => !untold.has(name))
  if (from !== undefined && to !== undefined) {
    const others = rest.filter(([name]) => name !== 'from' && name !== 'to')
    return [{ name: '', from: textOf(from), to: textOf(to) }, ...others.flatMap(toFact)]
  }
  return rest.flatMap(toFact)
}

/** Two states, field by field; what stayed as it was is not told. */
function changesOf(from: Facts, to: Facts): Fact[] {
  return Object.keys({ ...from, ...to })
    .filter((name) => JSON.stringify(from[name] ?? null) !== JSON.stringify(to[name] ?? null))
    .map((name) => ({ name: wordOf(name), from: textOf(from[name]), to: textOf(to[name]) }))
}

function toFact([name, value]: [string, unknown]): Fact[] {
  if (isFacts(value) && 'from' in value && 'to' in value) {
    return [{ name: wordOf(name), from: textOf(value.from), to: textOf(value.to) }]
  }
  // Moments within a failover are for the files; how long it took is for people.
  if (name.endsWith('At')) return []
  // A record that counts has several.
  const values = [value].flat()
  if (name === 'agent' && values.every((agent) => typeof agent === 'string')) {
    const browsers = new Set(values.map(browserName))
    return [{ name: 'with', from: null, to: [...browsers].join(', ') }]
  }
  const isNothing = value === null || value === undefined || value === false
  if (isNothing || (Array.isArray(value) && value.length === 0)) return []
  if (name.endsWith('Ms') && values.every((length) => typeof length === 'number')) {
    return [{ name: wordOf(name), from: null, to: values.map(preciseText).join(', ') }]
  }
  return [{ name: wordOf(name), from: null, to: textOf(value) }]
}

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `signedInAt` → `signed in at` */
const wordOf = (name: string) =>
  words[name] ?? name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (Array.isArray(value)) {
    // Sentences end by themselves.
    const gap = value.every((one) => isFacts(one) && 'sentence' in one) ? ' ' : ', '
    return value.map(textOf).join(gap) || 'none'
  }
  if (isFacts(value)) {
    // A ticked risk, and whatever else brings its own sentence.
    return typeof value.sentence === 'string' ? textOf(value.sentence) : JSON.stringify(value)
  }
  const text = visibleName(String(value))
  if (uuid.test(text)) return shortId(text)
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

/** What it was done to, short: `person:7c9e…` is a person whose name stands among the facts. */
export function targetText(target: string): string {
  const [, kind, id] = /^(person|screen):(.{36})$/.exec(target) ?? []
  return kind && id ? `${kind} ${shortId(id)}` : visibleName(target)
}

/** It did what it was for. */
export const goodOutcomes: ReadonlySet<string> = new Set(['done', 'confirmed', 'late', 'restored'])
/** Not the end: another outcome follows. */
export const openOutcomes: ReadonlySet<string> = new Set(['started', 'accepted', 'unknown'])
/** What has no words of its own here is a problem's kind, which has a title. */
export const outcomeWords: Record<string, string> = {
  done: 'Done',
  started: 'Under way',
  accepted: 'Accepted by Cloudflare',
  unknown: 'No clear answer yet',
  confirmed: 'Confirmed',
  rejected: 'Refused by Cloudflare',
  'not-sent': 'Not sent',
  'other-active': 'Another one is active',
  'not-confirmed': 'Not confirmed',
  late: 'Confirmed late',
  restored: 'Active once more',
  'flipped-back': 'The old one is active again',
  'moved-on': 'Another one is active now',
  'none-active': 'None is active any more',
  'several-active': 'Several are active now',
  internal: 'Failed inside Tandem',
}

/** Why it was refused or did not work, in the words in which the person was told. */
export function reasonOf({ facts, outcomes }: Pick<AuditRecord, 'facts' | 'outcomes'>) {
  const kind = String(facts.why ?? outcomes.at(-1)?.result ?? '')
  const title = kind in problemKinds ? problemKinds[kind as ProblemKind].title : null
  const said = outcomes.flatMap((outcome) => saidBy(outcome.facts.cloudflare))
  return { title, cloudflare: said.join('; ') || null }
}

function saidBy(cloudflare: unknown): string[] {
  if (!isFacts(cloudflare) || !Array.isArray(cloudflare.errors)) return []
  return (cloudflare.errors as unknown[])
    .filter(isFacts)
    .map(({ code, message }) => `${textOf(message)} (${textOf(code)})`)
}

/** Cloudflare's own ids of what was sent. */
export function raysOf({ outcomes }: Pick<AuditRecord, 'outcomes'>): string[] {
  const rays = outcomes.flatMap(({ facts }) => [
    facts.ray,
    isFacts(facts.cloudflare) ? facts.cloudflare.ray : null,
  ])
  return [...new Set(rays.filter((ray): ray is string => typeof ray === 'string' && ray !== ''))]
}
