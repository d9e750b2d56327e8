import type { FailoverCheck } from '#contract/failover.ts'
import {
  activeChangedText,
  type CheckId,
  checkLink,
  checkRules,
  coolDownMs,
  freshReadMs,
  justConnectedMs,
  justLostMs,
  mostReconnects,
  mostRepeated,
  repeatedMs,
  staleReadMs,
} from '#contract/failover-checks.ts'
import { shortId } from '#contract/short-id.ts'
import {
  type Check,
  type Connector,
  type HaMode,
  isUp,
  type Outlook,
  type ReadinessKind,
} from '#contract/tunnel.ts'
import { isConnected, type SeenConnector } from '../cloudflare/translate.ts'

/**
 * What speaks against promoting a connector, and what would happen if the active one failed.
 * Pure; the only place where these rules live. A block can't be overridden, a risk can.
 */
export type Situation = {
  ha: boolean | null
  haMode: HaMode | null
  deleted: boolean
  connectors: SeenConnector[]
  now: number
}

/** What is known besides the last look, when somebody is about to fail over. Ages in milliseconds. */
export type Evidence = Situation & {
  /** The connector that the person saw active, null for none; left out: they did not say. */
  seenActiveId?: string | null
  /** How long ago the read left that the connectors are from; null: they were never read. */
  readAgeMs: number | null
  /** That read was made for this very failover; left out: it is what was known. */
  isReadForIt?: boolean
  /** Why nothing can be sent at all, whatever the connectors are like. */
  barriers: readonly { id: CheckId; sentence: string }[]
  /** How often the target came back in the last hour, and when it last lost a connection. */
  reconnects: number
  lostAgeMs: number | null
  /** Ages of earlier failovers of this tunnel that were sent, youngest first. */
  failoverAgesMs: readonly number[]
  /** How long ago the active connector became another one, by whomever; null: not lately. */
  switchAgeMs: number | null
}

/** Compares dotted versions number by number. Negative: `a` is older. Unknown ones compare as equal. */
export function compareVersions(a: string | null, b: string | null): number {
  if (a === null || b === null) return 0
  const [left, right] = [a, b].map((version) => version.split(/[.\-+]/).map(Number))
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0)
    if (Number.isNaN(difference)) return 0
    if (difference !== 0) return difference
  }
  return 0
}

const activeOf = (connectors: SeenConnector[]) =>
  connectors.filter((connector) => connector.role === 'active')

const overlap = (a: string[], b: string[]) => a.filter((value) => b.includes(value))

/** What outbound traffic does after a switch, by HA mode; null where the address moves by itself. */
export function outboundSentence(haMode: HaMode | null): string | null {
  if (haMode === 'aws' || haMode === 'local') return null
  const why =
    haMode === null
      ? 'Cloudflare does not report the HA mode'
      : haMode === 'none'
        ? 'the HA mode is “none”'
        : 'HA is disabled in the configuration'
  return `Outbound traffic of the site does not follow by itself: ${why}, so the site’s own routing must move it.`
}

function tunnelBlocks({ deleted, ha }: Situation): { id: CheckId; sentence: string }[] {
  const blocks: { id: CheckId; sentence: string }[] = []
  if (deleted) blocks.push({ id: 'tunnel-deleted', sentence: 'The tunnel has been deleted.' })
  if (ha === false) {
    blocks.push({
      id: 'not-ha',
      sentence: 'The tunnel is not HA: Cloudflare reports no HA for it.',
    })
  }
  return blocks
}

/** Every reason against promoting `target` that a look at the connectors shows, blocks first, each rule once. */
export function promotionChecks(target: SeenConnector, situation: Situation): Check[] {
  const { connectors, now } = situation
  const blocks: Check[] = []
  const risks: Check[] = []
  const block = (id: CheckId, sentence: string) => blocks.push({ id, kind: 'block', sentence })
  // Two active ones can make one rule speak twice: it is one risk to accept.
  const risk = (id: CheckId, sentence: string) => {
    const same = risks.find((one) => one.id === id)
    if (!same) risks.push({ id, kind: 'risk', sentence })
    else if (!same.sentence.includes(sentence)) same.sentence += ` ${sentence}`
  }

  for (const { id, sentence } of tunnelBlocks(situation)) block(id, sentence)
  if (target.role === 'active') block('already-active', 'It is the active connector already.')
  if (target.role === 'offline') block('offline', 'Cloudflare reports it offline.')
  else if (!isConnected(target)) block('not-connected', 'It has no connection to Cloudflare.')
  if (target.role === 'unknown') {
    block(
      'role-unknown',
      `Cloudflare reports the role “${target.roleReported}”, which Tandem does not know.`,
    )
  }
  if (target.role === 'none' && situation.ha !== false) {
    block('role-not-reported', 'Cloudflare reports no HA role for it.')
  }

  // What waits to come back is of an earlier life.
  const openedAt = target.connections.filter(isUp).map((connection) => connection.openedAt ?? 0)
  const connectedMs = now - Math.min(...openedAt)
  if (openedAt.length > 0 && !openedAt.includes(0) && connectedMs < justConnectedMs) {
    risk(
      'just-connected',
      `It connected only ${Math.max(0, Math.round(connectedMs / 1000))} s ago and may not be stable yet.`,
    )
  }
  for (const active of activeOf(connectors)) {
    if (active.id === target.id) continue
    if (compareVersions(target.version, active.version) < 0) {
      risk(
        'older-version',
        `It runs ${target.version}, older than the active connector’s ${active.version}.`,
      )
    }
    const ips = overlap(target.originIps, active.originIps)
    if (ips.length > 0) {
      risk('same-origin', `It shares the origin IP ${ips[0]} with the active connector.`)
    }
    const colos = overlap(target.colos, active.colos)
    if (colos.length > 0)
      risk('same-colo', `It shares the colo ${colos[0]} with the active connector.`)
  }
  const outbound = outboundSentence(situation.haMode)
  if (outbound) risk('outbound-stays', outbound)
  return [...blocks, ...risks]
}

/**
 * The whole list for a failover to `targetId`, blocks first, each rule once; with a null target only
 * what concerns every connector of the tunnel.
 */
export function failoverChecks(targetId: string | null, evidence: Evidence): FailoverCheck[] {
  const found: { id: CheckId; sentence: string }[] = [...evidence.barriers]
  const say = (id: CheckId, sentence: string) => found.push({ id, sentence })
  const target = evidence.connectors.find(({ id }) => id === targetId)
  const actives = activeOf(evidence.connectors)
  const active = actives.length === 1 ? (actives[0] ?? null) : null
  const { seenActiveId } = evidence
  if (seenActiveId !== undefined && seenActiveId !== (active?.id ?? null)) {
    const now = actives.map(({ id }) => id)
    say('active-changed', `${activeChangedText(now, seenActiveId)}.`)
  }
  if (targetId !== null && !target) {
    say('not-linked', `Cloudflare no longer lists ${shortId(targetId)} for this tunnel.`)
  }
  const seen = target
    ? promotionChecks(target, evidence)
    : tunnelBlocks(evidence).map((one) => ({ ...one, kind: 'block' as const }))
  for (const { id, sentence } of seen) say(id as CheckId, sentence)
  sayOfThePast(evidence, say)
  if (actives.length > 0) {
    say('sessions-hang', 'Open connections through the old one may hang and have to be made again.')
  }
  const checks = found.map(({ id, sentence }) => ({
    ...checkRules[id],
    id,
    sentence,
    link: checkLink(id),
  }))
  const rank = ({ kind, grave }: FailoverCheck) => (kind === 'block' ? 0 : grave ? 1 : 2)
  return checks.toSorted((a, b) => rank(a) - rank(b))
}

/** What was seen before now, of the target and of the tunnel. */
function sayOfThePast(evidence: Evidence, say: (id: CheckId, sentence: string) => void) {
  const { reconnects, lostAgeMs, failoverAgesMs, switchAgeMs, readAgeMs } = evidence
  const secondsOf = (ms: number) => `${Math.max(0, Math.round(ms / 1000))} s`
  if (reconnects >= mostReconnects) {
    say('reconnects', `It reconnected ${reconnects} times in the last hour.`)
  }
  if (lostAgeMs !== null && lostAgeMs < justLostMs) {
    say('just-disconnected', `It lost a connection ${secondsOf(lostAgeMs)} ago.`)
  }
  const lately = failoverAgesMs.filter((ageMs) => ageMs < repeatedMs).length + 1
  if (lately >= mostRepeated) {
    say('repeated', `This would be failover number ${lately} of this tunnel in 10 minutes.`)
  }
  // Cloudflare's own counts too, and one from the dashboard: they broke the same connections.
  const last = Math.min(failoverAgesMs[0] ?? coolDownMs, switchAgeMs ?? coolDownMs)
  if (last < coolDownMs) {
    say('cool-down', `The last failover of this tunnel was only ${secondsOf(last)} ago.`)
  }
  // Where Cloudflare is slow nobody is kept from failing over, and nobody does it unaware.
  const mostReadMs = evidence.isReadForIt ? freshReadMs : staleReadMs
  if (readAgeMs !== null && readAgeMs > mostReadMs) {
    say('stale-read', `What Cloudflare told of the connectors is ${secondsOf(readAgeMs)} old.`)
  }
}

/**
 * How often a connector came back in a window. Connections that open within ten seconds of each other are
 * one coming; the first one that is known at all is no coming back.
 *
 * @param lives its connections that were open at some time in the window, in any order.
 */
export function reconnectsOf(lives: readonly { openedAt: number }[], from: number): number {
  const openings = lives.map(({ openedAt }) => openedAt).toSorted((a, b) => a - b)
  let comings = 0
  let last = Number.NEGATIVE_INFINITY
  for (const at of openings) {
    if (at - last > 10_000 && at >= from) comings += 1
    last = at
  }
  const wasThereBefore = (openings[0] ?? from) < from
  return wasThereBefore ? comings : Math.max(0, comings - 1)
}

/** What happens if the active connector fails now? See `ReadinessKind`. */
export function readinessOf(
  connectors: SeenConnector[] | null,
  ha: boolean | null,
): { readiness: ReadinessKind; standbyCount: number } {
  if (connectors === null) return { readiness: 'unknown', standbyCount: 0 }
  const standbyCount = connectors.filter(
    (connector) => connector.role === 'passive' && isConnected(connector),
  ).length
  const actives = activeOf(connectors)
  const of = (readiness: ReadinessKind) => ({ readiness, standbyCount })
  if (ha === false) return of('not-ha')
  if (connectors.some((connector) => connector.role === 'unknown')) return of('unknown')
  if (actives.length > 1) return of('conflict')
  const connected = connectors.filter(isConnected)
  if (connected.length === 0) return of('disconnected')
  // A tunnel without HA, as far as is known so far: its configuration tells, once it was read.
  if (connected.every((connector) => connector.role === 'none')) return of('unknown')
  // Cloudflare calls a connector active for minutes after it lost its last connection.
  if (!actives.some(isConnected)) return of('no-active')
  return of(standbyCount > 0 ? 'ready' : 'exposed')
}

const count = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`)

/** The same as sentences, with what weakens the standbys as notes. */
export function outlookOf(situation: Situation): Outlook {
  const { connectors } = situation
  const { readiness, standbyCount } = readinessOf(connectors, situation.ha)
  const active = activeOf(connectors)[0]
  const name = active ? shortId(active.id) : ''
  const of = (verdict: Outlook['verdict'], sentence: string, notes: string[] = []): Outlook => ({
    verdict,
    sentence,
    notes,
  })
  switch (readiness) {
    case 'unknown':
      if (connectors.some((connector) => connector.role === 'unknown'))
        return of('unknown', 'Tandem can’t tell: Cloudflare reports a role that it does not know.')
      return of(
        'unknown',
        'Tandem can’t tell: Cloudflare reports no HA role for any connector that is connected.',
        // A new tunnel’s mode says that it has HA, whether or not it has.
        situation.ha
          ? ['If the tunnel was created without HA, its HA mode should be Disabled.']
          : [],
      )
    case 'not-ha': {
      const connected = connectors.filter(isConnected).length
      if (connected === 0) return of('bad', 'Nothing is connected. The tunnel carries no traffic.')
      return of(
        'weak',
        'This tunnel has no HA: if its connector fails, the tunnel is down until it returns.',
      )
    }
    case 'disconnected':
      return of(
        'bad',
        connectors.length === 0
          ? 'No connector is known. The tunnel carries no traffic.'
          : 'No connector is connected. The tunnel carries no traffic.',
      )
    case 'conflict':
      return of(
        'bad',
        `Cloudflare reports ${activeOf(connectors).length} active connectors at once.`,
      )
    case 'no-active':
      return of(
        'bad',
        active
          ? `${name} is called active but has no connection: it carries no traffic, and nobody has taken over yet.`
          : 'No connector is active, although one is connected.',
      )
    case 'exposed':
      return of('bad', `If ${name} fails, nobody takes over: no standby is connected.`)
    case 'ready': {
      const standbys = connectors.filter(
        (connector) => connector.role === 'passive' && isConnected(connector),
      )
      const notes = standbys.flatMap((standby) =>
        promotionChecks(standby, situation)
          .filter((check) => check.kind === 'risk' && check.id !== 'outbound-stays')
          .map((check) => `${shortId(standby.id)}: ${check.sentence}`),
      )
      const independent = standbys.filter((standby) => !sharesWith(standby, active))
      const outbound = outboundSentence(situation.haMode)
      const all = outbound ? [...notes, outbound] : notes
      if (independent.length === 0) {
        return of(
          'weak',
          `If ${name} fails, ${count(standbyCount, 'standby takes over', 'standbys can take over')}, but ${standbyCount === 1 ? 'it shares' : 'each shares'} an origin IP or colo with ${name}.`,
          all,
        )
      }
      return of(
        'good',
        `If ${name} fails, Cloudflare promotes ${standbyCount === 1 ? '1 standby' : `one of ${standbyCount} standbys`}, typically within seconds.`,
        all,
      )
    }
    default:
      return readiness satisfies never
  }
}

function sharesWith(a: Pick<Connector, 'colos' | 'originIps'>, b: typeof a | undefined): boolean {
  if (!b) return false
  return overlap(a.colos, b.colos).length > 0 || overlap(a.originIps, b.originIps).length > 0
}
