import { randomBytes, randomUUID } from 'node:crypto'
import type { LiveEvent } from '#contract/events.ts'
import type { Session } from '#contract/session.ts'
import { createBudget } from './cloudflare/budget.ts'
import { createClient, type Tokens, type TokenSlot } from './cloudflare/client.ts'
import { createTokenWatch } from './cloudflare/tokens.ts'
import type { Config } from './config.ts'
import { createFailovers } from './failover/run.ts'
import { whoIs } from './identity/guard.ts'
import { createBus } from './live/bus.ts'
import { createPoller } from './poller/poll.ts'
import { createPresent } from './poller/present.ts'
import type { Parts } from './routes/route.ts'
import type { Secret } from './secret.ts'
import type { Store } from './store/open.ts'

/**
 * The parts and who knows whom: the whole wiring on one page. Clock, timers, network and store are
 * handed in, so that `main.ts` and the tests run the very same Tandem.
 */
export type Surroundings = {
  config: Pick<Config, 'mode' | 'host' | 'demoRole' | 'rateLimit' | 'pollShare'>
  accountIds: string[]
  baseUrl: string
  token: Secret
  readToken: Secret | null
  db: Store
  build: string
  now: () => number
  /** Calls back after `ms`; returns what takes it back. */
  after: (ms: number, callback: () => void) => () => void
  random: () => number
  fetch: typeof fetch
  log: Log
}

type Write = (facts: Record<string, unknown>, message: string) => void
export type Log = { debug: Write; info: Write; warn: Write; error: Write }

/** Budget and sweep move all the time: told this often at most. */
const tellPollerMs = 2000

export type Tandem = Awaited<ReturnType<typeof assemble>>

/** Makes the parts. Nothing is asked of Cloudflare before `start`. */
export async function assemble(surroundings: Surroundings) {
  const { config, accountIds, db, now, after, random, log } = surroundings
  const sleep = (ms: number) => new Promise<void>((resolve) => void after(ms, resolve))

  /** A lock-out that was met before a restart still holds. */
  async function slot(secret: Secret): Promise<TokenSlot> {
    const row = await db
      .selectFrom('lockouts')
      .select('until')
      .where('fingerprint', '=', secret.fingerprint)
      .executeTakeFirst()
    return { secret, lockedUntil: row?.until ?? 0 }
  }
  async function slots(token: Secret, readToken: Secret | null): Promise<Tokens> {
    const write = await slot(token)
    return { write, read: readToken ? await slot(readToken) : write }
  }

  const tokens = await slots(surroundings.token, surroundings.readToken)
  const bus = createBus(randomBytes(4).toString('hex'))
  const budget = createBudget({ limit: config.rateLimit, pollShare: config.pollShare, now })
  const streams = new Set<(goodbye?: LiveEvent) => void>()
  let skewMs: number | null = null
  let stopped = false

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
  const present = createPresent({
    now,
    cloudflareNow: () => now() + (skewMs ?? 0),
    publish: bus.publish,
    record: async (looks) => {
      for (const { after: seen, changes } of looks) {
        if (changes.length > 0) log.debug({ tunnelId: seen.listed.id, changes }, 'seen')
      }
    },
    staleAfterMs: () => poller.staleAfterMs(),
  })
  const tokenWatch = createTokenWatch({
    client,
    tokens,
    accountId: accountIds[0] ?? '',
    onChange: () => {
      for (const { purpose, verdict, sentence } of tokenWatch.states()) {
        if (verdict === 'works') log.info({ purpose }, 'the API token works')
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
    onState: () => bus.publish({ type: 'pollerChanged', poller: poller.state(skewMs) }),
    onVerdict: (error) =>
      void tokenWatch.noticeListing(error).catch((err) => log.error({ err }, 'token')),
    warn: log.warn,
  })
  const failovers = createFailovers({
    db,
    client,
    now,
    cloudflareNow: () => now() + (skewMs ?? 0),
    sleep,
    look: poller.look,
    tunnel: present.tunnel,
    setFailover: present.setFailover,
    publish: bus.publish,
    onWrite: tokenWatch.noticeWrite,
    warn: log.warn,
  })

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

  const who = () => whoIs(config)
  const session = (): Session => ({
    mode: config.mode,
    build: surroundings.build,
    accounts: accountIds.map((id) => ({ id })),
    who: who().name,
    role: who().role,
    roleReason: who().reason,
    serverAt: now(),
    tokens: tokenWatch.states(),
    notRecordingSince: null,
    poller: poller.state(skewMs),
  })
  const snapshot = (): LiveEvent => ({
    type: 'snapshot',
    session: session(),
    tunnels: present.tunnels(),
    failovers: failovers.running(),
  })

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

  const parts: Parts = {
    host: config.host,
    accountIds,
    client,
    present,
    poller,
    failovers,
    bus,
    db,
    who,
    session,
    snapshot,
    onWrite: tokenWatch.noticeWrite,
    now,
    requestId: randomUUID,
    log: log.error,
    streams,
  }

  return {
    parts,
    start() {
      poller.start()
      tellPoller()
      void failovers
        .resume()
        .catch((err: unknown) => log.error({ err }, 'could not take up old failovers'))
    },
    /** Ends the watch; streams hear that this is a restart and no outage. */
    stop() {
      stopped = true
      poller.stop()
      failovers.stop()
      for (const end of streams) end({ type: 'bye', at: now() })
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
