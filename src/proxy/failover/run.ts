import { randomUUID } from 'node:crypto'
import type { LiveEvent } from '#contract/events.ts'
import {
  Failover,
  type FailoverRequest,
  isRunning,
  verifyDeadlineMs,
  verifySeconds,
} from '#contract/failover.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import type { Purpose } from '../cloudflare/budget.ts'
import type { Client } from '../cloudflare/client.ts'
import type { SeenConnector } from '../cloudflare/translate.ts'
import { notRecorded } from '../identity/actions.ts'
import { ProblemError, sentenceOf } from '../problem.ts'
import type { Store } from '../store/open.ts'
import { promotionChecks, shortId } from './checks.ts'
import { applyDeadline, applyReading } from './verdict.ts'

/**
 * A failover: look, check, write down, send once, then read until the connectors tell. The PUT is never
 * repeated: when its answer is unclear, only reading can say what happened.
 */
export type Failovers = ReturnType<typeof createFailovers>

export type FailoverDeps = {
  db: Store
  client: Client
  now: () => number
  /** Cloudflare's clock, as far as it is known. */
  cloudflareNow: () => number
  sleep: (ms: number) => Promise<void>
  /** A fresh read of a tunnel's connectors, landed for everybody. */
  look: (tunnelId: string, purpose: Purpose) => Promise<SeenConnector[]>
  tunnel: (tunnelId: string) => Tunnel | null
  setFailover: (tunnelId: string, failoverId: string | null) => void
  publish: (event: LiveEvent) => void
  /** Told how a write ended for the token that made it. */
  onWrite: (error: ProblemError | null) => void
  warn: (facts: Record<string, unknown>, message: string) => void
}

/** After a failover that was not confirmed, a late success is still noticed for this long. */
const lateWatchMs = 600_000
const lateEveryMs = 10_000
const putDeadlineMs = 10_000
/** Older ones are read from the store. */
const keptInMemory = 100
/** A switch to the target within this time after the PUT is the failover's work. */
const ownMs = 90_000
/** Kinds that say for sure that Cloudflare did nothing. */
const refusals = new Set([
  'token-rejected',
  'permission-missing',
  'not-found',
  'name-conflict',
  'has-connections',
  'refused-by-cloudflare',
  'locked-out',
  'budget-spent',
  'invalid-request',
])

const isUnique = (code: unknown) => code === 'SQLITE_CONSTRAINT_UNIQUE'

export function createFailovers(deps: FailoverDeps) {
  const { db, client, now } = deps
  /** Tunnels for which a failover is being checked or runs: taken before the first await. */
  const taken = new Map<string, string | null>()
  const recent = new Map<string, Failover>()
  let stopped = false

  function keep(failover: Failover) {
    recent.delete(failover.id)
    recent.set(failover.id, failover)
    for (const [id, { state }] of recent) {
      if (recent.size <= keptInMemory) break
      if (!isRunning(state)) recent.delete(id)
    }
  }

  async function save(failover: Failover) {
    const row = {
      running: isRunning(failover.state) ? 1 : 0,
      body: JSON.stringify(failover),
    }
    await db.updateTable('failovers').set(row).where('id', '=', failover.id).execute()
  }

  /** Written first, told after. A disk that fails now must not stop the verification. */
  async function move(failover: Failover): Promise<Failover> {
    await save(failover).catch((error: unknown) =>
      deps.warn({ failoverId: failover.id, err: error }, 'could not write a failover down'),
    )
    keep(failover)
    deps.publish({ type: 'failoverChanged', failover })
    if (!isRunning(failover.state)) deps.setFailover(failover.tunnelId, null)
    return failover
  }

  /**
   * Starts a failover and returns it once it is on disk and about to be sent.
   *
   * @throws ProblemError when a check speaks against it, the fresh read fails, the token is locked out
   *   or the disk can't be written to. Then nothing was sent.
   */
  async function start(tunnelId: string, request: FailoverRequest, by: string): Promise<Failover> {
    if (taken.has(tunnelId)) throw runningProblem(taken.get(tunnelId) ?? null)
    taken.set(tunnelId, null)
    try {
      const checked = await check(tunnelId, request, by)
      const failover = { ...checked, sentAt: now() }
      await insert(failover)
      taken.set(tunnelId, failover.id)
      keep(failover)
      deps.setFailover(tunnelId, failover.id)
      deps.publish({ type: 'failoverChanged', failover })
      void carryOut(failover).finally(() => taken.delete(tunnelId))
      return failover
    } catch (error) {
      taken.delete(tunnelId)
      throw error
    }
  }

  function runningProblem(failoverId: string | null) {
    const running = failoverId === null ? null : (recent.get(failoverId) ?? null)
    const who = running
      ? `${running.by} started a failover to ${shortId(running.to.connectorId)} ${Math.round((now() - running.requestedAt) / 1000)} s ago.`
      : 'Somebody started one a moment ago.'
    return new ProblemError(
      'failover-running',
      `${who} Nothing was sent for you; follow that one.`,
      failoverId === null ? {} : { failoverId },
    )
  }

  async function check(tunnelId: string, request: FailoverRequest, by: string): Promise<Failover> {
    const tunnel = deps.tunnel(tunnelId)
    if (!tunnel) throw new ProblemError('not-found', 'Tandem does not know this tunnel.')
    const lockedUntil = client.lockedUntil('failoverRun')
    if (lockedUntil > now()) {
      throw new ProblemError(
        'locked-out',
        'Cloudflare refuses every call of this token for now, a failover too. Nothing was sent and nothing waits to be sent: try again when the time is up.',
        { retryAt: lockedUntil },
      )
    }
    const connectors = await deps.look(tunnelId, 'person')
    const actives = connectors.filter((connector) => connector.role === 'active')
    const active = actives.length === 1 ? (actives[0] ?? null) : null
    const target = connectors.find((connector) => connector.id === request.client_id)
    if (!target) {
      throw new ProblemError(
        'not-eligible',
        'Cloudflare no longer lists that connector. Nothing was sent.',
      )
    }
    if ((active?.id ?? null) !== request.expected_active_id) {
      throw new ProblemError(
        'active-changed',
        `Active is now ${active ? shortId(active.id) : 'no connector'}, not ${request.expected_active_id ? shortId(request.expected_active_id) : 'none'}. Nothing was sent: look again.`,
      )
    }
    const fresh = deps.tunnel(tunnelId) ?? tunnel
    const blocks = promotionChecks(target, {
      ha: fresh.ha,
      haMode: fresh.haMode,
      deleted: fresh.deletedAt !== null,
      connectors,
      now: deps.cloudflareNow(),
    }).filter((one) => one.kind === 'block')
    if (blocks[0]) {
      const kind = blocks[0].id === 'already-active' ? 'already-active' : 'not-eligible'
      const sentences = blocks.map((one) => one.sentence).join(' ')
      throw new ProblemError(kind, `${sentences} Nothing was sent.`)
    }
    const party = ({ id, colos, version }: SeenConnector) => ({ connectorId: id, colos, version })
    return {
      id: randomUUID(),
      tunnelId,
      accountId: tunnel.accountId,
      tunnelName: tunnel.name,
      by,
      state: 'sending',
      from: active ? party(active) : null,
      to: party(target),
      requestedAt: now(),
      sentAt: null,
      acceptedAt: null,
      demotedAt: null,
      promotedAt: null,
      endedAt: null,
      activeNow: actives.map((connector) => connector.id),
      detail: null,
      cloudflare: [],
      lateAt: null,
    }
  }

  async function insert(failover: Failover) {
    try {
      await db
        .insertInto('failovers')
        .values({
          id: failover.id,
          tunnel_id: failover.tunnelId,
          account_id: failover.accountId,
          running: 1,
          requested_at: failover.requestedAt,
          body: JSON.stringify(failover),
        })
        .execute()
    } catch (error) {
      // Another process, or a failover that this one has not taken up yet after a restart.
      const isTaken = error instanceof Error && 'code' in error && isUnique(error.code)
      throw isTaken ? runningProblem(null) : notRecorded(error)
    }
  }

  async function carryOut(failover: Failover) {
    try {
      const sent = await send(failover)
      if (isRunning(sent.state)) await verify(sent)
    } catch (error) {
      deps.warn({ failoverId: failover.id, err: error }, 'a failover broke off')
    }
  }

  async function send(failover: Failover): Promise<Failover> {
    const { accountId, tunnelId } = failover
    try {
      await client.call(
        'failoverRun',
        { accountId, tunnelId },
        {
          purpose: 'verify',
          body: { client_id: failover.to.connectorId },
          deadlineMs: putDeadlineMs,
        },
      )
      deps.onWrite(null)
      return move({ ...failover, state: 'accepted', acceptedAt: now() })
    } catch (error) {
      const problem = error instanceof ProblemError ? error : null
      deps.onWrite(problem)
      const cloudflare = problem?.extra.cloudflare?.errors ?? []
      if (problem && refusals.has(problem.kind)) {
        const ended = { state: 'rejected' as const, endedAt: now(), cloudflare }
        return move({ ...failover, ...ended, detail: problem.message })
      }
      const detail = `No clear answer: ${sentenceOf(error)} Tandem does not send it again; it looks at what is active.`
      return move({ ...failover, state: 'unknown', cloudflare, detail })
    }
  }

  /** Reads on the contract's schedule until the connectors tell or the time is up. */
  async function verify(failover: Failover): Promise<void> {
    let current = failover
    let isRead = false
    const startedAt = current.sentAt ?? now()
    for (const second of [...verifySeconds, 60]) {
      await deps.sleep(Math.max(0, startedAt + second * 1000 - now()))
      if (stopped) return
      const reading = await takeReading(current)
      isRead ||= reading.isRead
      current = reading.failover
      if (!isRunning(current.state)) return
    }
    current = await move(applyDeadline(current, Math.max(now(), startedAt + 60_000), isRead))
    void watchLate(current)
  }

  async function takeReading(failover: Failover): Promise<{ failover: Failover; isRead: boolean }> {
    const sentAt = now()
    const connectors = await deps.look(failover.tunnelId, 'verify').catch((error: unknown) => {
      deps.warn({ failoverId: failover.id, err: error }, 'could not verify a failover yet')
      return null
    })
    if (!connectors) return { failover, isRead: false }
    const actives = connectors.filter((one) => one.role === 'active').map((one) => one.id)
    const next = applyReading(failover, { at: now(), sentAt, actives })
    const isSame = JSON.stringify(next) === JSON.stringify(failover)
    return { failover: isSame ? failover : await move(next), isRead: true }
  }

  /** A finished failover is never edited but for this: when its target was active after all. */
  async function watchLate(failover: Failover) {
    const until = now() + lateWatchMs
    while (now() < until && !stopped) {
      await deps.sleep(lateEveryMs)
      if (taken.has(failover.tunnelId) || stopped) return
      const connectors = await deps.look(failover.tunnelId, 'person').catch(() => null)
      const actives = connectors?.filter((one) => one.role === 'active') ?? []
      if (actives.length === 1 && actives[0]?.id === failover.to.connectorId) {
        await move({ ...failover, lateAt: now() })
        return
      }
    }
  }

  /** One failover, or null. */
  async function get(failoverId: string): Promise<Failover | null> {
    const known = recent.get(failoverId)
    if (known) return known
    const row = await db
      .selectFrom('failovers')
      .select('body')
      .where('id', '=', failoverId)
      .executeTakeFirst()
    return row ? Failover.parse(JSON.parse(row.body)) : null
  }

  /**
   * Takes up what a killed process left behind: whether its PUT left is not known, so it is not sent
   * again; the connectors are read until they tell.
   */
  async function resume() {
    const rows = await db.selectFrom('failovers').select('body').where('running', '=', 1).execute()
    for (const row of rows) {
      const left = Failover.parse(JSON.parse(row.body))
      taken.set(left.tunnelId, left.id)
      const failover = await move({
        ...left,
        state: 'unknown',
        sentAt: left.sentAt ?? left.requestedAt,
        detail: 'Tandem was stopped while this failover ran. It looks at what is active now.',
      })
      void takeUp(failover).finally(() => taken.delete(left.tunnelId))
    }
  }

  async function takeUp(left: Failover) {
    const deadline = now() + verifyDeadlineMs
    // The tunnel must be known before its connectors can be read.
    while (!deps.tunnel(left.tunnelId) && now() < deadline && !stopped) await deps.sleep(500)
    deps.setFailover(left.tunnelId, left.id)
    let current = left
    let isRead = false
    while (!stopped) {
      const reading = await takeReading(current)
      isRead ||= reading.isRead
      current = reading.failover
      if (!isRunning(current.state)) return
      // Its own time is up by now as a rule, but something must have been read before that counts.
      if (isRead || now() >= deadline) {
        current = applyDeadline(current, now(), isRead)
        if (!isRunning(current.state)) {
          await move(current)
          void watchLate(current)
          return
        }
      }
      await deps.sleep(2000)
    }
  }

  /** The failover of ours that made this connector active, if one just did. */
  function madeBy(tunnelId: string, connectorId: string, at: number) {
    for (const failover of recent.values()) {
      const { sentAt, state } = failover
      if (failover.tunnelId !== tunnelId || failover.to.connectorId !== connectorId) continue
      if (sentAt === null || state === 'rejected' || at < sentAt || at - sentAt > ownMs) continue
      return { by: failover.by, failoverId: failover.id }
    }
    return null
  }

  /** Those that run now, for a page that just arrived. */
  const running = () => [...recent.values()].filter((failover) => isRunning(failover.state))

  return {
    start,
    get,
    resume,
    running,
    madeBy,
    stop: () => {
      stopped = true
    },
  }
}
