import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { createApp } from './app.ts'
import { assemble } from './assemble.ts'
import { createClock } from './clock.ts'
import { type Config, helpText, isLoopback, parseConfig } from './config.ts'
import { startDemo } from './demo.ts'
import { seedDemoTags } from './demo-tags.ts'
import { type DemoWorld, readDemoWorld } from './demo-world.ts'
import { isUnwatched, seedDemo } from './history/seed.ts'
import { plainAddress } from './identity/address.ts'
import { listen } from './listen.ts'
import { readPage } from './routes/page.ts'
import { createSecret, type Secret } from './secret.ts'
import { readSettings } from './settings.ts'
import { holdFolder } from './store/hold.ts'
import { makeFolder, openStore } from './store/open.ts'
import { watchTerminal } from './terminal.ts'

/** Env → config → parts → listen → end: the process around the parts that `assemble.ts` wires. */

const startedAt = Date.now()
// The database holds what second factors are made of: nobody but its owner reads what is written from here on.
process.umask(0o077)

/** A file of settings that can't be read is a fault of the settings. */
function readConfig(demoFolder: string): ReturnType<typeof parseConfig> {
  try {
    return parseConfig(readSettings(), demoFolder)
  } catch (error) {
    return { faults: [(error as Error).message] }
  }
}

function fail(lines: string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exit(1)
}

const terminal = watchTerminal({
  isTerminal: isatty,
  after: (ms, callback) => setTimeout(callback, ms).unref(),
})

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(helpText())
  process.exit(0)
}
const world = readDemoWorld(args)
if ('fault' in world) fail([world.fault])
const parsed = readConfig(world.folder)
if ('faults' in parsed) fail(parsed.faults)
const { config } = parsed
if (config.mode === 'live' && args.length > 0) {
  fail([`Unknown option ${args[0]}: scenes are for the demo, which runs without a token.`])
}
// No process that this one starts, and no dump of `process.env`, has them. `/proc/self/environ` still does, which
// is why the file is the better place.
const readTokenOfEnvironment = process.env.CLOUDFLARE_READ_TOKEN?.trim() ? config.readToken : null
delete process.env.CLOUDFLARE_API_TOKEN
delete process.env.CLOUDFLARE_READ_TOKEN
delete process.env.TANDEM_OIDC_CLIENT_SECRET

const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime })
/** Whoever wants to read less still needs the hashes of the record. */
const recordLog = log.child({}, { level: config.logLevel === 'silent' ? 'silent' : 'info' })
const { db, notice, checked, letGo } = await takeStore(config.dataDir).catch((error: Error) =>
  fail([error.message]),
)

/** Its folder is this process's for as long as it lives. */
async function takeStore(dataDir: string) {
  makeFolder(dataDir)
  const letGo = holdFolder(dataDir)
  return { ...(await openStore(dataDir, Date.now)), letGo }
}

const demo = config.mode === 'demo' ? await playDemo(world) : null

/** Its first start has a month of history already, and tags. */
async function playDemo({ args, hasPast }: DemoWorld) {
  const isFirst = await isUnwatched(db)
  const pastDays = isFirst && hasPast ? 30 : 0
  const demo = await startDemo(args, pastDays).catch((e: Error) => fail([e.message]))
  if (isFirst) {
    await seedDemo({ db, newId: randomUUID }, demo.replay()).catch((err: unknown) =>
      log.warn({ err }, 'the demo begins without its past'),
    )
    await demo
      .tunnels()
      .then((tunnels) => seedDemoTags(db, tunnels))
      .catch((err: unknown) => log.warn({ err }, 'the demo begins without tags'))
  }
  return demo
}

/** Bundled, the page lies beside this file; from source, where the build puts it. */
const dist = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/' : './', import.meta.url),
)
const build = readBuild(`${dist}build.json`)
function readBuild(file: string): string {
  if (!existsSync(file)) return 'source'
  return String((JSON.parse(readFileSync(file, 'utf8')) as { build?: unknown }).build)
}

const now = createClock({
  wall: Date.now,
  monotonic: () => performance.now(),
  onStepBack: (ms) =>
    log.warn(
      { ms, untilCaughtUpMs: ms * 10 },
      'the system clock was set back; Tandem’s own goes on, more slowly, until it is caught up, which takes ten times as long. Watching goes on; the times that Tandem shows and records are ahead until then. Codes and tokens of others are held to the system clock.',
    ),
})
const tandem = await assemble({
  config,
  accountIds: demo?.accountIds ?? config.accountIds,
  baseUrl: demo?.baseUrl ?? config.baseUrl,
  token: demo ? createSecret(demo.token) : (config.token as Secret),
  readToken: config.readToken,
  db,
  storeNotice: notice,
  storeChecked: checked,
  build,
  now,
  wall: Date.now,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  random: Math.random,
  fetch,
  log: {
    debug: (facts, message) => log.debug(facts, message),
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
    record: (facts, message) => recordLog.info(facts, message),
  },
})

const server = listen(createApp(tandem.parts, readPage(`${dist}web`)), {
  host: config.host,
  port: config.port,
  isExempt: (address) =>
    isLoopback(plainAddress(address)) || config.trustedProxies?.has(plainAddress(address)) === true,
  onListening: (port) => announce(config, port),
})
server.on('error', (error: NodeJS.ErrnoException) => {
  demo?.stop()
  const why = { EADDRINUSE: 'is in use', EACCES: 'needs more rights', EADDRNOTAVAIL: 'is not ours' }
  const says = why[error.code as keyof typeof why] ?? `can’t be listened on (${error.code})`
  fail([`Address ${config.host}:${config.port} ${says}: set HOST or PORT.`])
})
tandem.start()

function announce({ mode, host }: Config, port: number) {
  const shown = isIPv6(host) ? `[${host}]` : host
  const url = `http://${shown}:${port}`
  log.info({ mode, url, build, startedInMs: Date.now() - startedAt }, 'Tandem is running')
  process.stdout.write(`\n  Tandem ${mode === 'demo' ? '(demo) ' : ''}is running: ${url}\n\n`)
  if (!isLoopback(host) && !config.trustedProxies) {
    log.warn('HTTP without TLS beyond this machine: put a TLS proxy in front before others use it.')
  }
}

let stopping = false
/** Ends everything within 5 s. */
function stop() {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(0), 4_000).unref()
  const ended = tandem.stop()
  server.close(() => {
    void ended
      .then(() => db.destroy())
      .finally(() => {
        letGo()
        demo?.stop()
        process.exit(0)
      })
  })
  server.closeIdleConnections()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

/** New tokens without a restart: SIGHUP reads `.env` again. The environment of a process stays as it was started with. */
process.on('SIGHUP', () => {
  if (terminal.isHungUp()) return stop()
  const again = readConfig(world.folder)
  if ('faults' in again || !again.config.token || config.mode === 'demo') {
    const faults = 'faults' in again ? again.faults : []
    log.error(
      { faults },
      'SIGHUP: .env has a fault or holds no token; the old ones stay. What the environment holds, as in a container, changes with a new start only',
    )
    return
  }
  void tandem
    .replaceTokens(again.config.token, again.config.readToken ?? readTokenOfEnvironment)
    .then(() => log.info('SIGHUP: the tokens were read again'))
})
// One broken promise is one broken task, not the end of the watch.
process.on('unhandledRejection', (err) => log.error({ err }, 'unhandled rejection'))
