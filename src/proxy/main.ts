import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { isIPv6 } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import pino from 'pino'
import type { LiveEvent } from '#contract/events.ts'
import type { Session } from '#contract/session.ts'
import { createApp } from './app.ts'
import { createBudget } from './cloudflare/budget.ts'
import { createClient, type Tokens, type TokenSlot } from './cloudflare/client.ts'
import { createTokenWatch } from './cloudflare/tokens.ts'
import { type Config, helpText, isLoopback, parseConfig } from './config.ts'
import { startDemo } from './demo.ts'
import { createFailovers } from './failover/run.ts'
import { whoIs } from './identity/guard.ts'
import { createBus } from './live/bus.ts'
import { createPoller } from './poller/poll.ts'
import { createPresent } from './poller/present.ts'
import { readPage } from './routes/page.ts'
import type { Parts } from './routes/route.ts'
import { createSecret, type Secret } from './secret.ts'
import { openStore } from './store/open.ts'

/** Env → config → parts → listen: the whole wiring on one page. */

const startedAt = Date.now()
const now = () => Date.now()
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())

function readEnvironment(): Record<string, string | undefined> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

function fail(lines: string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exit(1)
}

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(helpText())
  process.exit(0)
}
const parsed = parseConfig(readEnvironment())
if ('faults' in parsed) fail(parsed.faults)
const { config } = parsed
if (config.mode === 'live' && args.length > 0) {
  fail([`Unknown option ${args[0]}: scenes are for the demo, which runs without a token.`])
}
// Nobody who can look at this process's environment later finds the tokens in it.
delete process.env.CLOUDFLARE_API_TOKEN
delete process.env.CLOUDFLARE_READ_TOKEN

const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
const demo =
  config.mode === 'demo' ? await startDemo(args).catch((e: Error) => fail([e.message])) : null
const accountIds = demo?.accountIds ?? config.accountIds
const baseUrl = demo?.baseUrl ?? config.baseUrl
const token = demo ? createSecret(demo.token) : (config.token as Secret)
const db = await openStore(config.dataDir).catch((error: Error) => {
  demo?.stop()
  return fail([error.message])
})

const slot = (secret: Secret): TokenSlot => ({ secret, lockedUntil: 0 })
const write = slot(token)
const tokens: Tokens = { write, read: config.readToken ? slot(config.readToken) : write }
for (const { fingerprint, until } of await db.selectFrom('lockouts').selectAll().execute()) {
  for (const one of [tokens.read, tokens.write]) {
    if (one.secret.fingerprint === fingerprint) one.lockedUntil = Math.max(one.lockedUntil, until)
  }
}

const bus = createBus(randomBytes(4).toString('hex'))
const budget = createBudget({ limit: config.rateLimit, pollShare: config.pollShare, now })
let skewMs: number | null = null
let notRecordingSince: number | null = null
const streams = new Set<(goodbye?: LiveEvent) => void>()

const client = createClient({
  baseUrl,
  tokens,
  budget,
  now,
  sleep,
  random: Math.random,
  fetch,
  onLocked: (locked, until) => void rememberLockout(locked, until),
  onSkew: (measured) => {
    skewMs = measured
  },
  debug: (facts, message) => log.debug(facts, message),
})
const present = createPresent({
  now,
  publish: bus.publish,
  record: async (looks) => {
    for (const { after, changes } of looks) {
      if (changes.length > 0) log.debug({ tunnelId: after.listed.id, changes }, 'seen')
    }
  },
  staleAfterMs: () => poller.staleAfterMs(),
})
const tokenWatch = createTokenWatch({
  client,
  tokens,
  accountId: accountIds[0] ?? '',
  onChange: () => {
    const states = tokenWatch.states()
    for (const { purpose, verdict, sentence } of states) {
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
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  onState: () => bus.publish({ type: 'pollerChanged', poller: poller.state(skewMs) }),
  onVerdict: (error) =>
    void tokenWatch.noticeListing(error).catch((err) => log.error({ err }, 'token')),
  warn: (facts, message) => log.warn(facts, message),
})
const failovers = createFailovers({
  db,
  client,
  now,
  sleep,
  look: poller.look,
  tunnel: present.tunnel,
  setFailover: present.setFailover,
  publish: bus.publish,
  onWrite: tokenWatch.noticeWrite,
  warn: (facts, message) => log.warn(facts, message),
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
  build,
  accounts: accountIds.map((id) => ({ id })),
  who: who().name,
  role: who().role,
  roleReason: who().reason,
  serverAt: now(),
  tokens: tokenWatch.states(),
  notRecordingSince,
  poller: poller.state(skewMs),
})
const snapshot = (): LiveEvent => ({
  type: 'snapshot',
  session: session(),
  tunnels: present.tunnels(),
  failovers: failovers.running(),
})

/** Bundled, the page lies beside this file; from source, where the build puts it. */
const dist = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/' : './', import.meta.url),
)
const build = readBuild(`${dist}build.json`)
function readBuild(file: string): string {
  if (!existsSync(file)) return 'source'
  return String((JSON.parse(readFileSync(file, 'utf8')) as { build?: unknown }).build)
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
  log: (facts, message) => log.error(facts, message),
  streams,
}
const app = createApp(parts, readPage(`${dist}web`))

const server = serve(
  {
    fetch: app.fetch,
    hostname: config.host,
    port: config.port,
    // Node's own defaults (60 s, 300 s) let slow senders hold their sockets too long.
    serverOptions: {
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      connectionsCheckingInterval: 5_000,
    },
  },
  ({ port }) => announce(config, port),
) as Server
server.on('error', (error: NodeJS.ErrnoException) => {
  demo?.stop()
  const why = { EADDRINUSE: 'is in use', EACCES: 'needs more rights', EADDRNOTAVAIL: 'is not ours' }
  const says = why[error.code as keyof typeof why] ?? `can’t be listened on (${error.code})`
  fail([`Address ${config.host}:${config.port} ${says}: set HOST or PORT.`])
})
poller.start()
void failovers
  .resume()
  .catch((err: unknown) => log.error({ err }, 'could not take up old failovers'))

// Budget and sweep move all the time: told every two seconds, and only when somebody listens.
let toldPoller = ''
setInterval(() => {
  if (streams.size === 0) return
  const state = poller.state(skewMs)
  const text = JSON.stringify(state)
  if (text !== toldPoller) bus.publish({ type: 'pollerChanged', poller: state })
  toldPoller = text
}, 2000).unref()

function announce({ mode, host }: Config, port: number) {
  const shown = isIPv6(host) ? `[${host}]` : host
  const url = `http://${shown}:${port}`
  log.info({ mode, url, build, startedInMs: now() - startedAt }, 'Tandem is running')
  process.stdout.write(`\n  Tandem ${mode === 'demo' ? '(demo) ' : ''}is running: ${url}\n\n`)
  if (who().reason) log.warn(who().reason)
  if (!isLoopback(host)) {
    log.warn('HTTP without TLS beyond this machine: put a TLS proxy in front before others use it.')
  }
}

let stopping = false
/** Ends everything within 5 s: streams hear that this is a restart and no outage. */
function stop() {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(0), 4_500).unref()
  poller.stop()
  failovers.stop()
  for (const end of streams) end({ type: 'bye', at: now() })
  server.close(() => {
    void db.destroy().then(() => {
      demo?.stop()
      process.exit(0)
    })
  })
  server.closeIdleConnections()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

/** New tokens without a restart: SIGHUP reads the environment file again. */
process.on('SIGHUP', () => {
  const again = parseConfig(readEnvironment())
  if ('faults' in again || !again.config.token || config.mode === 'demo') {
    log.error('SIGHUP: the new settings have a fault or hold no token; the old ones stay')
    return
  }
  Object.assign(tokens.write, slot(again.config.token))
  if (tokens.read !== tokens.write) {
    Object.assign(tokens.read, slot(again.config.readToken ?? again.config.token))
  }
  log.info('SIGHUP: the tokens were read again')
  tokenWatch.forget()
  poller.retryNow()
})
// One broken promise is one broken task, not the end of the watch.
process.on('unhandledRejection', (err) => log.error({ err }, 'unhandled rejection'))
