import { randomUUID } from 'node:crypto'
import type { LiveEvent } from '#contract/events.ts'
import {
  type AfterFact,
  type Failover,
  type FailoverCheck,
  type FailoverRequest,
  isRunning,
  verifyDeadlineMs,
  verifySeconds,
  watchAfterMs,
} from '#contract/failover.ts'
import { freshReadMs } from '#contract/failover-checks.ts'
import { shortId } from '#contract/short-id.ts'
import type { Connector, Tunnel } from '#contract/tunnel.ts'
import type { Purpose } from '../cloudflare/budget.ts'
import type { Client } from '../cloudflare/client.ts'
import { isConnected, type SeenConnector } from '../cloudflare/translate.ts'
import { notRecorded } from '../identity/actions.ts'
import { ProblemError, sentenceOf } from '../problem.ts'
import { isDuplicate } from '../store/open.ts'
import { createTurns } from '../turns.ts'
import type { Records } from './records.ts'
import type { Survey } from './survey.ts'
import {
  applyDeadline,
  applyReading,
  nextRead,
  readsLeft,
  type Sight,
  toAfterFact,
  upToNow,
} from './verdict.ts'

/**
 * A failover: look, check, write down, send once, then read until the connectors tell. The PUT is never
 * repeated: when its answer is unclear, only reading can say what happened.
 */
export type Failovers = ReturnType<typeof createFailovers>

export type FailoverDeps = {
  records: Records
  survey: Survey
  client: Client
  now: () => number
  sleep: (ms: number) => Promise<void>
  /** A fresh read of a tunnel's connectors, landed for everybody. */
  look: (tunnelId: string, purpose: Purpose) => Promise<SeenConnector[]>
  tunnel: (tunnelId: string) => Tunnel | null
  setFailover: (tunnelId: string, failoverId: string | null) => void
  publish: (event: LiveEvent) => void
  /** Calls of Cloudflare that a verification may still make in this window. */
  verifyRoom: () => number
  /** Adds how it ended, or what came after, to the record of who started it. Throws when the disk refuses. */
  settle: (auditId: string, outcome: string, facts: Record<string, unknown>) => Promise<void>
  /** Told how a write ended for the token that made it. */
  onWrite: (error: ProblemError | null, accountId: string) => void
  warn: (facts: Record<string, unknown>, message: string) => void
}

const watchEveryMs = 10_000
/** Between two tries to take up one that breaks off. */
const takeUpEveryMs = 2_000
const putDeadlineMs = 10_000
/** What could not be sent so long after it was asked for is not sent: nobody counts on it any more. */
const sendWithinMs = 20_000
/** The looks before it, the PUT and every read after it. */
const callsOfOne = 4 + verifySeconds.length
/** Older ones are read from the store. */
const keptInMemory = 100
/** A switch to the target within this time after the PUT is the failover's work. */
const ownMs = 90_000
/** Past ones of a tunnel that are told. */
const mostTold = 50
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

/** What is seen after an end that leaves no switch of it to come. */
const deciding = new Set<AfterFact['kind']>(['late', 'flipped-back', 'moved-on'])

/** Who has a tunnel for a failover. */
type Taken = {
  failoverId: string | null
  by: string
  since: number
  /** Resolves once it is on disk or was refused. */
  decided: Promise<void>
  /** Since when the connectors of one that was taken up are read anew. */
  readFrom?: number
}

export function createFailovers(deps: FailoverDeps) {
  const { records, client, now } = deps
  /** Tunnels for which a failover is being checked or runs: taken before the first await. */
  const taken = new Map<string, Taken>()
  /** By the key of the dialog that they come from: requests that are not answered yet. */
  const asked = new Map<string, Promise<{ failover: Failover; isRepeat: boolean }>>()
  const recent = new Map<string, Failover>()
  /**
   * What is not on the disk yet, oldest first: the last word on a failover, what was seen after its end, and
   * what the audit has to tell of both.
   */
  const unwritten = new Map<string, () => Promise<void>>()
  const inTurn = createTurns()
  let stopped = false

  function keep(failover: Failover) {
    recent.delete(failover.id)
    recent.set(failover.id, failover)
    for (const [id, { state }] of recent) {
      if (recent.size <= keptInMemory) break
      // The disk may still have one that ended as running.
      if (!isRunning(state) && !unwritten.has(id)) recent.delete(id)
    }
  }

  /** A disk that refuses must not stop a verification: what it refused is written by `writeAgain`. */
  async function writeDown(key: string, failoverId: string, write: () => Promise<void>) {
    // No older word may come after this one.
    unwritten.delete(key)
    unwritten.set(key, write)
    try {
      await writeAgain()
    } catch (error) {
      deps.warn({ failoverId, err: error }, 'could not write a failover down yet')
    }
  }

  /**
   * Writes what is not on the disk yet, each once and in the order in which it came. Throws what it throws;
   * the rest waits on.
   */
  const writeAgain = () =>
    inTurn(async () => {
      for (const [key, write] of unwritten) {
        await write()
        if (unwritten.get(key) === write) unwritten.delete(key)
      }
    })

  /** Written first, told after. */
  async function move(failover: Failover, more: Record<string, unknown> = {}): Promise<Failover> {
    await writeDown(failover.id, failover.id, () => records.save(failover))
    keep(failover)
    const isOver = !isRunning(failover.state)
    if (isOver) void settleEnd(failover, more)
    deps.publish({ type: 'failoverChanged', failover })
    if (isOver) deps.setFailover(failover.tunnelId, null)
    return failover
  }

  function settleEnd(failover: Failover, more: Record<string, unknown> = {}) {
    const { state, endedAt, demotedAt, promotedAt, vacantMs, activeNow, detail } = failover
    const facts = { endedAt, demotedAt, promotedAt, vacantMs, activeNow, detail, ...more }
    return settle(failover, state, facts)
  }

  const settleFact = (failover: Failover, { kind, activeNow }: AfterFact) =>
    settle(failover, kind, { activeNow })

  /** The record of who started it is told, as soon as the disk takes it. */
  const settle = ({ id }: Failover, outcome: string, facts: Record<string, unknown>) =>
    writeDown(randomUUID(), id, async () => {
      const auditId = await records.auditIdOf(id)
      if (auditId !== null) await deps.settle(auditId, outcome, facts)
    })

  /**
   * Does `work` once for a key, however often it is asked for: at the same time, or again after a lost
   * answer. A request that was refused left nothing behind, so its key may try again.
   *
   * @throws ProblemError `invalid-request` when the key belongs to another failover, or what `work` throws.
   */
  async function once(
    key: string,
    same: { tunnelId: string; connectorId: string },
    work: () => Promise<Failover>,
  ): Promise<{ failover: Failover; isRepeat: boolean }> {
    const running = asked.get(key)
    const answer = running ?? firstOf(key, work)
    if (!running) asked.set(key, answer)
    try {
      const { failover, isRepeat } = await answer
      if (failover.tunnelId !== same.tunnelId || failover.to.connectorId !== same.connectorId) {
        throw new ProblemError(
          'invalid-request',
          'This Idempotency-Key belongs to another failover. Nothing was sent: open the dialog anew.',
          { field: 'Idempotency-Key', failoverId: failover.id },
        )
      }
      return { failover: recent.get(failover.id) ?? failover, isRepeat: isRepeat || !!running }
    } finally {
      if (!running) asked.delete(key)
    }
  }

  async function firstOf(key: string, work: () => Promise<Failover>) {
    const before = await records.byKey(key)
    return before
      ? { failover: before, isRepeat: true }
      : { failover: await work(), isRepeat: false }
  }

  /**
   * Starts a failover and returns it once it is on disk and about to be sent.
   *
   * @param from the key of the dialog it comes from, null if it has none, and the record of who asked.
   * @throws ProblemError when a check speaks against it, a risk is not accepted, the fresh read fails or takes
   *   too long, the token is locked out or the disk can't be written to. Then nothing was sent.
   */
  async function start(
    tunnelId: string,
    request: FailoverRequest,
    by: string,
    from: { key: string | null; auditId: string },
    askedAt = now(),
  ): Promise<Failover> {
    const other = taken.get(tunnelId)
    if (other) {
      // Whoever comes second learns which one to follow.
      await other.decided
      // One that was refused is nobody's to follow: the second one gets an answer of its own.
      if (taken.has(tunnelId)) throw runningProblem(tunnelId)
      return start(tunnelId, request, by, from, askedAt)
    }
    let decide = () => {}
    const decided = new Promise<void>((resolve) => {
      decide = resolve
    })
    taken.set(tunnelId, { failoverId: null, by, since: now(), decided })
    try {
      const checked = await check(tunnelId, request, by, askedAt + sendWithinMs)
      const failover = { ...checked, sentAt: now() }
      await insert(failover, from)
      taken.set(tunnelId, { failoverId: failover.id, by, since: failover.requestedAt, decided })
      keep(failover)
      void carryOut(failover).finally(() => taken.delete(tunnelId))
      return failover
    } catch (error) {
      taken.delete(tunnelId)
      throw error
    } finally {
      decide()
    }
  }

  /** Who runs one of this tunnel, and since when; null when nobody does. */
  function runningSentence(tunnelId: string): string | null {
    const running = taken.get(tunnelId)
    if (!running) return null
    const { by, since, failoverId } = running
    const target = recent.get(failoverId ?? '')?.to.connectorId
    const to = target ? ` to ${shortId(target)}` : ''
    return `${by} started a failover${to} ${Math.round((now() - since) / 1000)} s ago.`
  }

  function runningProblem(tunnelId: string) {
    const who = runningSentence(tunnelId) ?? 'Somebody started one a moment ago.'
    const failoverId = taken.get(tunnelId)?.failoverId ?? null
    return new ProblemError(
      'failover-running',
      `${who} Nothing was sent for you; follow that one.`,
      failoverId === null ? {} : { failoverId },
    )
  }

  /** What speaks against a failover now; the caller has looked before, or tells why it could not. */
  async function checksOf(
    tunnelId: string,
    targetId: string | null,
    options: { readAt?: number; failure: ProblemError | null },
  ) {
    const running = runningSentence(tunnelId)
    const { readAt, failure } = options
    const surveyed = await deps.survey.survey(tunnelId, targetId, {
      ...(readAt === undefined ? {} : { readAt }),
      barriers: [
        ...(running ? [{ id: 'failover-running' as const, sentence: running }] : []),
        ...(failure && failure.kind !== 'locked-out'
          ? [{ id: 'cloudflare-silent' as const, sentence: failure.message }]
          : []),
      ],
    })
    return surveyed?.answer ?? null
  }

  /** Calls that those that run and those that are being checked, the one that asks included, may still make. */
  function reserved(): number {
    const callsLeft = [...taken.values()].map(({ failoverId, readFrom }) => {
      const { sentAt = null, state } = recent.get(failoverId ?? '') ?? {}
      if (sentAt === null) return callsOfOne
      return readsLeft(readFrom ?? sentAt, now()) + (state === 'sending' ? 1 : 0)
    })
    return callsLeft.reduce((sum, calls) => sum + calls, 0)
  }

  async function check(
    tunnelId: string,
    request: FailoverRequest,
    by: string,
    until: number,
  ): Promise<Failover> {
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
    const room = deps.verifyRoom()
    if (room < reserved()) {
      const why =
        room < callsOfOne
          ? 'Tandem’s calls of these five minutes are spent, so a failover could not be verified.'
          : 'What is left of Tandem’s calls of these five minutes is kept for other failovers that run now, so this one could not be verified.'
      throw new ProblemError('budget-spent', `${why} Nothing was sent: try again in a minute.`)
    }
    const readAt = await lookFresh(tunnelId, until)
    const surveyed = await deps.survey.survey(tunnelId, request.client_id, {
      seenActiveId: request.expected_active_id,
      readAt,
    })
    if (!surveyed) throw new ProblemError('not-found', 'Tandem does not know this tunnel.')
    const { checks, active, target, actives } = surveyed
    refuseIfBlocked(checks)
    refuseIfUntaken(checks, request)
    // A target that is not there is a block.
    if (!target) throw new ProblemError('not-eligible', 'The connector is not there.')
    const ticked = new Set(request.ticked ?? [])
    return {
      id: randomUUID(),
      tunnelId,
      accountId: tunnel.accountId,
      tunnelName: tunnel.name,
      by,
      drill: request.drill ?? false,
      reason: request.reason || null,
      accepted: checks
        .filter(({ id, kind }) => kind === 'risk' && ticked.has(id))
        .map(({ id, sentence }) => ({ id, sentence })),
      state: 'sending',
      from: active ? toParty(active) : null,
      activeBefore: actives,
      to: toParty(target),
      requestedAt: now(),
      sentAt: null,
      acceptedAt: null,
      demotedAt: null,
      promotedAt: null,
      vacantAt: null,
      vacantMs: null,
      endedAt: null,
      activeNow: actives,
      detail: null,
      cloudflare: [],
      afterwards: [],
    }
  }

  /**
   * Looks once more where a look took longer than it may be old and another one that takes as long comes in time: that
   * it is older is a risk to accept.
   *
   * @returns when it left.
   */
  async function lookFresh(tunnelId: string, until: number): Promise<number> {
    const leftAt = now()
    await lookUntil(tunnelId, until)
    const againAt = now()
    const tookMs = againAt - leftAt
    if (tookMs <= freshReadMs || tookMs >= until - againAt) return leftAt
    await lookUntil(tunnelId, until)
    return againAt
  }

  async function lookUntil(tunnelId: string, until: number) {
    await Promise.race([deps.look(tunnelId, 'verify'), deps.sleep(until - now())])
    if (now() < until) return
    throw new ProblemError(
      'cloudflare-unreachable',
      `Cloudflare did not tell within ${sendWithinMs / 1000} s how the connectors are. Nothing was sent and nothing waits to be sent: look again.`,
    )
  }

  async function insert(failover: Failover, from: { key: string | null; auditId: string }) {
    try {
      // One that ended holds its tunnel until its end is on disk.
      await writeAgain()
      await records.insert(failover, from)
    } catch (error) {
      // Another process, or a failover that this one has not taken up yet after a restart.
      throw isDuplicate(error) ? runningProblem(failover.tunnelId) : notRecorded(error)
    }
  }

  /** One that is on disk comes to an end, whatever breaks on the way: no other could be started before. */
  async function carryOut(failover: Failover) {
    try {
      deps.setFailover(failover.tunnelId, failover.id)
      deps.publish({ type: 'failoverChanged', failover })
      const sent = await send(failover)
      const ended = isRunning(sent.state) ? await verify(sent) : sent
      if (ended) followUp(ended)
    } catch (error) {
      deps.warn({ failoverId: failover.id, err: error }, 'a failover broke off')
      await pickUp(failover.id)
    }
  }

  /** Brings one that broke off to its end by reading, however often that breaks off too. */
  async function pickUp(failoverId: string) {
    for (let left = recent.get(failoverId); left && !stopped; left = recent.get(failoverId)) {
      try {
        if (isRunning(left.state)) {
          const detail = 'Something broke inside Tandem. It looks at what is active now.'
          left = (await takeUp(await move({ ...left, state: 'unknown', detail }))) ?? left
        } else {
          deps.publish({ type: 'failoverChanged', failover: left })
          deps.setFailover(left.tunnelId, null)
        }
        return followUp(left)
      } catch (error) {
        deps.warn({ failoverId, err: error }, 'a failover broke off again')
        await deps.sleep(takeUpEveryMs)
      }
    }
  }

  async function send(failover: Failover): Promise<Failover> {
    const { accountId, tunnelId } = failover
    try {
      const { ray } = await client.call(
        'failoverRun',
        { accountId, tunnelId },
        {
          purpose: 'verify',
          body: { client_id: failover.to.connectorId },
          deadlineMs: putDeadlineMs,
        },
      )
      deps.onWrite(null, accountId)
      const accepted = await move({ ...failover, state: 'accepted', acceptedAt: now() })
      void settle(accepted, 'accepted', { ray })
      return accepted
    } catch (error) {
      const problem = error instanceof ProblemError ? error : null
      deps.onWrite(problem, accountId)
      const cloudflare = problem?.extra.cloudflare?.errors ?? []
      const said = { cloudflare: problem?.extra.cloudflare ?? null }
      if (problem && refusals.has(problem.kind)) {
        const ended = { state: 'rejected' as const, endedAt: now(), cloudflare }
        return move({ ...failover, ...ended, detail: problem.message }, said)
      }
      const detail = `No clear answer: ${sentenceOf(error)} Tandem does not send it again; it looks at what is active.`
      void settle(failover, 'unknown', said)
      return move({ ...failover, state: 'unknown', cloudflare, detail })
    }
  }

  /**
   * Reads on the contract's schedule until the connectors tell or the time is up; null: it was stopped.
   *
   * @param from when the schedule begins: with the PUT, or anew.
   */
  async function verify(
    failover: Failover,
    from = failover.sentAt ?? now(),
  ): Promise<Failover | null> {
    let current = failover
    let readAt: number | null = null
    const endAt = (failover.sentAt ?? from) + verifyDeadlineMs
    for (let isOver = false; !isOver; ) {
      const { at, withinMs, isLast } = nextRead(from, now())
      await deps.sleep(Math.max(0, at - now()))
      if (stopped) return null
      const reading = await takeReading(current, withinMs)
      readAt = reading.readAt ?? readAt
      current = reading.failover
      if (!isRunning(current.state)) return current
      // Where it is read anew, its own time only counts once a read left after it.
      isOver = isLast || (readAt !== null && readAt >= endAt)
    }
    return move(applyDeadline(current, Math.max(now(), endAt), readAt))
  }

  /**
   * @param withinMs what takes longer is not waited for: the time of a failover ends whatever hangs.
   * @returns `readAt`: when the read left; null when nothing came of it.
   */
  async function takeReading(
    failover: Failover,
    withinMs: number,
  ): Promise<{ failover: Failover; readAt: number | null }> {
    const sentAt = now()
    const looked = deps.look(failover.tunnelId, 'verify').catch((error: unknown) => {
      deps.warn({ failoverId: failover.id, err: error }, 'could not verify a failover yet')
      return null
    })
    const connectors = await Promise.race([looked, deps.sleep(withinMs).then(() => null)])
    if (!connectors) return { failover, readAt: null }
    const next = applyReading(failover, { ...toSight(failover, connectors, now()), sentAt })
    const isSame = JSON.stringify(next) === JSON.stringify(failover)
    return { failover: isSame ? failover : await move(next), readAt: sentAt }
  }

  const followUp = (ended: Failover) =>
    void watchAfter(ended).catch((error: unknown) =>
      deps.warn({ failoverId: ended.id, err: error }, 'the watch after a failover broke off'),
    )

  /**
   * A finished failover is never edited. What the connectors do in the ten minutes after it is written
   * beside it: a late success, a flip back, nobody active.
   */
  async function watchAfter(ended: Failover) {
    if (ended.state === 'rejected') return
    let failover = ended
    const until = Math.min(failover.endedAt ?? now(), now()) + watchAfterMs
    while (now() < until && !stopped) {
      await deps.sleep(watchEveryMs)
      if (stopped) return
      // Whatever is being checked may yet be refused; one that was sent decides from here on who is active.
      if (taken.has(failover.tunnelId)) continue
      if (await isFollowed(failover)) return
      const connectors = await deps.look(failover.tunnelId, 'look').catch(() => null)
      if (!connectors || stopped || taken.has(failover.tunnelId)) continue
      const fact = toAfterFact(failover, toSight(failover, connectors, now()))
      if (!fact) continue
      const { id } = failover
      await writeDown(`${id}/${fact.at}`, id, () => records.addFact(id, fact))
      failover = { ...failover, afterwards: [...failover.afterwards, fact] }
      void settleFact(failover, fact)
      keep(failover)
      deps.publish({ type: 'failoverChanged', failover })
    }
  }

  /** Whether another one of its tunnel was sent after it. */
  async function isFollowed({ id, tunnelId, requestedAt }: Failover): Promise<boolean> {
    const later = await records.sentSince(tunnelId, requestedAt)
    return later.some((one) => one.id !== id)
  }

  /** One failover, or null. */
  async function get(failoverId: string): Promise<Failover | null> {
    return recent.get(failoverId) ?? records.get(failoverId)
  }

  /** Those of one tunnel, newest first, the running one as it is now. */
  async function list(tunnelId: string): Promise<Failover[]> {
    const rows = await records.ofTunnel(tunnelId, mostTold)
    return rows.map((row) => recent.get(row.id) ?? row)
  }

  /**
   * Takes up what a killed process left behind: whether its PUT left is not known, so it is not sent
   * again; the connectors are read until they tell. Those that had just ended are watched to their end, and
   * what the audit does not know yet of an end and of what came after it is told to it.
   */
  async function resume() {
    // Its first question is asked before anybody can ask for a failover.
    void settleLeft()
    const left = (await records.leftRunning()).map((one) => upToNow(one, now()))
    // Before anything is awaited once more: from here on nobody else may start one.
    for (const { tunnelId, id, by, requestedAt } of left) {
      const decided = Promise.resolve()
      taken.set(tunnelId, { failoverId: id, by, since: requestedAt, decided })
    }
    const ended = await records.endedSince(now() - watchAfterMs)
    const sent = ended.filter(({ state }) => state !== 'rejected')
    const last = new Map(sent.map((failover) => [failover.tunnelId, failover]))
    for (const failover of last.values()) {
      if (taken.has(failover.tunnelId)) continue
      keep(failover)
      followUp(failover)
    }
    for (const one of left) {
      const failover = await move({
        ...one,
        state: 'unknown',
        sentAt: one.sentAt ?? one.requestedAt,
        detail: 'Tandem was stopped while this failover ran. It looks at what is active now.',
      })
      void takeUp(failover)
        .finally(() => taken.delete(one.tunnelId))
        .then((over) => over && followUp(over))
        .catch((error: unknown) =>
          deps.warn({ failoverId: one.id, err: error }, 'a failover that was taken up broke off'),
        )
    }
  }

  /**
   * Ends, and what was seen after them, that were written down just before a process was killed; and that nothing was
   * sent where it was killed before a failover was written down.
   */
  async function settleLeft() {
    try {
      const unsent = await records.unsent()
      for (const failover of await records.unsettled()) void settleEnd(failover)
      for (const { failover, facts } of await records.untold()) {
        for (const fact of facts) void settleFact(failover, fact)
      }
      const detail = 'It was never written down, so nothing was sent.'
      for (const auditId of unsent) await deps.settle(auditId, 'not-sent', { detail })
    } catch (err) {
      deps.warn({ err }, 'could not see what the audit misses of failovers')
    }
  }

  /** Reads on the schedule anew: the own time of one that was taken up is over as a rule. */
  async function takeUp(left: Failover): Promise<Failover | null> {
    const readFrom = now()
    const held = taken.get(left.tunnelId)
    if (held) taken.set(left.tunnelId, { ...held, readFrom })
    // The tunnel must be known before its connectors can be read.
    const deadline = readFrom + verifyDeadlineMs
    while (!deps.tunnel(left.tunnelId) && now() < deadline && !stopped) await deps.sleep(500)
    deps.setFailover(left.tunnelId, left.id)
    return verify(left, readFrom)
  }

  /** The failover of ours that made this connector active, if one just did; of several tries the last. */
  function madeBy(tunnelId: string, connectorId: string, at: number) {
    let last: { by: string; failoverId: string; sentAt: number } | null = null
    for (const failover of recent.values()) {
      const { id, by, sentAt, state } = failover
      if (failover.tunnelId !== tunnelId || failover.to.connectorId !== connectorId) continue
      if (sentAt === null || state === 'rejected' || at < sentAt || at - sentAt > ownMs) continue
      // What comes back to it after that is somebody else's work.
      if (at > (decidedAt(failover) ?? at)) continue
      if (last === null || sentAt > last.sentAt) last = { by, failoverId: id, sentAt }
    }
    return last && { by: last.by, failoverId: last.failoverId }
  }

  /** Those that run now, for a page that just arrived. */
  const running = () => [...recent.values()].filter((failover) => isRunning(failover.state))

  return {
    once,
    start,
    checksOf,
    get,
    list,
    resume,
    running,
    madeBy,
    writeAgain,
    stop: () => {
      stopped = true
    },
  }
}

/** When the traffic was seen to have come to its target, or to another one after its end; null: neither was. */
const decidedAt = ({ state, endedAt, afterwards }: Failover): number | null =>
  state === 'confirmed' ? endedAt : (afterwards.find(({ kind }) => deciding.has(kind))?.at ?? null)

const toSight = ({ to }: Failover, connectors: SeenConnector[], at: number): Sight => ({
  at,
  actives: connectors.filter(({ role }) => role === 'active').map(({ id }) => id),
  isConnected: connectors.some((one) => one.id === to.connectorId && isConnected(one)),
})

const toParty = ({ id, colos, version }: Connector) => ({ connectorId: id, colos, version })

/** The first that weighs most decides what kind of refusal it is. */
function refuseIfBlocked(checks: FailoverCheck[]) {
  const blocks = checks.filter(({ kind }) => kind === 'block')
  if (blocks.length === 0) return
  const changed = blocks.find(({ id }) => id === 'active-changed')
  const isGone = blocks.some(({ id }) => id === 'not-linked')
  if (changed && !isGone) {
    const detail = `${changed.sentence} Nothing was sent: look again.`
    throw new ProblemError('active-changed', detail, { checks })
  }
  const isActive = blocks.some(({ id }) => id === 'already-active')
  const sentences = blocks.map(({ sentence }) => sentence).join(' ')
  throw new ProblemError(
    isActive ? 'already-active' : 'not-eligible',
    `${sentences} Nothing was sent.`,
    { checks },
  )
}

/** Every risk that there is must have been taken by name, and a grave one with a reason. */
function refuseIfUntaken(checks: FailoverCheck[], { ticked = [], reason }: FailoverRequest) {
  const risks = checks.filter(({ kind }) => kind === 'risk')
  const untaken = risks.filter(({ id }) => !ticked.includes(id))
  if (untaken.length > 0) {
    const sentences = untaken.map(({ sentence }) => sentence).join(' ')
    throw new ProblemError(
      'checks-changed',
      `${sentences} Nothing was sent: accept ${untaken.length === 1 ? 'this risk' : 'these risks'} by name, or choose another connector.`,
      { checks },
    )
  }
  if (risks.some(({ grave }) => grave) && !reason) {
    throw new ProblemError(
      'invalid-request',
      'A grave risk needs a reason in a few words. Nothing was sent.',
      { field: 'reason', checks },
    )
  }
}
