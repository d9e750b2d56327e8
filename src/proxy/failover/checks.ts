import type { Check, Connector, HaMode, Outlook, ReadinessKind } from '#contract/tunnel.ts'
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

const justConnectedMs = 60_000

/** The first eight digits: how people tell connectors apart, since Cloudflare gives them no name. */
export const shortId = (id: string) => id.slice(0, 8)

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

/** Every reason for and against promoting `target`, blocks first. */
export function promotionChecks(target: SeenConnector, situation: Situation): Check[] {
  const { connectors, now } = situation
  const blocks: Check[] = []
  const risks: Check[] = []
  const block = (id: string, sentence: string) => blocks.push({ id, kind: 'block', sentence })
  const risk = (id: string, sentence: string) => risks.push({ id, kind: 'risk', sentence })

  if (situation.deleted) block('tunnel-deleted', 'The tunnel has been deleted.')
  if (situation.ha === false) {
    block(
      'not-ha',
      'The tunnel is not HA. That is chosen when a tunnel is created and can’t be changed.',
    )
  }
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

  const openedAt = target.connections.map((connection) => connection.openedAt ?? 0)
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

/** What happens if the active connector fails now? See `ReadinessKind`. */
export function readinessOf(
  connectors: SeenConnector[] | null,
  ha: boolean | null,
): { readiness: ReadinessKind; standbyCount: number } {
  if (connectors === null) return { readiness: 'unknown', standbyCount: 0 }
  const standbyCount = connectors.filter(
    (connector) => connector.role === 'passive' && isConnected(connector),
  ).length
  const actives = activeOf(connectors).length
  const of = (readiness: ReadinessKind) => ({ readiness, standbyCount })
  if (ha === false) return of('not-ha')
  if (connectors.some((connector) => connector.role === 'unknown')) return of('unknown')
  if (actives > 1) return of('conflict')
  if (!connectors.some(isConnected)) return of('disconnected')
  if (actives === 0) return of('no-active')
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
      return of('unknown', 'Tandem can’t tell: Cloudflare reports a role that it does not know.')
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
      return of('bad', 'No connector is active, although one is connected.')
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
