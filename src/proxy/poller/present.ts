import type { LiveEvent } from '#contract/events.ts'
import type {
  Configuration,
  Connector,
  ConnectorList,
  Since,
  Tunnel,
  TunnelDetail,
} from '#contract/tunnel.ts'
import { outlookOf, promotionChecks, readinessOf, type Situation } from '../failover/checks.ts'
import type { ListedTunnel, SeenConnector } from '../cloudflare/translate.ts'
import { activeIdOf, type Change, diff, type Sight } from './diff.ts'

/**
 * What is known now: the last look at every tunnel, and since when it looks like that. Poller, writes
 * and verifications land their answers here; routes and streams read. An answer that left earlier than
 * one that already landed is dropped, so nothing ever goes backward.
 */
export type Present = ReturnType<typeof createPresent>

export type PresentDeps = {
  now: () => number
  publish: (event: LiveEvent) => void
  /** Told what changed, before anyone else hears of it. */
  record: (tunnel: { id: string; name: string }, changes: Change[], at: number) => void
  /** Past this age a tunnel's row is stale, milliseconds. */
  staleAfterMs: (tunnelId: string) => number
}

type Known = {
  sight: Sight
  listedAt: number
  listedSentAt: number
  seenAt: number | null
  seenSentAt: number
  configuredSentAt: number
  oddities: string[]
  statusSince: Since | null
  activeSince: Since | null
  roleSince: Map<string, Since>
  changedAt: number | null
  trouble: string | null
  /** Complete listings in a row that did not name it. */
  missed: number
  unlistedSince: number | null
  failoverId: string | null
  /** As last told to the streams. */
  told: { tunnel: Tunnel; tunnelJson: string; connectorsJson: string | null } | null
}

export function createPresent(deps: PresentDeps) {
  const { now } = deps
  const known = new Map<string, Known>()

  function haOf({ sight: { connectors, configuration } }: Known): boolean | null {
    if (configuration?.haMode) return configuration.haMode !== 'disabled'
    if (connectors?.some((connector) => connector.role !== 'none')) return true
    // Neither a mode nor a role is reported although somebody is connected: no HA.
    if (configuration && connectors && connectors.length > 0) return false
    return null
  }

  const situationOf = (one: Known): Situation => ({
    ha: haOf(one),
    haMode: one.sight.configuration?.haMode ?? null,
    deleted: one.sight.listed.deletedAt !== null,
    connectors: one.sight.connectors ?? [],
    now: now(),
  })

  function toTunnel(one: Known): Tunnel {
    const { listed, connectors, configuration } = one.sight
    const ha = haOf(one)
    const active = connectors?.find((connector) => connector.id === activeIdOf(connectors))
    const troubles = [one.trouble, ...one.oddities].filter((sentence) => sentence !== null)
    return {
      id: listed.id,
      accountId: listed.accountId,
      name: listed.name,
      status: listed.status,
      statusReported: listed.statusReported,
      ...readinessOf(connectors, ha),
      ha,
      haMode: configuration?.haMode ?? null,
      activeConnectorId: active?.id ?? null,
      activeColos: active?.colos ?? [],
      colos: [...new Set((connectors ?? []).flatMap((connector) => connector.colos))].toSorted(),
      connectorCount: connectors?.length ?? null,
      connectionCount:
        connectors?.reduce((sum, connector) => sum + connector.connections.length, 0) ?? null,
      since: one.statusSince ?? reportedSince(listed),
      activeSince: active ? one.activeSince : null,
      changedAt: one.changedAt,
      createdAt: listed.createdAt,
      deletedAt: listed.deletedAt,
      checkedAt: one.seenAt === null ? null : Math.min(one.listedAt, one.seenAt),
      staleAfterMs: deps.staleAfterMs(listed.id),
      trouble: troubles.length > 0 ? troubles.join(' ') : null,
      unlistedSince: one.unlistedSince,
      failoverId: one.failoverId,
    }
  }

  function toConnectorList(one: Known): ConnectorList {
    const situation = situationOf(one)
    return {
      tunnelId: one.sight.listed.id,
      checkedAt: one.seenAt,
      connectors: situation.connectors.map((connector) => toConnector(connector, one, situation)),
      outlook: one.sight.connectors
        ? outlookOf(situation)
        : { verdict: 'unknown', sentence: 'Tandem has not read its connectors yet.', notes: [] },
    }
  }

  function toConnector(connector: SeenConnector, one: Known, situation: Situation): Connector {
    return {
      ...connector,
      tunnelId: one.sight.listed.id,
      roleSince: one.roleSince.get(connector.id) ?? null,
      promotion: promotionChecks(connector, situation),
    }
  }

  /** Takes in a new sight of one tunnel: what changed is recorded, then told. */
  function apply(one: Known, after: Sight, at: number, isNew = false): Change[] {
    const changes = diff(isNew ? null : one.sight, after)
    one.sight = after
    for (const change of changes) {
      if (change.type === 'statusChanged') one.statusSince = { at, source: 'observed' }
      if (change.type === 'activeChanged') one.activeSince = { at, source: 'observed' }
      if (change.type === 'roleChanged')
        one.roleSince.set(change.connectorId, { at, source: 'observed' })
      if (change.type === 'connectorGone') one.roleSince.delete(change.connectorId)
    }
    if (changes.length > 0) {
      if (!isNew) one.changedAt = at
      deps.record(after.listed, changes, at)
    }
    return changes
  }

  /** Tells the streams what differs from what they were told last. */
  function tell(ones: Known[], at: number) {
    const checked: Record<string, number> = {}
    const tunnels: Tunnel[] = []
    const connectors: ConnectorList[] = []
    for (const one of ones) {
      const tunnel = toTunnel(one)
      const list = one.sight.connectors ? toConnectorList(one) : null
      // Ages and countdowns move all the time; only facts count as a change.
      const tunnelJson = JSON.stringify({ ...tunnel, checkedAt: null, staleAfterMs: 0 })
      const connectorsJson = list
        ? JSON.stringify(one.sight.connectors) + JSON.stringify(list.outlook)
        : null
      const before = one.told
      if (before?.tunnelJson !== tunnelJson) tunnels.push(tunnel)
      else if (tunnel.checkedAt !== null && before.tunnel.checkedAt !== tunnel.checkedAt) {
        checked[tunnel.id] = tunnel.checkedAt
      }
      if (list && before?.connectorsJson !== connectorsJson) connectors.push(list)
      one.told = { tunnel, tunnelJson, connectorsJson }
    }
    if (tunnels.length + connectors.length + Object.keys(checked).length === 0) return
    deps.publish({ type: 'polled', at, checked, tunnels, connectors })
  }

  function landListed(listed: ListedTunnel, sentAt: number, at: number): Known | null {
    const before = known.get(listed.id)
    if (before && sentAt < before.listedSentAt) return null
    const one: Known = before ?? {
      sight: { listed, connectors: null, configuration: null },
      listedAt: at,
      listedSentAt: sentAt,
      seenAt: null,
      seenSentAt: 0,
      configuredSentAt: 0,
      oddities: [],
      statusSince: null,
      activeSince: null,
      roleSince: new Map(),
      changedAt: null,
      trouble: null,
      missed: 0,
      unlistedSince: null,
      failoverId: null,
      told: null,
    }
    known.set(listed.id, one)
    one.listedAt = at
    one.listedSentAt = sentAt
    one.missed = 0
    one.unlistedSince = null
    apply(one, { ...one.sight, listed }, at, !before)
    return one
  }

  /**
   * A listing of one account.
   *
   * @param complete false when it could not be read to its end undisturbed: then nothing is concluded
   *   about tunnels that it does not name.
   * @returns ids whose list entry changed, and ids that two complete listings in a row did not name.
   */
  function landListing(
    accountId: string,
    listed: ListedTunnel[],
    options: { complete: boolean; sentAt: number; at: number },
  ): { changedIds: string[]; missingIds: string[] } {
    const { complete, sentAt, at } = options
    const changedIds: string[] = []
    const landed: Known[] = []
    for (const row of listed) {
      const before = known.get(row.id)?.sight.listed
      const one = landListed(row, sentAt, at)
      if (!one) continue
      landed.push(one)
      if (!before || !sameListed(before, row)) changedIds.push(row.id)
    }
    const named = new Set(listed.map((row) => row.id))
    const missingIds: string[] = []
    for (const one of complete ? known.values() : []) {
      const { id, accountId: owner, deletedAt } = one.sight.listed
      if (owner !== accountId || deletedAt !== null || named.has(id) || sentAt < one.listedSentAt)
        continue
      one.missed += 1
      one.unlistedSince ??= at
      landed.push(one)
      if (one.missed >= 2) missingIds.push(id)
    }
    tell(landed, at)
    return { changedIds, missingIds }
  }

  /** One tunnel as a write or a single read answered it. */
  function landTunnel(listed: ListedTunnel, sentAt: number, at: number) {
    const one = landListed(listed, sentAt, at)
    if (one) tell([one], at)
  }

  /** It is gone at Cloudflare: kept, marked, with all that was known of it. */
  function landDeleted(tunnelId: string, deletedAt: number) {
    const one = known.get(tunnelId)
    if (!one || one.sight.listed.deletedAt !== null) return
    one.listedSentAt = now()
    apply(one, { ...one.sight, listed: { ...one.sight.listed, deletedAt } }, now())
    tell([one], now())
  }

  /** @returns false when a later answer had already landed. */
  function landConnectors(
    tunnelId: string,
    seen: { connectors: SeenConnector[]; oddities: string[] },
    sentAt: number,
    at: number,
  ): boolean {
    const one = known.get(tunnelId)
    if (!one || sentAt < one.seenSentAt) return false
    one.seenSentAt = sentAt
    one.seenAt = at
    one.trouble = null
    one.oddities = seen.oddities
    apply(one, { ...one.sight, connectors: seen.connectors }, at)
    tell([one], at)
    return true
  }

  /** One connector as a read of it alone answered: it takes its place among what the last look saw. */
  function landConnector(tunnelId: string, connector: SeenConnector, sentAt: number, at: number) {
    const one = known.get(tunnelId)
    if (!one?.sight.connectors || sentAt < one.seenSentAt) return
    const connectors = one.sight.connectors.map((old) =>
      old.id === connector.id ? connector : old,
    )
    apply(one, { ...one.sight, connectors }, at)
    tell([one], at)
  }

  function landConfiguration(configuration: Configuration, sentAt: number, at: number) {
    const one = known.get(configuration.tunnelId)
    if (!one || sentAt < one.configuredSentAt) return
    one.configuredSentAt = sentAt
    const before = one.sight.configuration
    apply(one, { ...one.sight, configuration }, at)
    tell([one], at)
    const same = { ...configuration, checkedAt: before?.checkedAt ?? null }
    if (JSON.stringify(before) !== JSON.stringify(same)) {
      deps.publish({ type: 'configurationChanged', tunnelId: configuration.tunnelId })
    }
  }

  /** Its last look failed; what was seen before stays, with its age. */
  function landTrouble(tunnelId: string, trouble: string) {
    const one = known.get(tunnelId)
    if (!one) return
    one.trouble = trouble
    tell([one], now())
  }

  function setFailover(tunnelId: string, failoverId: string | null) {
    const one = known.get(tunnelId)
    if (!one) return
    one.failoverId = failoverId
    tell([one], now())
  }

  /** Live tunnels of all accounts, without the deleted ones. */
  const tunnels = (): Tunnel[] =>
    [...known.values()].filter((one) => one.sight.listed.deletedAt === null).map(toTunnel)

  /** What the schedule needs of the live tunnels, and no more: it asks several times a second. */
  const watchable = () =>
    [...known.values()]
      .filter((one) => one.sight.listed.deletedAt === null)
      .map((one) => ({
        tunnelId: one.sight.listed.id,
        accountId: one.sight.listed.accountId,
        ha: haOf(one),
      }))

  /** One tunnel, deleted or not; null when Tandem never saw it. */
  function tunnel(tunnelId: string): TunnelDetail | null {
    const one = known.get(tunnelId)
    if (!one) return null
    const { tunType, connsActiveAt, connsInactiveAt, metadata } = one.sight.listed
    return { ...toTunnel(one), tunType, connsActiveAt, connsInactiveAt, metadata }
  }

  function connectors(tunnelId: string): ConnectorList | null {
    const one = known.get(tunnelId)
    return one ? toConnectorList(one) : null
  }

  const configuration = (tunnelId: string): Configuration | null =>
    known.get(tunnelId)?.sight.configuration ?? null

  return {
    landListing,
    landTunnel,
    landDeleted,
    landConnectors,
    landConnector,
    landConfiguration,
    landTrouble,
    setFailover,
    watchable,
    tunnels,
    tunnel,
    connectors,
    configuration,
  }
}

const sameListed = (a: ListedTunnel, b: ListedTunnel) => JSON.stringify(a) === JSON.stringify(b)

/** What Cloudflare itself reports of the time before Tandem was watching. */
function reportedSince(listed: ListedTunnel): Since | null {
  const at =
    listed.status === 'inactive'
      ? listed.createdAt
      : listed.status === 'down'
        ? listed.connsInactiveAt
        : listed.status === 'unknown'
          ? null
          : listed.connsActiveAt
  return at === null ? null : { at, source: 'reported' }
}
