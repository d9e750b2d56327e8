import type { LiveEvent } from '#contract/events.ts'
import {
  type Configuration,
  type Connector,
  type ConnectorList,
  type FoundConnector,
  isUp,
  type Since,
  type Tunnel,
  type TunnelDetail,
} from '#contract/tunnel.ts'
import type { ListedTunnel, SeenConnector } from '../cloudflare/translate.ts'
import { outlookOf, promotionChecks, readinessOf, type Situation } from '../failover/checks.ts'
import { createTurns } from '../turns.ts'
import { type Change, diff } from './diff.ts'
import { activeIdOf, haOf, keepSame, reportedSince, type Sight } from './sight.ts'

/**
 * What is known now: the last look at every tunnel, and since when it looks like that. Poller, writes
 * and verifications land their answers here; routes and streams read. An answer that left earlier than
 * one that already landed is dropped, so nothing ever goes backward.
 */
export type Present = ReturnType<typeof createPresent>

export type PresentDeps = {
  now: () => number
  /** Cloudflare's clock, as far as it is known: what it reports is told by that one. */
  cloudflareNow: () => number
  publish: (event: LiveEvent) => void
  /** Writes down what a look saw, before anyone is told of it. Never throws: what is seen stays shown. */
  record: (looks: Look[]) => Promise<void>
  /** Past this age a tunnel's row is stale, milliseconds. */
  staleAfterMs: (tunnelId: string) => number
  /** What people have to say to it, and have said, as of now. */
  marksOf: (tunnelId: string) => Pick<Tunnel, 'unacknowledged' | 'acknowledged' | 'maintenance'>
  /** How people label it. */
  tagsOf: (tunnelId: string) => string[]
}

/** A read that left so soon after a deletion or a change may still show the time before it: Cloudflare's list can lag. */
const listLagMs = 60_000

/** One look at one part of one tunnel, and what it changed (often nothing: then it confirms). */
export type Look = {
  part: 'listed' | 'connectors' | 'other'
  before: Sight | null
  after: Sight
  changes: Change[]
  at: number
}

type Known = {
  sight: Sight
  listedAt: number
  listedSentAt: number
  /** Names that changes made here have taken from it, and until when a read that leaves may still have them. */
  formerNames: Map<string, number>
  seenAt: number | null
  seenSentAt: number
  /** Reads of one connector alone that are younger than the last look at all of them. */
  alone: Map<string, { sentAt: number; at: number }>
  configuredSentAt: number
  oddities: string[]
  statusSince: Since | null
  activeSince: Since | null
  readinessSince: Since | null
  roleSince: Map<string, Since>
  changedAt: number | null
  trouble: string | null
  /** Complete listings in a row that did not name it. */
  missed: number
  unlistedSince: number | null
  failoverId: string | null
  preferredConnectorId: string | null
  onStandbySince: number | null
  lastDrill: Tunnel['lastDrill']
  /** As last told to the streams. */
  told: Told | null
}

type Restored = {
  sight: Sight
  listedAt: number | null
  seenAt: number | null
  /** When its status was seen to become what it is; null: nobody saw that. */
  statusSeenSince: number | null
}

type Told = Sight & {
  checkedAt: number | null
  tunnelJson: string
  concludedJson: string | null
  /** Somebody had connected only just: that ceases by time alone. */
  mayCease: boolean
}

export function createPresent(deps: PresentDeps) {
  const { now } = deps
  const known = new Map<string, Known>()
  /** One landing after the other: what is recorded, shown and told is always in the same order. */
  const inTurn = createTurns()

  /**
   * What an earlier run saw last: shown with its age until the first look, and what the first look is
   * compared with, so that a restart misses no change.
   */
  function restore(sights: Iterable<Restored>) {
    for (const { sight, listedAt, seenAt, statusSeenSince } of sights) {
      const one = begin(sight.listed, listedAt ?? 0)
      const statusSince = toSince(statusSeenSince, 'observed')
      known.set(sight.listed.id, { ...one, sight, seenAt, statusSince })
    }
  }

  const situationOf = (one: Known): Situation => ({
    ha: haOf(one.sight),
    haMode: one.sight.configuration?.haMode ?? null,
    deleted: isDeleted(one),
    connectors: one.sight.connectors ?? [],
    now: deps.cloudflareNow(),
  })

  function toTunnel(one: Known): Tunnel {
    const { listed, connectors, configuration } = one.sight
    const ha = haOf(one.sight)
    const active = connectors?.find((connector) => connector.id === activeIdOf(connectors))
    const troubles = [one.trouble, ...one.oddities].filter((sentence) => sentence !== null)
    return {
      id: listed.id,
      accountId: listed.accountId,
      name: listed.name,
      tags: deps.tagsOf(listed.id),
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
        connectors?.flatMap((connector) => connector.connections).filter(isUp).length ?? null,
      since: one.statusSince ?? toSince(reportedSince(listed), 'reported'),
      activeSince: active ? one.activeSince : null,
      readinessSince: one.readinessSince,
      changedAt: one.changedAt,
      createdAt: listed.createdAt,
      deletedAt: listed.deletedAt,
      checkedAt: one.seenAt === null ? null : Math.min(one.listedAt, one.seenAt),
      staleAfterMs: deps.staleAfterMs(listed.id),
      trouble: troubles.length > 0 ? troubles.join(' ') : null,
      unlistedSince: one.unlistedSince,
      failoverId: one.failoverId,
      preferredConnectorId: one.preferredConnectorId,
      onStandbySince: active && active.id !== one.preferredConnectorId ? one.onStandbySince : null,
      lastDrill: one.lastDrill,
      ...deps.marksOf(listed.id),
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
      checkedAt: one.alone.get(connector.id)?.at ?? null,
      roleSince: one.roleSince.get(connector.id) ?? null,
      promotion: promotionChecks(connector, situation),
    }
  }

  /** What is about to land: recorded first, then shown, then told. */
  type Landing = {
    one: Known
    part: Look['part']
    after: Sight
    isNew?: boolean
    show: (one: Known) => void
  }

  async function commit(landings: Landing[], at: number) {
    const looks = landings.map(({ one, part, after, isNew }): Look => {
      const before = isNew ? null : one.sight
      return { part, before, after, changes: diff(before, after), at }
    })
    await deps.record(looks)
    for (const [index, { one, after, show }] of landings.entries()) {
      show(one)
      apply(one, after, looks[index]?.changes ?? [], at)
    }
    tell(
      landings.map(({ one }) => one),
      at,
    )
  }

  function apply(one: Known, after: Sight, changes: Change[], at: number) {
    known.set(after.listed.id, one)
    // What an earlier run saw may have changed and changed back since.
    const wasLooked = one.seenSentAt > 0 && after.connectors !== null
    if (wasLooked && (!one.readinessSince || kindOf(one.sight) !== kindOf(after)))
      one.readinessSince = { at, source: 'observed' }
    const isListed = one.listedSentAt > 0
    if (isListed && !one.statusSince && reportedSince(after.listed) === null)
      one.statusSince = { at, source: 'observed' }
    one.sight = after
    // Nobody looks at it any more.
    if (isDeleted(one)) one.trouble = null
    for (const change of changes) {
      if (change.type === 'statusChanged') one.statusSince = { at, source: 'observed' }
      if (change.type === 'activeChanged') {
        one.activeSince = { at, source: 'observed' }
        if (change.to === one.preferredConnectorId) one.onStandbySince = null
        else if (change.from === one.preferredConnectorId) one.onStandbySince = at
      }
      if (change.type === 'roleChanged')
        one.roleSince.set(change.connectorId, { at, source: 'observed' })
      if (change.type === 'connectorGone') one.roleSince.delete(change.connectorId)
      if (change.type !== 'tunnelAppeared') one.changedAt = at
    }
  }

  /** Tells the streams what differs from what they were told last. */
  function tell(ones: Known[], at: number) {
    const checked: Record<string, number> = {}
    const tunnels: Tunnel[] = []
    const connectors: ConnectorList[] = []
    for (const one of ones) {
      const tunnel = toTunnel(one)
      // Its age moves all the time; only facts count as a change.
      const tunnelJson = JSON.stringify({ ...tunnel, checkedAt: null })
      const before = one.told
      const { listed, connectors: seen, configuration } = one.sight
      const mayDiffer =
        before?.connectors !== seen || before?.configuration !== configuration || before.mayCease
      const list = seen && mayDiffer ? toConnectorList(one) : null
      const concludedJson = list ? toConcludedJson(list) : (before?.concludedJson ?? null)
      // What was listed of it beyond its row is asked for by its own page, which is told by the row.
      const isSame = before?.listed === listed && before.tunnelJson === tunnelJson
      if (!isSame) tunnels.push(tunnel)
      else if (tunnel.checkedAt !== null && before.checkedAt !== tunnel.checkedAt) {
        checked[tunnel.id] = tunnel.checkedAt
      }
      const differs = before?.connectors !== seen || before?.concludedJson !== concludedJson
      if (list && differs) connectors.push(list)
      one.told = {
        checkedAt: tunnel.checkedAt,
        // The text that is kept already: a thousand new ones each sweep are what the heap would grow by.
        tunnelJson: isSame ? before.tunnelJson : tunnelJson,
        listed,
        connectors: seen,
        configuration,
        concludedJson,
        mayCease: list?.connectors.some(isJustConnected) ?? false,
      }
    }
    if (tunnels.length + connectors.length + Object.keys(checked).length === 0) return
    deps.publish({ type: 'polled', at, checked, tunnels, connectors, connectorsMoved: [] })
  }

  const begin = (listed: ListedTunnel, at: number): Known => ({
    sight: { listed, connectors: null, configuration: null },
    listedAt: at,
    listedSentAt: 0,
    formerNames: new Map(),
    seenAt: null,
    seenSentAt: 0,
    alone: new Map(),
    configuredSentAt: 0,
    oddities: [],
    statusSince: null,
    activeSince: null,
    readinessSince: null,
    roleSince: new Map(),
    changedAt: null,
    trouble: null,
    missed: 0,
    unlistedSince: null,
    failoverId: null,
    preferredConnectorId: null,
    onStandbySince: null,
    lastDrill: null,
    told: null,
  })

  /** @returns null when a later answer about it had already landed. */
  function toListedLanding(listed: ListedTunnel, sentAt: number, at: number): Landing | null {
    const before = known.get(listed.id)
    if (before && sentAt < before.listedSentAt) return null
    const one = before ?? begin(listed, at)
    const isFormer = sentAt < (one.formerNames.get(listed.name) ?? 0)
    const name = isFormer ? one.sight.listed.name : listed.name
    return {
      one,
      part: 'listed',
      after: { ...one.sight, listed: keepSame(before?.sight.listed, { ...listed, name }) },
      isNew: before === undefined,
      show: () => {
        // While nobody looked it may have become otherwise and back again.
        if (at - one.listedAt > deps.staleAfterMs(listed.id)) one.statusSince = null
        one.listedAt = at
        one.listedSentAt = listed.deletedAt === null ? sentAt : sentAt + listLagMs
        one.missed = 0
        one.unlistedSince = null
      },
    }
  }

  /**
   * A listing of one account.
   *
   * @param complete false when it could not be read to its end undisturbed: then nothing is concluded
   *   about tunnels that it does not name.
   * @param surplus so many more were counted than came: whom it does not name may be among them and is asked about
   *   at once, because two listings agreed on it, and does not count as unlisted.
   * @returns ids whose list entry changed, ids that it did not name, and of these the ones that two complete listings
   *   in a row did not (and then after four, eight, …: one that Cloudflare lost in its list costs no call each time).
   */
  const landListing = (
    accountId: string,
    listed: ListedTunnel[],
    options: { complete: boolean; surplus: number; sentAt: number; at: number },
  ) =>
    inTurn(async () => {
      const { complete, surplus, sentAt, at } = options
      const changedIds: string[] = []
      const landings: Landing[] = []
      for (const row of listed) {
        const before = known.get(row.id)?.sight.listed
        const landing = toListedLanding(row, sentAt, at)
        if (!landing) continue
        landings.push(landing)
        if (landing.after.listed !== before) changedIds.push(row.id)
      }
      await commit(landings, at)
      const missing = complete ? notNamed(accountId, listed, sentAt) : []
      for (const one of missing) {
        one.missed += 1
        if (surplus === 0) one.unlistedSince ??= at
      }
      tell(missing, at)
      const isTimeToAsk = ({ missed }: Known) =>
        (missed > 1 || surplus > 0) && Number.isInteger(Math.log2(missed))
      const idOf = ({ sight }: Known) => sight.listed.id
      const missingIds = missing.filter(isTimeToAsk).map(idOf)
      return { changedIds, absentIds: missing.map(idOf), missingIds }
    })

  /** Those of an account that a listing would have named if they were alive and nothing was wrong. */
  function notNamed(accountId: string, listed: ListedTunnel[], sentAt: number): Known[] {
    const named = new Set(listed.map((row) => row.id))
    return [...known.values()].filter((one) => {
      const { id, accountId: owner, deletedAt } = one.sight.listed
      return (
        owner === accountId && deletedAt === null && !named.has(id) && sentAt >= one.listedSentAt
      )
    })
  }

  /** One tunnel as a single read answered it. */
  const landTunnel = (listed: ListedTunnel, sentAt: number, at: number) =>
    inTurn(async () => {
      const landing = toListedLanding(listed, sentAt, at)
      if (landing) await commit([landing], at)
    })

  /** One tunnel as a change made here answered it: its name outweighs those that it had before. */
  const landChange = (listed: ListedTunnel, sentAt: number, at: number) =>
    inTurn(async () => {
      const one = known.get(listed.id)
      // An answer without a name takes none away.
      if (one && listed.name !== '')
        one.formerNames.set(one.sight.listed.name, sentAt + listLagMs).delete(listed.name)
      const landing = toListedLanding(listed, sentAt, at)
      if (landing) await commit([landing], at)
    })

  /** It is gone at Cloudflare: kept, marked, with all that was known of it. */
  const landDeleted = (tunnelId: string, deletedAt: number) =>
    inTurn(async () => {
      const one = known.get(tunnelId)
      if (!one || isDeleted(one)) return
      const at = now()
      const after = { ...one.sight, listed: { ...one.sight.listed, deletedAt } }
      const show = () => {
        one.listedSentAt = at + listLagMs
      }
      await commit([{ one, part: 'listed', after, show }], at)
    })

  /**
   * A connector that was read alone since the look left stays as that read has it. An answer that a deletion
   * overtook changes nothing: a later listing may bring the tunnel back, a look at it can't.
   */
  const landConnectors = (
    tunnelId: string,
    seen: { connectors: SeenConnector[]; oddities: string[] },
    sentAt: number,
    at: number,
  ) =>
    inTurn(async () => {
      const one = known.get(tunnelId)
      if (!one || isDeleted(one) || sentAt < one.seenSentAt) return
      const younger = new Map([...one.alone].filter(([, read]) => read.sentAt > sentAt))
      const show = () => {
        one.seenSentAt = sentAt
        one.alone = younger
        one.seenAt = at
        one.trouble = null
        one.oddities = seen.oddities
      }
      const before = one.sight.connectors ?? undefined
      const stays = before?.filter(({ id }) => younger.has(id)) ?? []
      const merged = seen.connectors.map((its) => stays.find(({ id }) => id === its.id) ?? its)
      const connectors = keepSame(before, merged)
      const after = { ...one.sight, connectors }
      await commit([{ one, part: 'connectors', after, show }], at)
    })

  /**
   * One connector as a read of it alone answered: it takes its place among what the last look saw.
   *
   * @returns false when no look has seen it, or it became the active one or ceased to be: only a look at all of them
   *   tells of both sides of a switch, and alone it would show two that are active, or nobody. Then nothing is landed.
   */
  const landConnector = (tunnelId: string, connector: SeenConnector, sentAt: number, at: number) =>
    inTurn(async () => {
      const one = known.get(tunnelId)
      if (!one || isDeleted(one)) return true
      if (!one.sight.connectors) return false
      if (sentAt < Math.max(one.seenSentAt, one.alone.get(connector.id)?.sentAt ?? 0)) return true
      const before = one.sight.connectors.find(({ id }) => id === connector.id)
      if (!before || (before.role === 'active') !== (connector.role === 'active')) return false
      const connectors = one.sight.connectors.map((old) =>
        old.id === connector.id ? connector : old,
      )
      const after = { ...one.sight, connectors }
      const show = () => {
        // A look that left before must not take this one back.
        one.alone.set(connector.id, { sentAt, at })
      }
      // Not a look at all of its connectors: it confirms nothing about the others.
      await commit([{ one, part: 'other', after, show }], at)
      return true
    })

  const landConfiguration = (configuration: Configuration, sentAt: number, at: number) =>
    inTurn(async () => {
      const one = known.get(configuration.tunnelId)
      if (!one || isDeleted(one) || sentAt < one.configuredSentAt) return
      const before = one.sight.configuration
      const show = () => {
        one.configuredSentAt = sentAt
      }
      const after = { ...one.sight, configuration }
      await commit([{ one, part: 'other', after, show }], at)
      const same = { ...configuration, checkedAt: before?.checkedAt ?? null }
      if (JSON.stringify(before) !== JSON.stringify(same)) {
        deps.publish({ type: 'configurationChanged', tunnelId: configuration.tunnelId })
      }
    })

  /** Its last look failed; what was seen before stays, with its age. */
  function landTrouble(tunnelId: string, trouble: string) {
    const one = known.get(tunnelId)
    if (!one) return
    one.trouble = trouble
    tell([one], now())
  }

  /** Something beside what was looked at: it is told as well. */
  function amend(
    tunnelId: string,
    change: Partial<
      Pick<Known, 'failoverId' | 'preferredConnectorId' | 'onStandbySince' | 'lastDrill'>
    >,
  ) {
    const one = known.get(tunnelId)
    if (!one) return
    Object.assign(one, change)
    tell([one], now())
  }

  const setFailover = (tunnelId: string, failoverId: string | null) =>
    amend(tunnelId, { failoverId })

  /** @param since since when another one than the preferred is active, if it is and if known. */
  const setPreference = (
    tunnelId: string,
    preferredConnectorId: string | null,
    since: number | null,
  ) =>
    amend(tunnelId, {
      preferredConnectorId,
      onStandbySince: preferredConnectorId === null ? null : since,
    })

  const setLastDrill = (tunnelId: string, lastDrill: Tunnel['lastDrill']) =>
    amend(tunnelId, { lastDrill })

  /** Something that people said of these tunnels changed: whoever listens is told. */
  function tellAgain(tunnelIds: Iterable<string>) {
    const ones = [...tunnelIds].map((id) => known.get(id)).filter((one) => one !== undefined)
    tell(ones, now())
  }

  /** Live tunnels of all accounts, without the deleted ones. */
  const tunnels = (): Tunnel[] => [...known.values()].filter((one) => !isDeleted(one)).map(toTunnel)

  /** What the schedule needs of the live tunnels, and no more: it asks several times a second. */
  const watchable = () =>
    [...known.values()]
      .filter((one) => !isDeleted(one))
      .map((one) => ({
        tunnelId: one.sight.listed.id,
        accountId: one.sight.listed.accountId,
        ha: haOf(one.sight),
        /** Now or in an earlier run. */
        wasRead: one.seenAt !== null,
      }))

  /** Whose tunnel it is, deleted or not: of everything that `tunnel` tells the one thing that each call asks for. */
  const accountOf = (tunnelId: string): string | null =>
    known.get(tunnelId)?.sight.listed.accountId ?? null

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

  /** Connectors of live tunnels in which each of the words, in lower case, occurs; `most` at most. */
  function findConnectors(words: readonly string[], most: number): FoundConnector[] {
    const found: FoundConnector[] = []
    for (const { sight } of known.values()) {
      const { id: tunnelId, name, deletedAt } = sight.listed
      if (deletedAt !== null) continue
      for (const { id, role, roleReported, version, colos, originIps } of sight.connectors ?? []) {
        const text = [id, role, name, ...colos, ...originIps, version ?? ''].join(' ').toLowerCase()
        if (!words.every((word) => text.includes(word))) continue
        found.push({ id, tunnelId, role, roleReported, version, colos, originIps })
        if (found.length === most) return found
      }
    }
    return found
  }

  const configuration = (tunnelId: string): Configuration | null =>
    known.get(tunnelId)?.sight.configuration ?? null

  return {
    restore,
    landListing,
    landTunnel,
    landChange,
    landDeleted,
    landConnectors,
    landConnector,
    landConfiguration,
    landTrouble,
    setFailover,
    setPreference,
    setLastDrill,
    tellAgain,
    watchable,
    tunnels,
    accountOf,
    tunnel,
    connectors,
    findConnectors,
    configuration,
  }
}

const isDeleted = ({ sight }: Known) => sight.listed.deletedAt !== null

/** What follows from the connectors and the configuration: the outlook, and what speaks against promoting each. */
const toConcludedJson = ({ outlook, connectors }: ConnectorList) =>
  JSON.stringify([outlook, connectors.map(({ promotion }) => promotion)])

const isJustConnected = ({ promotion }: Connector) =>
  promotion.some(({ id }) => id === 'just-connected')

const kindOf = (sight: Sight) => readinessOf(sight.connectors, haOf(sight)).readiness

const toSince = (at: number | null, source: Since['source']): Since | null =>
  at === null ? null : { at, source }
