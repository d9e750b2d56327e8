import { CfConfiguration, CfConnectorList, CfTunnel } from '#contract/cloudflare.ts'
import type { UnknownReason } from '#contract/history.ts'
import type { ProblemKind } from '#contract/problem-kinds.ts'
import type { PollerState } from '#contract/session.ts'
import { shortId } from '#contract/short-id.ts'
import type { Budget, Purpose } from '../cloudflare/budget.ts'
import { type Client, unexpected } from '../cloudflare/client.ts'
import { toConfiguration, toListedTunnel, toSeenConnectors } from '../cloudflare/translate.ts'
import { ProblemError, sentenceOf } from '../problem.ts'
import {
  type Listing,
  type PageQuery,
  proveDeletion,
  readListing,
  toListProblem,
} from './listing.ts'
import type { Present } from './present.ts'
import {
  type AccountSubject,
  listPeriodMs,
  nextListAt,
  nextStep,
  periods,
  sweepPeriodMs,
} from './schedule.ts'

/**
 * The one watcher for all browsers: lists the accounts, reads the connectors one after the other in the
 * order of `schedule.ts`, within the budget, and lands what it sees in the present.
 */
export type Poller = ReturnType<typeof createPoller>

export type PollerDeps = {
  accountIds: string[]
  client: Client
  budget: Budget
  present: Present
  now: () => number
  /** Calls back after `ms`; returns what takes it back. */
  after: (ms: number, callback: () => void) => () => void
  /** Told whenever the state that people see changed. */
  onState: () => void
  /** Told how a listing ended for the token that made it. */
  onVerdict: (error: ProblemError | null) => void
  warn: (facts: Record<string, unknown>, message: string) => void
}

type Account = {
  accountId: string
  listDueAt: number
  /** The last listing, if it came; one that failed has its own time to wait. */
  listed: { sentAt: number; endedAt: number } | null
  busy: boolean
  /** The listing that is under way. */
  listing: Promise<void> | null
  failures: number
  /** A read met a refusal of the token: nothing more is read before a listing has decided. */
  inDoubt: boolean
  /** Why it can't be listed, in a row; null when the last listing came. */
  failure: ProblemError | null
  failingSince: number
  listedAt: number | null
  incompleteSince: number | null
  /** Its last listing, if more were counted than came. */
  uneven: Listing | null
  /** Calls that its last listing took, and milliseconds. */
  pages: number
  tookMs: number
  /** Tunnels that are missing from its listings and of which it is not known yet whether they are gone. */
  missing: Set<string>
}

type Turn = {
  seenAt: number | null
  configuredAt: number | null
  changed: boolean
  notBefore: number
  configurationNotBefore: number
  failures: number
  busy: boolean
}

const parallel = 4
/** Never longer: that Cloudflare answers again is promised to be seen within 15 s. */
const listBackoffMs = [5_000, 10_000, 15_000]
const rejectedBackoffMs = [30_000, 60_000, 120_000, 300_000]
const tunnelBackoffMs = [10_000, 20_000, 40_000, 60_000]
const configurationBackoffMs = 60_000
/** How long somebody who asks for a listing waits for it. */
const listNowMs = 10_000
const staleStepMs = 10_000
/** So many that a listing does not name are asked about after it: the rest after the next ones. */
const mostMissing = 5
/** Between two tries to choose what is next. */
const wakeAgainMs = 5_000
const step = (list: number[], failures: number) => list[Math.min(failures, list.length) - 1] ?? 0

export function createPoller(deps: PollerDeps) {
  const { client, budget, present, now } = deps
  const accounts: Account[] = deps.accountIds.map((accountId) => ({
    accountId,
    listDueAt: 0,
    listed: null,
    busy: false,
    listing: null,
    failures: 0,
    inDoubt: false,
    failure: null,
    failingSince: 0,
    listedAt: null,
    incompleteSince: null,
    uneven: null,
    pages: 1,
    tookMs: 0,
    missing: new Set(),
  }))
  const turns = new Map<string, Turn>()
  const watching = new Map<string, number>()
  const startedAt = now()
  let running = 0
  /** Listings that wait for the budget between two pages. */
  let waiting = 0
  let turn = 0
  /** Grows when the token is replaced: what the old one met says nothing any more. */
  let era = 0
  let stopped = true
  let cancelWake = () => {}
  let sweepStartedAt = startedAt
  let swept: { at: number; ms: number } | null = null
  let since = { state: 'starting' as PollerState['state'], at: startedAt }
  /** Of each account in its order, why it can't be watched. */
  let unwatched = ''

  const turnOf = (tunnelId: string): Turn => {
    const before = turns.get(tunnelId)
    if (before) return before
    const fresh = {
      seenAt: null,
      configuredAt: null,
      changed: true,
      notBefore: 0,
      configurationNotBefore: 0,
      failures: 0,
      busy: false,
    }
    turns.set(tunnelId, fresh)
    return fresh
  }

  /** Whatever goes wrong with one turn, there is a next one. */
  function wake() {
    cancelWake()
    try {
      takeTurns()
    } catch (err) {
      deps.warn({ err }, 'could not find out what to look at next')
      sleepUntil(now() + wakeAgainMs)
    }
  }

  /** Starts as many looks as may run now, then sleeps until the next is due. */
  function takeTurns() {
    // A listing half read goes first: its end wakes us.
    if (stopped || waiting > 0) return
    // After a lock-out one call finds out whether it is really over.
    const most = client.isProbing('tunnelList') ? 1 : parallel
    while (running < most) {
      const lockedUntil = client.lockedUntil('tunnelList')
      if (lockedUntil > now()) return sleepUntil(lockedUntil)
      const waitMs = budget.waitMs('poll')
      if (waitMs > 0) return sleepUntil(now() + waitMs)
      const next = nextStep(accountSubjects(), subjects(), now(), turn, sweepMs())
      if (next.kind === 'wait') return sleepUntil(next.until)
      if (next.kind !== 'list') turn += 1
      running += 1
      void run(next)
        .catch((err: unknown) => deps.warn({ err }, 'a look broke off'))
        .finally(() => {
          running -= 1
          wake()
        })
    }
  }

  function sleepUntil(at: number) {
    cancelWake()
    const ms = Math.min(Math.max(at - now(), 1), 60_000)
    cancelWake = deps.after(ms, wake)
  }

  /** Where others spend too, listings at their usual pace would take all that is left now. */
  function accountSubjects(): AccountSubject[] {
    const periodMs = listPeriodMs(listCalls(), budget.pace())
    return accounts.map(({ accountId, busy, listed, inDoubt, listDueAt }) => ({
      accountId,
      busy,
      listDueAt:
        inDoubt || !listed ? listDueAt : nextListAt(listed.sentAt, listed.endedAt, periodMs),
    }))
  }

  /** Those whose tunnels are asked about. */
  const reachableAccounts = () => accounts.filter((one) => one.failures === 0 && !one.inDoubt)

  function subjects() {
    const reachable = new Set(reachableAccounts().map((one) => one.accountId))
    return present
      .watchable()
      .filter(({ accountId }) => reachable.has(accountId))
      .map(({ tunnelId, ha }) => ({
        tunnelId,
        ha,
        watched: watching.has(tunnelId),
        ...turnOf(tunnelId),
      }))
  }

  async function run(next: Exclude<ReturnType<typeof nextStep>, { kind: 'wait' }>) {
    if (next.kind === 'list') {
      const account = accounts.find((one) => one.accountId === next.accountId)
      if (account) await list(account)
      return
    }
    const its = turnOf(next.tunnelId)
    its.busy = true
    try {
      if (next.kind === 'connectors') {
        await look(next.tunnelId, 'poll')
        its.failures = 0
      } else await readConfiguration(next.tunnelId, 'poll')
    } catch (error) {
      noticeFailure(next.tunnelId, next.kind, error)
    } finally {
      its.busy = false
    }
  }

  function noticeFailure(tunnelId: string, what: 'connectors' | 'configuration', error: unknown) {
    const kind = error instanceof ProblemError ? error.kind : null
    if (kind === 'budget-spent') return
    if (kind === 'locked-out') {
      deps.onState()
      return
    }
    const tunnel = present.tunnel(tunnelId)
    // Gone while it was read: that is what the read found out.
    if (!tunnel || tunnel.deletedAt !== null) return
    deps.warn({ tunnelId, what, err: error }, 'could not look at a tunnel')
    if (error instanceof ProblemError && isRejection(error)) {
      const account = accounts.find((one) => one.accountId === tunnel.accountId)
      // What was under way when the listing was refused says nothing new.
      if (account && !isRejection(account.failure)) {
        account.inDoubt = true
        account.listDueAt = Math.min(account.listDueAt, now())
      }
    }
    const its = turnOf(tunnelId)
    if (what === 'configuration') {
      // Its state is fresh all the same: no reason to look at it less often.
      its.configurationNotBefore = now() + configurationBackoffMs
      return
    }
    its.failures += 1
    its.notBefore = now() + step(tunnelBackoffMs, its.failures)
    present.landTrouble(tunnelId, sentenceOf(error))
  }

  /** Throws `not-found`. */
  function accountOf(tunnelId: string): string {
    const accountId = present.accountOf(tunnelId)
    if (!accountId) throw new ProblemError('not-found', 'Tandem does not know this tunnel.')
    return accountId
  }

  /** Reads one tunnel's connectors now and lands them. Throws the client's ProblemError. */
  async function look(tunnelId: string, purpose: Purpose) {
    const accountId = accountOf(tunnelId)
    const its = turnOf(tunnelId)
    // Before the call: what changes while it is under way asks for another look.
    its.changed = false
    try {
      const answer = await client.call('connectorList', { accountId, tunnelId }, { purpose })
      its.seenAt = answer.at
      const seen = toSeenConnectors(CfConnectorList.parse(answer.result))
      if (seen.nameless > 0 && !namesAll(tunnelId, seen.connectors)) {
        const looks = 'a list with connectors that have no id'
        throw unexpected('connectorList', 200, answer.ray, looks)
      }
      await present.landConnectors(tunnelId, seen, answer.sentAt, answer.at)
      noticeSweep()
      return seen.connectors
    } catch (error) {
      if (error instanceof ProblemError && error.kind === 'not-found') {
        await confirmDeletion(tunnelId, accountId, purpose)
      }
      throw error
    }
  }

  /** Whether somebody is named, and all who are known: where a row can't be read, absence proves nothing. */
  function namesAll(tunnelId: string, seen: { id: string }[]): boolean {
    const named = new Set(seen.map(({ id }) => id))
    const known = present.connectors(tunnelId)?.connectors ?? []
    return named.size > 0 && known.every(({ id }) => named.has(id))
  }

  /** Reads one tunnel's HA configuration now and lands it. */
  async function readConfiguration(tunnelId: string, purpose: Purpose) {
    const ids = { accountId: accountOf(tunnelId), tunnelId }
    const sentAt = now()
    const cf = await client.call('configurationGet', ids, { purpose }).then(
      (answer) => CfConfiguration.parse(answer.result),
      async (error: unknown) => {
        if (!(error instanceof ProblemError) || error.kind !== 'not-found') throw error
        // Newer than the rest of the API: some accounts answer 404 to it.
        if (!present.configuration(tunnelId)?.reported) return null
        // It was there before: its tunnel may be gone, but it did not lose its mode.
        await confirmDeletion(tunnelId, ids.accountId, purpose)
        throw error
      },
    )
    turnOf(tunnelId).configuredAt = now()
    const configuration = toConfiguration(cf, tunnelId, now())
    await present.landConfiguration(configuration, sentAt, now())
    return configuration
  }

  /** Reads one tunnel itself and lands it. Throws `not-found` when Cloudflare does not know it. */
  async function readTunnel(tunnelId: string, purpose: Purpose) {
    const accountId = accountOf(tunnelId)
    const answer = await client
      .call('tunnelGet', { accountId, tunnelId }, { purpose })
      .catch((error: unknown) => {
        // One read proves no deletion; a look at its connectors or the listings will.
        if (error instanceof ProblemError && error.kind === 'not-found') poke(tunnelId)
        throw error
      })
    const listed = toListedTunnel(CfTunnel.parse(answer.result), accountId)
    if (listed?.id === tunnelId) await present.landTunnel(listed, answer.sentAt, answer.at)
  }

  /** Reads whether it was deleted, and lands it if so. Throws `not-found` where only listings can tell. */
  async function confirmDeletion(
    tunnelId: string,
    accountId: string,
    purpose: Purpose,
    { isUnlisted = false } = {},
  ) {
    const read = () => client.call('tunnelGet', { accountId, tunnelId }, { purpose })
    const deletedAt = await proveDeletion(accountId, read, isUnlisted ? now : null)
    if (deletedAt !== null) await present.landDeleted(tunnelId, deletedAt)
  }

  /** Of the tunnels that a listing did not name, those that are gone; a failure concerns only its own. */
  async function confirmDeletions({ accountId, missing }: Account) {
    for (const tunnelId of [...missing].slice(0, mostMissing)) {
      if (stopped) return
      missing.delete(tunnelId)
      try {
        await whenAllowed(() => confirmDeletion(tunnelId, accountId, 'poll', { isUnlisted: true }))
      } catch (error) {
        deps.warn({ tunnelId, err: error }, 'could not find out whether a tunnel was deleted')
      }
    }
  }

  /**
   * The next call of a listing, as soon as polling may ask: it is not given up for having to wait, and
   * nobody takes its turn before it has left. Throws `budget-spent` when Tandem stops meanwhile.
   */
  async function whenAllowed<T>(call: () => Promise<T>): Promise<T> {
    waiting += 1
    try {
      for (let ms = budget.waitMs('poll'); ms > 0 && !stopped; ms = budget.waitMs('poll')) {
        await new Promise<void>((resolve) => void deps.after(ms, resolve))
      }
      if (stopped) throw new ProblemError('budget-spent', 'Tandem stops and asks nothing more.')
      return call()
    } finally {
      waiting -= 1
      // Whatever came meanwhile was sent away without a timer.
      if (waiting === 0) wake()
    }
  }

  /** Not all listings are made in turn: also one that somebody asked for ends with a look at what is next. */
  function list(account: Account): Promise<void> {
    account.listing ??= listOnce(account).finally(() => {
      account.listing = null
      wake()
    })
    return account.listing
  }

  /**
   * Lists every account now, whosever turn it is, and resolves with how that ended for the token: null, it
   * worked for one account at least. One that is under way counts; one that takes long is not waited for.
   */
  async function listNow(): Promise<ProblemError | null> {
    const askedAt = now()
    if (client.lockedUntil('tunnelList') > askedAt)
      return new ProblemError('locked-out', 'Cloudflare is refusing calls for a while.')
    await Promise.race([
      Promise.all(accounts.map(list)),
      new Promise<void>((resolve) => void deps.after(listNowMs, resolve)),
    ])
    wake()
    if (accounts.some(({ listedAt }) => listedAt !== null && listedAt >= askedAt)) return null
    const failed = accounts.find(({ failure }) => failure !== null)?.failure
    return failed ?? new ProblemError('budget-spent', 'Cloudflare has not answered yet.')
  }

  async function listOnce(account: Account) {
    account.busy = true
    const { accountId } = account
    let sentAt = now()
    let endedAt: number | null = null
    let isSent = false
    const its = era
    const ask = (query: PageQuery) =>
      whenAllowed(() => {
        // One that somebody asked for may have had to wait: that it took long is not the list's doing.
        if (!isSent) sentAt = now()
        isSent = true
        return client.call('tunnelList', { accountId }, { purpose: 'poll', query })
      })
    try {
      let listing = await readListing(accountId, ask, account.uneven)
      // Something moved between two pages, or more were counted than came: once more, then make do with what came.
      if (!listing.complete) listing = await readListing(accountId, ask, listing)
      const { complete, surplus } = listing
      account.uneven = surplus > 0 ? listing : null
      endedAt = now()
      account.pages = listing.pages
      account.tookMs = endedAt - sentAt
      account.failures = 0
      account.failure = null
      account.inDoubt = false
      account.listedAt = endedAt
      const { changedIds, absentIds, missingIds } = await present.landListing(
        accountId,
        listing.tunnels,
        { complete, surplus, sentAt, at: endedAt },
      )
      for (const tunnelId of changedIds) {
        turnOf(tunnelId).changed = true
        turnOf(tunnelId).configuredAt = null
      }
      deps.onVerdict(null)
      for (const tunnelId of missingIds) account.missing.add(tunnelId)
      await confirmDeletions(account)
      // Whoever is alive and was not named is among those that were counted and did not come; who is yet to be asked
      // about may be deleted.
      const isAlive = (id: string) =>
        present.tunnel(id)?.deletedAt === null && !account.missing.has(id)
      const lacksOne = surplus > 0 && absentIds.some(isAlive)
      account.incompleteSince = complete && !lacksOne ? null : (account.incompleteSince ?? endedAt)
      noticeSweep()
    } catch (error) {
      if (its === era) noticeListFailure(account, error)
    } finally {
      account.busy = false
      const backoff = isRejection(account.failure) ? rejectedBackoffMs : listBackoffMs
      account.listed =
        endedAt !== null && account.failures === 0 && its === era ? { sentAt, endedAt } : null
      account.listDueAt =
        account.failures > 0 ? now() + step(backoff, account.failures) : sentAt + periods.listMs
      if (its !== era) account.listDueAt = now()
      noticeState()
    }
  }

  function noticeListFailure(account: Account, error: unknown) {
    const problem = toListProblem(error, account.accountId)
    // Our own waiting is no failure of Cloudflare's.
    if (problem.kind === 'budget-spent' || problem.kind === 'locked-out') return
    if (account.failures === 0) account.failingSince = now()
    account.failures += 1
    account.failure = problem
    deps.warn({ accountId: account.accountId, err: problem }, 'could not list tunnels')
    // Where it lists another account, the token itself works.
    if (accounts.every((one) => one.failure !== null)) deps.onVerdict(problem)
  }

  /** Every tunnel was read, but for those that can't be: no account or tunnel that fails keeps a sweep from its end. */
  function noticeSweep() {
    const reachable = new Map(reachableAccounts().map((one) => [one.accountId, one]))
    const isEarlier = (at: number | null) => at === null || at < sweepStartedAt
    if (reachable.size === 0) return
    if ([...reachable.values()].some(({ listedAt }) => isEarlier(listedAt))) return
    const watchable = new Set<string>()
    for (const { tunnelId, accountId } of present.watchable()) {
      const { seenAt, failures } = turnOf(tunnelId)
      if (failures === 0 && reachable.has(accountId) && isEarlier(seenAt)) return
      watchable.add(tunnelId)
    }
    // Whoever deleted the others: their number tells how long a sweep takes, and what is stale.
    for (const tunnelId of turns.keys()) if (!watchable.has(tunnelId)) turns.delete(tunnelId)
    swept = { at: now(), ms: now() - sweepStartedAt }
    sweepStartedAt = now()
    noticeState()
  }

  /** How many tunnels were read, while some never were. */
  function firstSweep(): PollerState['firstSweep'] {
    const all = present.watchable()
    const read = all.filter(({ wasRead }) => wasRead).length
    return read === all.length ? null : { read, of: all.length }
  }

  function stateNow(): Pick<PollerState, 'state' | 'reason' | 'until'> {
    const lockedUntil = client.lockedUntil('tunnelList')
    if (lockedUntil > now()) {
      return {
        state: 'paused',
        reason:
          'Cloudflare refuses calls: too many were made with the token that Tandem watches with.',
        until: lockedUntil,
      }
    }
    const [first] = accounts
    if (first?.failure && accounts.every((account) => isRejection(account.failure))) {
      return { state: 'rejected', reason: first.failure.message, until: first.listDueAt }
    }
    const failing = accounts.find(fails)
    if (failing?.failure) {
      const many = accounts.length > 1 ? `Account ${shortId(failing.accountId)}: ` : ''
      return { state: 'failing', reason: many + failing.failure.message, until: failing.listDueAt }
    }
    const started = accounts.every((account) => account.listedAt !== null)
    return { state: started ? 'running' : 'starting', reason: null, until: null }
  }

  /**
   * Why the watch does not run, in a word of Tandem's own; null: it does, or has not looked yet. The sentence of
   * `state` may be Cloudflare's.
   */
  function problem(): ProblemKind | null {
    if (client.lockedUntil('tunnelList') > now()) return 'locked-out'
    const failing = accounts.find((one) => fails(one) || one.listedAt === null)
    return failing?.failure?.kind ?? null
  }

  const whyNot = (account: Account): UnknownReason | null => {
    if (client.lockedUntil('tunnelList') > now()) return 'locked-out'
    if (!fails(account)) return null
    return isRejection(account.failure) ? 'token-rejected' : 'cloudflare-unreachable'
  }

  /** Whether no account at all can be listed. */
  const isBlind = () => accounts.every((account) => whyNot(account) !== null)

  function noticeState() {
    const { state } = stateNow()
    const reasons = accounts.map(whyNot).join()
    if (state === since.state && reasons === unwatched) return
    if (state !== since.state) since = { state, at: now() }
    unwatched = reasons
    deps.onState()
  }

  /** Why nobody can look at an account, as history says it; null: somebody can. */
  function whyUnwatched(accountId: string): UnknownReason | null {
    noticeState()
    const account = accounts.find((one) => one.accountId === accountId)
    return account ? whyNot(account) : null
  }

  /** How the watch goes, in a word. */
  function phase(): PollerState['state'] {
    noticeState()
    return since.state
  }

  /** What people see of the poller. `clockSkewMs` is the client's to tell. */
  function state(clockSkewMs: number | null): PollerState {
    noticeState()
    const oldest = (values: (number | null)[]) =>
      values.some((value) => value === null) ? null : Math.min(...values.map(Number))
    const incomplete = accounts.map((one) => one.incompleteSince).filter((at) => at !== null)
    return {
      ...stateNow(),
      since: since.at,
      listedAt: oldest(accounts.map((account) => account.listedAt)),
      listIncompleteSince: incomplete.length > 0 ? Math.min(...incomplete) : null,
      sweptAt: swept?.at ?? null,
      sweepMs: swept?.ms ?? null,
      firstSweep: firstSweep(),
      budget: budget.state(),
      clockSkewMs,
    }
  }

  /** Opens a watch: the tunnel is asked again within 2 s. Returns what ends it. */
  function watch(tunnelId: string): () => void {
    watching.set(tunnelId, (watching.get(tunnelId) ?? 0) + 1)
    wake()
    return () => {
      const left = (watching.get(tunnelId) ?? 1) - 1
      if (left > 0) watching.set(tunnelId, left)
      else watching.delete(tunnelId)
    }
  }

  /** Something was just changed there, or may have been: look soon, at the configuration too. */
  function poke(tunnelId: string) {
    Object.assign(turnOf(tunnelId), { changed: true, configuredAt: null })
    wake()
  }

  /** Calls that listing every account takes. */
  const listCalls = () => accounts.reduce((sum, { pages }) => sum + pages, 0)
  const sweepMs = () => sweepPeriodMs(turns.size, listCalls(), budget.msPerPoll)

  /** How often a tunnel's listing and its connectors are looked at, milliseconds. */
  function periodMs(part: 'listed' | 'connectors', ha: boolean | null): number {
    if (part === 'connectors') return ha === false ? Math.max(sweepMs(), periods.restMs) : sweepMs()
    const slowest = Math.max(...accounts.map(({ tookMs }) => tookMs))
    return nextListAt(0, slowest, listPeriodMs(listCalls(), budget.msPerPoll))
  }

  /**
   * What was not seen for so long is stale: 2.5 periods, 30 s at least. In steps, so that one tunnel more does not
   * have every row told anew.
   */
  const staleAfterMs = () =>
    Math.max(30_000, Math.round((2.5 * sweepMs()) / staleStepMs) * staleStepMs)

  /** The token was replaced: ask at once, and forget what the old one met. */
  function retryNow() {
    era += 1
    for (const account of accounts) Object.assign(account, { listDueAt: 0, listed: null })
    wake()
  }

  return {
    start: () => {
      stopped = false
      wake()
    },
    stop: () => {
      stopped = true
      cancelWake()
    },
    look,
    readConfiguration,
    readTunnel,
    watch,
    poke,
    retryNow,
    listNow,
    phase,
    state,
    problem,
    isBlind,
    whyUnwatched,
    staleAfterMs,
    periodMs,
    /**
     * True once every account was listed or failed with a reason: from then on there is something to show. It does
     * not wait for every tunnel's connectors, which takes minutes for a thousand.
     */
    hasLooked: () => accounts.every((one) => one.listedAt !== null || one.failure !== null),
  }
}

/** One failed listing may be a passing thing; a refusal is not. */
const fails = ({ failures, failure }: Pick<Account, 'failures' | 'failure'>) =>
  failures >= 2 || isRejection(failure)

const isRejection = (problem: ProblemError | null) =>
  problem?.kind === 'token-rejected' || problem?.kind === 'permission-missing'
