import { randomBytes, randomUUID } from 'node:crypto'
import type { LiveEvent } from '#contract/events.ts'
import { type Failover, isRunning, lateAtOf } from '#contract/failover.ts'
import type { UnknownReason } from '#contract/history.ts'
import type { Session } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { createBudget, rememberedMs } from './cloudflare/budget.ts'
import { createClient, type TokenSlot, type Tokens } from './cloudflare/client.ts'
import { createFreshness } from './cloudflare/freshness.ts'
import { longestLockoutMs } from './cloudflare/ratelimit.ts'
import { createTokenWatch } from './cloudflare/tokens.ts'
import type { Config } from './config.ts'
import { loadPreferences } from './failover/preferences.ts'
import { createRecords } from './failover/records.ts'
import { createFailovers } from './failover/run.ts'
import { createSurvey } from './failover/survey.ts'
import { type Book, noEvent } from './history/advance.ts'
import { type Keys, loadKeys } from './history/keys.ts'
import { createHistoryReader } from './history/read.ts'
import { createRecorder, type GapMs } from './history/record.ts'
import { emptied, prune } from './history/retain.ts'
import type { Stop } from './history/stops.ts'
import { createAudit } from './identity/audit.ts'
import { createIdentity, type IdentitySettings } from './identity/identity.ts'
import { createRefusals } from './identity/refusals.ts'
import { createStrangers } from './identity/strangers.ts'
import { createBus } from './live/bus.ts'
import { createMarks } from './marks/marks.ts'
import { createTags } from './marks/tags.ts'
import { createPoller } from './poller/poll.ts'
import { createPresent } from './poller/present.ts'
import { reportedSince } from './poller/sight.ts'
import { fetchingWhole } from './read-whole.ts'
import type { Parts } from './routes/route.ts'
import type { Secret } from './secret.ts'
import { bytesOf, emptyLog } from './store/dialect.ts'
import { isFull, type Store, whyRefused } from './store/open.ts'

/**
 * The parts and who knows whom: the whole wiring on one page. Clock, timers, network and store are
 * handed in, so that `main.ts` and the tests run the very same Tandem.
 */
export type Surroundings = {
  config: Pick<Config, 'rateLimit' | 'pollShare' | 'retentionDays'> & IdentitySettings
  /** scrypt's N; OWASP's 2¹⁷ if left out. */
  passwordCost?: number
  accountIds: string[]
  baseUrl: string
  token: Secret
  readToken: Secret | null
  db: Store
  /** What an admin must know about how the store was opened; else null. */
  storeNotice: string | null
  /** Resolves when a large store was looked through beside the watch: what is wrong with it; else null. */
  storeChecked: Promise<string | null>
  build: string
  /** Tandem's own clock, which never goes back. */
  now: () => number
  /** The machine's clock: by it others' times are right or wrong, of their codes and tokens. */
  wall: () => number
  /** Calls back after `ms`; returns what takes it back. */
  after: (ms: number, callback: () => void) => () => void
  random: () => number
  fetch: typeof fetch
  /** For identity providers; the machine's own if left out. */
  signInFetch?: typeof fetch
  log: Log
}

type Write = (facts: Record<string, unknown>, message: string) => void
/** `record` says what stands in the log at every level: a copy of it holds the chain of records to its past. */
export type Log = { debug: Write; info: Write; warn: Write; error: Write; record: Write }

/** Budget and sweep move all the time: told this often at most. */
const tellPollerMs = 2000
/** What was only confirmed is written down this often. */
const flushMs = 5000
/** A call is written down so much later at most: what a crash forgets of the budget. */
const rememberCallsMs = 1000
const pruneMs = 3_600_000
/** A machine's clock that is as right as that is taken for right; answers on their way tell it less well. */
const rightClockMs = 60_000
/** A clock that is off by more is not to be trusted with the past. */
const wrongClockMs = 300_000
const dayMs = 86_400_000

/** Makes the parts. Nothing is asked of Cloudflare before `start`. */
export async function assemble(surroundings: Surroundings) {
  const { config, accountIds, db, now, wall, random, log } = surroundings
  /** What a callback throws is the end of that one task: outside of it nobody would take it, and the process end. */
  const after = (ms: number, callback: () => void) =>
    surroundings.after(ms, () => {
      try {
        callback()
      } catch (err) {
        log.error({ err }, 'a task failed')
      }
    })
  const sleep = (ms: number) => new Promise<void>((resolve) => void after(ms, resolve))

  /** A lock-out that was met before a restart still holds. */
  async function slot(secret: Secret): Promise<TokenSlot> {
    const row = await db
      .selectFrom('lockouts')
      .select('until')
      .where('fingerprint', '=', secret.fingerprint)
      .executeTakeFirst()
    // Told by a clock that was ahead, it would hold for as long.
    const latest = now() + longestLockoutMs
    return { secret, lockedUntil: Math.min(Number(row?.until ?? 0), latest) }
  }
  async function slots(token: Secret, readToken: Secret | null): Promise<Tokens> {
    const write = await slot(token)
    // The same one given twice is one to Cloudflare, with one lock-out.
    const isOther = readToken !== null && readToken.fingerprint !== token.fingerprint
    return { write, read: isOther ? await slot(readToken) : write }
  }

  const audit = createAudit({
    db,
    now,
    log: log.record,
    nameOf: (tunnelId) => present.tunnel(tunnelId)?.name ?? null,
  })
  const strangers = createStrangers({ audit, after, now })
  const refusals = createRefusals({ audit, strangers, after })
  const identity = createIdentity({
    settings: config,
    db,
    audit,
    strangers,
    now,
    wall,
    passwordCost: surroundings.passwordCost ?? 2 ** 17,
    fetch: fetchingWhole(surroundings.signInFetch ?? fetch),
    warn: log.warn,
  })
  const tokens = await slots(surroundings.token, surroundings.readToken)
  const bus = createBus(randomBytes(4).toString('hex'), (err) =>
    log.error({ err }, 'a listener of the live stream failed'),
  )
  const budget = createBudget({
    limit: config.rateLimit,
    pollShare: config.pollShare,
    now,
    earlier: await db
      .selectFrom('calls')
      .selectAll()
      .where('at', '>', now() - rememberedMs)
      .where('at', '<=', now())
      .orderBy('at')
      .execute(),
    onSpend: () => {
      if (callsUnwritten) return
      callsUnwritten = true
      after(rememberCallsMs, () => void rememberCalls())
    },
  })
  const streams: Parts['streams'] = new Map()
  let skewMs: number | null = null
  let { storeNotice } = surroundings
  let notRecordingBecause: string | null = null
  let storeBytes: number | null = null
  let stopped = false
  let callsUnwritten = false
  let callsWrittenTo = 0

  const client = createClient({
    baseUrl: surroundings.baseUrl,
    tokens,
    budget,
    now,
    sleep,
    random,
    fetch: surroundings.fetch,
    onLocked: (locked, until) => void rememberLockout(locked, until),
    onSkew: (measured) => {
      skewMs = measured
    },
    debug: log.debug,
  })
  function accessNow() {
    const told = skewMs === null ? wall() : now() + skewMs
    // The later of the two keeps somebody out for a moment; the earlier one would let a token of before in.
    return Math.abs(told - wall()) > rightClockMs ? told : Math.max(told, wall())
  }
  const keys: Keys = await loadKeys(db)
  const gapMs: GapMs = (part, ha) => 3 * poller.periodMs(part, ha)
  /** Why nobody could look at an account, now or since `confirmedAt`: the poller's state as history says it. */
  const reason = (confirmedAt: number | null, accountId: string | null): UnknownReason => {
    if (accountId === null) return 'not-confirmed'
    // The first looks after it was over find the gap that it left.
    const why = poller.whyUnwatched(accountId) ?? unwatched.get(accountId)
    if (why) return why
    const last = lastUnwatched.get(accountId)
    return last && last.until > (confirmedAt ?? 0) ? last.because : 'not-confirmed'
  }
  /** By account: why it is not watched, and why it was not the last time. */
  const unwatched = new Map<string, UnknownReason>()
  const lastUnwatched = new Map<string, { until: number; because: UnknownReason }>()
  const recorder = await createRecorder({
    db,
    keys,
    now,
    gapMs,
    reason,
    madeBy: (tunnelId, connectorId, at) => failovers.madeBy(tunnelId, connectorId, at),
    isClockRight: () => skewMs !== null && Math.abs(skewMs) < wrongClockMs,
    onEvents: (events) => {
      marks.notice(events)
      bus.publish({ type: 'logged', events })
    },
    onTrouble: (since, err) => {
      notRecordingBecause = since === null ? null : whyRefused(err)
      if (since === null) log.info({}, 'history is recorded again')
      else log.error({ err }, `history is not being recorded: ${notRecordingBecause}`)
      if (isFull(err)) void makeRoom()
      bus.publish({ type: 'sessionChanged', session: session() })
    },
  })
  const marks = await createMarks({
    db,
    keys,
    now,
    after,
    newId: randomUUID,
    log: recorder.log,
    tell: (tunnelIds) => present.tellAgain(tunnelIds),
  })
  const tags = await createTags({ db, tell: (tunnelId) => present.tellAgain([tunnelId]) })
  const reader = createHistoryReader({
    db,
    keys,
    now,
    gapMs,
    reason: recorder.reasonSince,
    books: recorder.books,
    nameOf: (tunnelId) => present.tunnel(tunnelId)?.name ?? null,
    marks,
  })
  const present = createPresent({
    now,
    cloudflareNow: () => now() + (skewMs ?? 0),
    publish: bus.publish,
    record: recorder.record,
    staleAfterMs: () => poller.staleAfterMs(),
    marksOf: marks.of,
    tagsOf: tags.of,
  })
  const tokenWatch = createTokenWatch({
    client,
    tokens,
    accountId: accountIds[0] ?? '',
    now,
    onChange: () => {
      for (const { purpose, verdict, sentence } of tokenWatch.states()) {
        if (verdict === 'works') log.info({ purpose, says: sentence }, 'the API token works')
        else if (verdict !== 'unchecked') log.error({ purpose, verdict }, sentence)
      }
      bus.publish({ type: 'sessionChanged', session: session() })
    },
  })
  const poller = createPoller({
    accountIds,
    client,
    budget,
    present,
    now,
    after,
    onState: () => {
      bus.publish({ type: 'pollerChanged', poller: poller.state(skewMs) })
      logWatching()
    },
    onVerdict: (error) =>
      void tokenWatch.noticeListing(error).catch((err) => log.error({ err }, 'token')),
    warn: log.warn,
  })
  const records = createRecords(db)
  const survey = createSurvey({
    records,
    now,
    cloudflareNow: () => now() + (skewMs ?? 0),
    tunnel: present.tunnel,
    connectors: present.connectors,
    livesSince: reader.livesSince,
    switchedAt: reader.switchedAt,
    lockedUntil: () => client.lockedUntil('failoverRun'),
    writeBarrier: tokenWatch.whyNotWrite,
    notRecordingSince: recorder.troubleSince,
  })
  const failovers = createFailovers({
    records,
    survey,
    client,
    now,
    sleep,
    look: poller.look,
    tunnel: present.tunnel,
    setFailover: present.setFailover,
    publish: (event) => {
      bus.publish(event)
      if (event.type === 'failoverChanged') logFailover(event.failover)
    },
    verifyRoom: () => {
      const { hardStop, used } = budget.state()
      return hardStop - used
    },
    settle: audit.addOutcome,
    onWrite: tokenWatch.noticeWrite,
    warn: log.warn,
  })

  const lastLooked = () =>
    Math.max(0, ...[...recorder.books().values()].map((book) => book.listedAt ?? 0))
  /** Why nobody watches, as the log has it last; null: somebody does. */
  let told = recorder.stopsBefore.at(-1)?.because ?? null
  const { aliveUntil, watchingSince } = recorder
  const isMoreToTell = told === null || watchingSince - aliveUntil > gapMs('listed', null)
  /** What the log does not have yet. */
  let untold: Stop | null =
    lastLooked() > 0 && isMoreToTell ? { at: aliveUntil, because: 'tandem-stopped' } : null
  /** The log has it that this run can't list any account. */
  let isBlindTold = false
  /** What all accounts have in common, or that Cloudflare answers none of them as it should. */
  function whyBlind(): UnknownReason {
    const [why, ...others] = new Set(accountIds.map(poller.whyUnwatched))
    return why && others.length === 0 ? why : 'cloudflare-unreachable'
  }

  /**
   * When watching stopped and went on again, and why: an entry each, about Tandem itself, as soon as it leaves a gap,
   * so that a restart which ends it knows of it. A run that can't look either tells its own reason after that of the
   * run before. An account that alone can't be listed is a gap of its own tunnels.
   */
  function logWatching() {
    for (const accountId of accountIds) {
      const why = poller.whyUnwatched(accountId)
      const because = unwatched.get(accountId)
      if (why && !because) unwatched.set(accountId, why)
      else if (!why && because) {
        lastUnwatched.set(accountId, { until: now(), because })
        unwatched.delete(accountId)
      }
    }
    const isBlind = poller.isBlind()
    if (isBlind && !isBlindTold) {
      // Of what was before this run, the log has it already.
      const at = untold?.at ?? (told ? watchingSince : lastLooked() || now())
      untold = { at, because: whyBlind() }
    }
    // A short stop leaves no gap: then there is nothing to tell.
    if (untold && now() - untold.at > gapMs('listed', null)) {
      if (untold.because !== told) logAboutTandem('watching-stopped', untold.at, untold.because)
      told = untold.because
      isBlindTold = isBlind
      untold = null
    }
    if (isBlind || poller.phase() === 'starting') return
    if (told) logAboutTandem('watching-resumed', now(), null)
    told = null
    untold = null
    isBlindTold = false
  }

  function logAboutTandem(
    kind: 'watching-stopped' | 'watching-resumed',
    at: number,
    from: string | null,
  ) {
    void recorder.log(null, { ...noEvent, at, kind, from })
  }

  /** A failover's begin, its end and what came after go into the log; the roles are seen by the looks. */
  function logFailover(failover: Failover) {
    const { tunnelId, id, to, from, by, state, drill, endedAt } = failover
    const begins = state === 'sending'
    if (!begins && isRunning(state)) return
    const after = failover.afterwards.at(-1)
    const note = [drill ? 'drill' : null, failover.reason]
      .filter((part) => part !== null)
      .join(': ')
    void recorder.log(tunnelId, {
      ...noEvent,
      at: begins ? failover.requestedAt : (after?.at ?? endedAt ?? now()),
      kind: begins ? 'failover-started' : after ? 'failover-after' : 'failover-ended',
      connectorId: to.connectorId,
      from: from?.connectorId ?? null,
      to: begins ? to.connectorId : (after?.kind ?? state),
      by: after ? null : by,
      failoverId: id,
      note: begins && note !== '' ? note : null,
    })
    if (drill && !begins && state !== 'rejected') present.setLastDrill(tunnelId, toDrill(failover))
  }

  async function rememberLockout(locked: TokenSlot, until: number) {
    log.warn({ until: new Date(until).toISOString() }, 'Cloudflare answered 429: this token rests')
    bus.publish({ type: 'sessionChanged', session: session() })
    await db
      .insertInto('lockouts')
      .values({ fingerprint: locked.secret.fingerprint, until })
      .onConflict((row) => row.column('fingerprint').doUpdateSet({ until }))
      .execute()
      .catch((err: unknown) => log.error({ err }, 'could not write a lock-out down'))
  }

  async function rememberCalls() {
    callsUnwritten = false
    const rows = budget.spent(callsWrittenTo)
    if (rows.length === 0) return
    callsWrittenTo = now()
    await db
      .insertInto('calls')
      .values(rows)
      .onConflict((row) =>
        row.column('at').doUpdateSet(({ ref }) => ({
          calls: ref('excluded.calls'),
          polls: ref('excluded.polls'),
        })),
      )
      .execute()
      // The next one has it all.
      .catch((err: unknown) => {
        callsWrittenTo = 0
        // Of a disk that takes nothing the recorder has told.
        if (recorder.troubleSince() === null) log.error({ err }, 'could not write calls down')
      })
  }

  const session = (): Session => ({
    mode: config.mode,
    build: surroundings.build,
    accounts: accountIds.map((id) => ({ id })),
    serverAt: now(),
    tokens: tokenWatch.states(),
    storeNotice,
    storeBytes,
    notRecordingSince: recorder.troubleSince(),
    notRecordingBecause,
    poller: poller.state(skewMs),
  })
  const snapshot = (): LiveEvent => ({
    type: 'snapshot',
    session: session(),
    tunnels: present.tunnels(),
    failovers: failovers.running(),
  })

  /** What is wrong with the database, found at the start or only now: a screenful of green must not hide it. */
  async function tellStore() {
    if (storeNotice) log.error({}, storeNotice)
    const damage = await surroundings.storeChecked
    if (damage === null) return
    storeNotice = damage
    log.error({}, damage)
    bus.publish({ type: 'sessionChanged', session: session() })
  }

  /** What people chose and tried in earlier runs. */
  async function rememberChoices() {
    for (const [tunnelId, connectorId] of await loadPreferences(db)) {
      present.setPreference(tunnelId, connectorId, await reader.ceasedAt(tunnelId, connectorId))
    }
    for (const drill of await records.lastDrills()) {
      present.setLastDrill(drill.tunnelId, toDrill(drill))
    }
  }

  let toldPoller = ''
  function tellPoller() {
    if (stopped) return
    after(tellPollerMs, tellPoller)
    if (streams.size === 0) return
    const state = poller.state(skewMs)
    const text = JSON.stringify(state)
    if (text !== toldPoller) bus.publish({ type: 'pollerChanged', poller: state })
    toldPoller = text
  }

  /** What waits in memory, for its turn or for a disk that takes it. */
  async function flush() {
    await recorder.flush()
    // The recorder has told of a disk that refuses.
    await failovers.writeAgain().catch(() => {})
  }

  async function flushAgain() {
    if (stopped) return
    try {
      logWatching()
    } catch (err) {
      // Whatever becomes of that, what waits is written.
      log.error({ err }, 'could not log whether Tandem watches')
    }
    await flush()
    after(flushMs, () => void flushAgain())
  }

  let isPruning = false
  let cancelPrune = () => {}

  /**
   * What ended before is due to be forgotten, by whichever clock is behind, ours or Cloudflare's: one that is ahead
   * would take history along for good. Null: there is no witness yet.
   */
  const horizonNow = () =>
    skewMs === null ? null : now() + Math.min(0, skewMs) - config.retentionDays * dayMs

  async function forgetBefore(horizon: number, pause: () => Promise<void>) {
    const forgotten = await prune(db, horizon, pause, () => stopped).catch((err: unknown) => {
      log.error({ err }, 'could not forget old history')
      return 0
    })
    if (forgotten > 0) log.info({ rows: forgotten }, 'forgot old history')
    await recorder
      .forgetEmptied(() => emptied(db))
      .catch((err: unknown) => log.error({ err }, 'could not forget deleted tunnels'))
    await marks
      .forget(horizon)
      .catch((err: unknown) => log.error({ err }, 'could not forget marks'))
  }

  async function pruneAgain(pause = () => sleep(20)) {
    if (stopped || isPruning) return
    isPruning = true
    cancelPrune()
    const horizon = horizonNow()
    if (horizon !== null) await forgetBefore(horizon, pause)
    await db
      .deleteFrom('calls')
      .where('at', '<=', now() - rememberedMs)
      .execute()
      .catch((err: unknown) => log.error({ err }, 'could not forget old calls'))
    await identity
      .forgetOld()
      .catch((err: unknown) => log.error({ err }, 'could not tidy sign-ins'))
    await measure()
    isPruning = false
    cancelPrune = after(pruneMs, () => void pruneAgain())
  }

  async function measure() {
    storeBytes = await bytesOf(db).catch(() => storeBytes)
  }

  /** On a full disk: what is due to be forgotten goes now, in the little room that emptying the log makes. */
  async function makeRoom() {
    const emptied = async () => {
      await emptyLog(db).catch((err: unknown) => log.error({ err }, 'could not empty the log'))
      await sleep(20)
    }
    await emptied()
    await pruneAgain(emptied)
  }

  const parts: Parts = {
    accountIds,
    client,
    present,
    poller,
    failovers,
    reader,
    marks,
    tags,
    retentionMs: config.retentionDays * dayMs,
    bus,
    db,
    audit,
    refusals,
    identity,
    session,
    snapshot,
    checkTokens: async () => tokenWatch.recheck(await poller.listNow()),
    onWrite: tokenWatch.noticeWrite,
    mayRefresh: createFreshness(now),
    now,
    wall,
    accessNow,
    after,
    requestId: randomUUID,
    log: log.error,
    streams,
    isStopping: () => stopped,
  }

  return {
    parts,
    start() {
      present.restore(restored(recorder.books().values(), accountIds))
      void rememberChoices().catch((err: unknown) =>
        log.error({ err }, 'could not read drills and preferred connectors'),
      )
      void identity
        .start()
        .catch((err: unknown) => log.error({ err }, 'could not see who may sign in'))
      void tellStore()
      void measure()
      poller.start()
      marks.start()
      void flushAgain()
      cancelPrune = after(60_000, () => void pruneAgain())
      tellPoller()
      void failovers
        .resume()
        .catch((err: unknown) => log.error({ err }, 'could not take up old failovers'))
    },
    /** Ends the watch; streams hear that this is a restart and no outage. */
    async stop() {
      stopped = true
      poller.stop()
      marks.stop()
      failovers.stop()
      // First of all: a disk that is slow must not make a restart look like an outage.
      for (const end of streams.keys()) end({ type: 'bye', at: now() })
      await flush()
      await rememberCalls()
      // Nothing was done, so a disk that refuses these records keeps nobody from stopping.
      await refusals.flush().catch(() => {})
    },
    /** Puts other tokens in the place of those in use. The same one stays locked out. */
    async replaceTokens(token: Secret, readToken: Secret | null) {
      // New slots, so that an answer still under way can only lock the token it was made with.
      const next = await slots(token, readToken)
      for (const one of [next.read, next.write]) {
        for (const old of [tokens.read, tokens.write]) {
          if (one.secret.fingerprint === old.secret.fingerprint)
            one.lockedUntil = Math.max(one.lockedUntil, old.lockedUntil)
        }
      }
      Object.assign(tokens, next)
      tokenWatch.forget()
      poller.retryNow()
    },
  }
}

/** Books whose tunnel was seen, as the present wants them; an account that is watched no more is history. */
function* restored(books: Iterable<Book>, accountIds: readonly string[]) {
  for (const { sight, listedAt, seenAt, status } of books) {
    if (!sight || !accountIds.includes(sight.listed.accountId)) continue
    // One that began with the first look, or behind a gap, has no precision: it was so before, and Cloudflare may tell.
    const isEarliest = status?.precisionMs !== null || reportedSince(sight.listed) === null
    const wasSeen = status?.value === sight.listed.status && isEarliest
    yield { sight, listedAt, seenAt, statusSeenSince: wasSeen ? status.from : null }
  }
}

const toDrill = (failover: Failover): Tunnel['lastDrill'] => ({
  failoverId: failover.id,
  at: failover.requestedAt,
  ending:
    failover.state === 'confirmed'
      ? 'confirmed'
      : lateAtOf(failover) === null
        ? 'not-confirmed'
        : 'confirmed-late',
})
