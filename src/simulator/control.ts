import * as z from 'zod/mini'
import type { Access, TokenName } from './access.ts'
import type { Clock } from './clock.ts'
import { Fault, type Faults } from './faults.ts'
import type { RequestLog } from './request-log.ts'
import { type SceneName, scenes } from './scenes/all.ts'
import { type Connector, type Tunnel, usualGuesses, type World } from './world.ts'

/** The API under `/__simulator`, with which tests and demos play fate. JSON in and out, no sign-in. */

export type ControlAnswer = { status: number; body: unknown }
export type ControlParts = {
  /** Begins anew, as at the start but for what is said; answers with what the start printed. */
  reset: (change: z.infer<typeof Beginning>) => unknown
  world: World
  access: Access
  clock: Clock
  faults: Faults
  log: RequestLog
}

const Beginning = z.strictObject({
  scene: z.optional(z.enum(Object.keys(scenes) as SceneName[])),
  seed: z.optional(z.number().check(z.int(), z.nonnegative())),
  tunnels: z.optional(z.number().check(z.int(), z.positive())),
  accounts: z.optional(z.number().check(z.int(), z.positive())),
})

/** Input that makes no sense: told as plain text. */
class BadInput extends Error {
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

const ok = (body: unknown = { ok: true }): ControlAnswer => ({ status: 200, body })
const ms = z.number().check(z.nonnegative())
const text = z.string().check(z.minLength(1))
const whole = z.number().check(z.int(), z.nonnegative())

function read<T extends z.ZodMiniType>(schema: T, body: unknown): z.infer<T> {
  const parsed = z.safeParse(schema, body)
  if (parsed.success) return parsed.data
  throw new BadInput(z.prettifyError(parsed.error))
}

type Input = ControlParts & { ids: string[]; query: URLSearchParams; body: unknown }
type Action = (input: Input) => ControlAnswer

const onConnector =
  (run: (connector: Connector, tunnel: Tunnel, input: Input) => unknown): Action =>
  (input) => {
    const found = input.world.connector(input.ids[0] ?? '')
    if (found === undefined) throw new BadInput('No such connector', 404)
    return ok(run(found.connector, found.tunnel, input) ?? { ok: true })
  }
const onTunnel =
  (run: (tunnel: Tunnel, input: Input) => unknown): Action =>
  (input) => {
    const tunnel = input.world.tunnels.get(input.ids[0] ?? '')
    if (tunnel === undefined) throw new BadInput('No such tunnel', 404)
    return ok(run(tunnel, input) ?? { ok: true })
  }
const onToken =
  (run: (name: TokenName, input: Input) => unknown): Action =>
  (input) => {
    run(input.ids[0] === 'read' ? 'read' : 'write', input)
    return ok(input.access.stateOf(input.ids[0] === 'read' ? 'read' : 'write'))
  }

function stateOf({ world, clock, access }: ControlParts) {
  return {
    now: clock.now(),
    frozen: clock.frozen(),
    speed: clock.speed(),
    accounts: world.accounts,
    tunnels: [...world.tunnels.values()].map((tunnel) => ({
      id: tunnel.id,
      accountId: tunnel.accountId,
      name: tunnel.name,
      status: world.statusOf(tunnel),
      ha: tunnel.ha,
      haMode: tunnel.configuration.mode,
      deleted: tunnel.deletedAt !== null,
      connectors: tunnel.connectors.map((connector) => ({
        id: connector.id,
        haStatus: world.isConnected(connector) ? connector.role : 'offline',
        connected: world.isConnected(connector),
        version: connector.version,
        colos: connector.connections.map(({ colo }) => colo),
        originIps: [connector.originIp],
      })),
    })),
    tokens: { write: access.stateOf('write'), read: access.stateOf('read') },
  }
}

const newConnector = z.strictObject({
  colo: z._default(text, 'lhr16'),
  originIp: z._default(text, '198.51.100.99'),
  version: z.optional(text),
})

const Guesses = z.strictObject({
  totalCount: z._default(z.enum(['filtered', 'all']), usualGuesses.totalCount),
  lostConns: z._default(z.enum(['gone', 'linger']), usualGuesses.lostConns),
  modeWithoutHa: z._default(z.enum(['disabled', 'none']), usualGuesses.modeWithoutHa),
  tokensOf: z._default(z.enum(['account', 'user']), usualGuesses.tokensOf),
  verifyElsewhere: z._default(z.literal([401, 403, 404]), usualGuesses.verifyElsewhere),
})

const actions: [method: string, path: RegExp, run: Action][] = [
  ['GET', /^\/state$/, (input) => ok(stateOf(input))],
  ['POST', /^\/reset$/, ({ reset, body }) => ok(reset(read(Beginning, body)))],

  [
    'POST',
    /^\/connectors\/([^/]+)\/kill$/,
    onConnector((connector, tunnel, { world }) => world.kill(connector, tunnel)),
  ],
  [
    'POST',
    /^\/connectors\/([^/]+)\/revive$/,
    onConnector((connector, tunnel, { world }) => world.revive(connector, tunnel)),
  ],
  [
    'POST',
    /^\/connectors\/([^/]+)\/flap$/,
    onConnector((connector, tunnel, { world, body }) => {
      const input = z.strictObject({ times: whole, everyMs: ms })
      const { times, everyMs } = read(input, body)
      // Down at 0, up half a period later, and again.
      for (let count = 0; count < times; count += 1) {
        const from = world.now() + count * everyMs
        world.schedule(from, () => world.kill(connector, tunnel))
        world.schedule(from + everyMs / 2, () => world.revive(connector, tunnel))
      }
      world.advance(world.now())
    }),
  ],
  [
    'POST',
    /^\/connectors\/([^/]+)\/move$/,
    onConnector((connector, _, { world, body }) =>
      world.move(connector, read(z.strictObject({ colo: text }), body).colo),
    ),
  ],
  [
    'POST',
    /^\/connectors\/([^/]+)\/upgrade$/,
    onConnector((connector, _, { world, body }) =>
      world.upgrade(connector, read(z.strictObject({ version: text }), body).version),
    ),
  ],

  [
    'POST',
    /^\/tunnels$/,
    ({ world, body }) => {
      const input = read(
        z.strictObject({
          accountId: z.optional(text),
          name: text,
          ha: z._default(z.boolean(), true),
          connectors: z._default(whole, 2),
        }),
        body,
      )
      const accountId = input.accountId ?? world.accounts[0] ?? ''
      if (!world.accounts.includes(accountId)) throw new BadInput('No such account', 404)
      const connectors = Array.from({ length: input.connectors }, (_, index) => ({
        colos: ['lhr16', 'lhr13'],
        originIp: `198.51.100.${(index + 1) % 256}`,
        role: index === 0 ? ('active' as const) : ('passive' as const),
      }))
      const { name, ha } = input
      const { id } = world.addTunnel({ accountId, name, ha, connectors })
      return ok({ id })
    },
  ],
  [
    'POST',
    /^\/tunnels\/([^/]+)\/swap$/,
    onTunnel((tunnel, { world, body }) =>
      world.swap(tunnel, read(z.strictObject({ connectorId: z.optional(text) }), body).connectorId),
    ),
  ],
  ['POST', /^\/tunnels\/([^/]+)\/delete$/, onTunnel((tunnel, { world }) => world.remove(tunnel))],
  [
    'POST',
    /^\/tunnels\/([^/]+)\/rename$/,
    onTunnel((tunnel, { world, body }) =>
      world.rename(tunnel, read(z.strictObject({ name: z.string() }), body).name),
    ),
  ],
  [
    'POST',
    /^\/tunnels\/([^/]+)\/add-connector$/,
    onTunnel((tunnel, { world, body }) => {
      const { colo, originIp, version } = read(newConnector, body)
      const seed = { colos: [colo, colo], originIp, ...(version === undefined ? {} : { version }) }
      return { id: world.join(tunnel, seed).id }
    }),
  ],
  [
    'POST',
    /^\/tunnels\/([^/]+)\/none-active$/,
    onTunnel((tunnel, { world, body }) =>
      world.holdWithoutActive(tunnel, read(z.strictObject({ forMs: ms }), body).forMs),
    ),
  ],
  [
    'POST',
    /^\/tunnels\/([^/]+)\/both-active$/,
    onTunnel((tunnel, { world, body }) =>
      world.makeBothActive(tunnel, read(z.strictObject({ forMs: ms }), body).forMs),
    ),
  ],
  [
    'POST',
    /^\/tunnels\/([^/]+)\/metadata$/,
    onTunnel((tunnel, { world, body }) =>
      world.setMetadata(tunnel, read(z.strictObject({ metadata: z.unknown() }), body).metadata),
    ),
  ],

  [
    'POST',
    /^\/failover$/,
    ({ world, body }) => {
      const { tunnelId, ...behaviour } = read(
        z.strictObject({
          tunnelId: z.optional(text),
          mode: z.enum(['normal', 'never', 'flip-back', 'other', 'refuse']),
          demoteMs: z.optional(ms),
          promoteMs: z.optional(ms),
          status: z.optional(whole),
          code: z.optional(z.number()),
          message: z.optional(z.string()),
        }),
        body,
      )
      if (tunnelId === undefined) world.behaviours.clear()
      world.behaviours.set(tunnelId ?? '*', behaviour)
      return ok()
    },
  ],
  [
    'POST',
    /^\/guesses$/,
    ({ world, body }) => ok(Object.assign(world.guesses, read(Guesses, body))),
  ],
  [
    'POST',
    /^\/clock$/,
    (input) => {
      const { clock, world } = input
      const { freeze, advanceMs, speed, offsetMs } = read(
        z.strictObject({
          freeze: z.optional(z.boolean()),
          advanceMs: z.optional(ms),
          speed: z.optional(z.number().check(z.positive())),
          offsetMs: z.optional(z.number()),
        }),
        input.body,
      )
      if (freeze !== undefined) clock.freeze(freeze)
      if (speed !== undefined) clock.setSpeed(speed)
      if (offsetMs !== undefined) clock.setOffset(offsetMs)
      if (advanceMs !== undefined) clock.advance(advanceMs)
      world.advance(clock.now())
      return ok({
        now: clock.now(),
        frozen: clock.frozen(),
        speed: clock.speed(),
        offsetMs: clock.offsetMs(),
      })
    },
  ],

  ['GET', /^\/faults$/, ({ faults }) => ok(faults.list())],
  [
    'POST',
    /^\/faults$/,
    ({ faults, body }) => {
      const fault = read(Fault, body)
      try {
        return ok({ id: faults.add(fault) })
      } catch (error) {
        throw new BadInput(`match.path: ${error instanceof Error ? error.message : 'bad'}`)
      }
    },
  ],
  [
    'DELETE',
    /^\/faults\/([^/]+)$/,
    ({ faults, ids }) => {
      if (!faults.remove(ids[0] ?? '')) throw new BadInput('No such fault', 404)
      return ok()
    },
  ],
  [
    'DELETE',
    /^\/faults$/,
    ({ faults }) => {
      faults.clear()
      return ok()
    },
  ],

  [
    'POST',
    /^\/tokens\/(read|write)\/revoke$/,
    onToken((name, { access }) => {
      access.tokens[name].revoked = true
    }),
  ],
  [
    'POST',
    /^\/tokens\/(read|write)\/restore$/,
    onToken((name, { access }) => access.restore(name)),
  ],
  [
    'POST',
    /^\/tokens\/(read|write)\/expire$/,
    onToken((name, { access, clock, body }) => {
      access.tokens[name].expiresAt =
        read(z.strictObject({ at: z.optional(z.number()) }), body).at ?? clock.wall()
    }),
  ],
  [
    'POST',
    /^\/tokens\/(read|write)\/spend$/,
    onToken((name, { access, body }) =>
      access.spend(name, read(z.strictObject({ calls: whole }), body).calls),
    ),
  ],
  [
    'POST',
    /^\/tokens\/(read|write)\/lock$/,
    onToken((name, { access, body }) =>
      access.lock(name, read(z.strictObject({ seconds: ms }), body).seconds * 1_000),
    ),
  ],
  [
    'POST',
    /^\/rate-limit$/,
    ({ access, body }) => {
      const { limit, windowMs } = read(
        z.strictObject({ limit: z.optional(whole), windowMs: z.optional(ms) }),
        body,
      )
      if (limit !== undefined) access.rate.limit = limit
      if (windowMs !== undefined) access.rate.windowMs = windowMs
      return ok(access.rate)
    },
  ],

  [
    'GET',
    /^\/requests$/,
    ({ log, query }) => {
      const since = query.get('since') ?? '0'
      if (!/^\d+$/.test(since)) throw new BadInput('since must be a number')
      return ok(log.since(Number(since)))
    },
  ],
  [
    'DELETE',
    /^\/requests$/,
    ({ log }) => {
      log.clear()
      return ok()
    },
  ],
]

/**
 * @param path after `/__simulator`
 * @param text the body as it came; empty counts as `{}`
 */
export function control(
  request: { method: string; path: string; query: URLSearchParams; text: string },
  parts: ControlParts,
): ControlAnswer {
  parts.world.advance(parts.clock.now())
  try {
    for (const [method, path, run] of actions) {
      const ids = path.exec(request.path)
      if (ids === null || method !== request.method) continue
      const body: unknown = request.text === '' ? {} : JSON.parse(request.text)
      return run({ ...parts, ids: ids.slice(1), query: request.query, body })
    }
    return { status: 404, body: `Nothing at ${request.method} /__simulator${request.path}` }
  } catch (error) {
    if (error instanceof BadInput) return { status: error.status, body: error.message }
    if (error instanceof SyntaxError) return { status: 400, body: `Not JSON: ${error.message}` }
    throw error
  }
}
