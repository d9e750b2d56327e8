import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import type { Access, Allowance, Identity } from './access.ts'
import type { Clock } from './clock.ts'
import { readListing } from './filters.ts'
import type { Connector, HaConfiguration, Tunnel, World } from './world.ts'

/**
 * What does Cloudflare answer? Its paths, its checks, its words and its envelope, written from its own
 * reference and not from anything of ours. Each rule's source is in README.md.
 */

export type ApiRequest = {
  method: string
  /** After `/client/v4`, without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** The body as it came. */
  body: string
}

export type ApiAnswer = {
  status: number
  headers: Record<string, string>
  /** The envelope. */
  body: Record<string, unknown>
}

type Answer = { status: number; body: Record<string, unknown>; headers?: Record<string, string> }
type Handler = (context: Context) => Answer
type Context = {
  world: World
  access: Access
  clock: Clock
  request: ApiRequest
  accountId: string
  tunnelId: string
  connectorId: string
}

const success = (result: unknown, more: Record<string, unknown> = {}): Answer => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result, ...more },
})
const failure = (
  status: number,
  code: number,
  message: string,
  more: Record<string, unknown> = {},
): Answer => ({
  status,
  body: { success: false, errors: [{ code, message, ...more }], messages: [], result: null },
})
/** Codes of wrong input are not published; the number is ours, the shape is Cloudflare's. */
const invalid = (message: string, pointer?: string) =>
  failure(400, 1001, message, pointer === undefined ? {} : { source: { pointer } })

const noTunnel = () => failure(404, 1003, 'Tunnel not found')
const noRoute = (path: string): Answer => ({
  status: 404,
  body: {
    success: false,
    errors: [
      {
        code: 7003,
        message: `Could not route to /client/v4${path}, perhaps your object identifier is invalid?`,
      },
      { code: 7000, message: 'No route for that URI' },
    ],
    messages: [],
    result: null,
  },
})

/** Cloudflare prints microseconds. */
const toTime = (at: number, clock: Clock) =>
  new Date(at + clock.offsetMs()).toISOString().replace('Z', '000Z')
const toTimeOrNull = (at: number | null, clock: Clock) => (at === null ? null : toTime(at, clock))

type Stage = Pick<Context, 'world' | 'clock'>

function toTunnel(tunnel: Tunnel, { world, clock }: Stage) {
  const last = tunnel.activity.at(-1)
  const inactiveAt = last === undefined ? tunnel.createdAt : last.to
  return {
    id: tunnel.id,
    account_tag: tunnel.accountId,
    created_at: toTime(tunnel.createdAt, clock),
    deleted_at: toTimeOrNull(tunnel.deletedAt, clock),
    name: tunnel.name,
    // Deprecated and empty since October 2026.
    connections: [],
    conns_active_at: last?.to === null ? toTime(last.from, clock) : null,
    conns_inactive_at: toTimeOrNull(inactiveAt, clock),
    tun_type: 'warp_connector',
    metadata: tunnel.metadata,
    status: world.statusOf(tunnel),
  }
}

function toConnector(connector: Connector, tunnel: Tunnel, { world, clock }: Stage) {
  const haStatus = world.isConnected(connector) ? connector.role : 'offline'
  return {
    id: connector.id,
    features: connector.features,
    version: connector.version,
    arch: connector.arch,
    run_at: toTime(connector.runAt, clock),
    ...(tunnel.ha ? { ha_status: haStatus } : {}),
    conns: world.connsOf(connector).map((connection) => ({
      id: connection.id,
      colo_name: connection.colo,
      client_id: connector.id,
      client_version: connector.version,
      opened_at: toTime(connection.openedAt, clock),
      origin_ip: connector.originIp,
    })),
  }
}

function toConfiguration(tunnel: Tunnel, clock: Clock) {
  const { mode, config, version, createdAt, updatedAt } = tunnel.configuration
  return {
    tunnel_id: tunnel.id,
    configuration_version: version,
    ha_mode: mode,
    // "Present for aws and local modes."
    ...(config === null ? {} : { config }),
    created_at: toTime(createdAt, clock),
    updated_at: toTimeOrNull(updatedAt, clock),
  }
}

/** What listing, connectors and configuration say of one tunnel at this moment. */
export const tellOf = (tunnel: Tunnel, stage: Stage) => ({
  tunnel: toTunnel(tunnel, stage),
  connectors: stage.world.listed(tunnel).map((connector) => toConnector(connector, tunnel, stage)),
  configuration: toConfiguration(tunnel, stage.clock),
})

/** The tunnel of the path, deleted or not. */
function tunnelOf({ world, accountId, tunnelId }: Context): Tunnel | undefined {
  const tunnel = world.tunnels.get(tunnelId)
  return tunnel?.accountId === accountId ? tunnel : undefined
}
/** The tunnel of the path, if it is alive: a deleted one takes no change. */
function liveTunnelOf(context: Context): Tunnel | undefined {
  const tunnel = tunnelOf(context)
  return tunnel?.deletedAt === null ? tunnel : undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function bodyOf({ request }: Context): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(request.body)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
const notAnObject = () => invalid('Request body must be a JSON object')

const nameFault = (name: unknown): Answer | null => {
  if (typeof name !== 'string') return invalid('name must be a string', '/name')
  if (name.trim() === '') return invalid('name must not be empty', '/name')
  if (name.length > 255) return invalid('name must be 255 characters or fewer', '/name')
  return null
}
const nameConflict = () => failure(409, 1013, 'You already have a tunnel with this name')

const isSecret = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^[A-Za-z0-9+/]+={0,2}$/.test(value) &&
  value.length % 4 === 0 &&
  Buffer.from(value, 'base64').length >= 32

const listTunnels: Handler = (context) => {
  const { world, clock, request, accountId } = context
  const listing = readListing(request.query, clock.offsetMs())
  if ('message' in listing) return invalid(listing.message, `/${listing.parameter}`)
  const { page, perPage, matches } = listing
  const all = world.tunnelsOf(accountId).filter((tunnel) => matches(tunnel, world.statusOf(tunnel)))
  const result = all.slice((page - 1) * perPage, page * perPage)
  const total = world.guesses.totalCount === 'all' ? world.tunnelsOf(accountId).length : all.length
  return success(
    result.map((tunnel) => toTunnel(tunnel, context)),
    {
      result_info: {
        page,
        per_page: perPage,
        count: result.length,
        total_count: total,
        total_pages: Math.ceil(total / perPage),
      },
    },
  )
}

const createTunnel: Handler = (context) => {
  const { world, accountId } = context
  const body = bodyOf(context)
  if (body === null) return notAnObject()
  const { name, ha } = body
  const fault = nameFault(name)
  if (fault !== null) return fault
  if (ha !== undefined && typeof ha !== 'boolean') return invalid('ha must be a boolean', '/ha')
  if (world.nameTaken(accountId, String(name))) return nameConflict()
  return success(
    toTunnel(world.addTunnel({ accountId, name: String(name), ha: ha === true }), context),
  )
}

const getTunnel: Handler = (context) => {
  const tunnel = tunnelOf(context)
  return tunnel === undefined ? noTunnel() : success(toTunnel(tunnel, context))
}

const updateTunnel: Handler = (context) => {
  const { world } = context
  const tunnel = liveTunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  const body = bodyOf(context)
  if (body === null) return notAnObject()
  const { name, tunnel_secret: secret } = body
  if (name !== undefined) {
    const fault = nameFault(name)
    if (fault !== null) return fault
    if (world.nameTaken(tunnel.accountId, String(name), tunnel.id)) return nameConflict()
  }
  if (secret !== undefined && !isSecret(secret))
    return invalid('tunnel_secret must be base64 of at least 32 bytes', '/tunnel_secret')
  if (name !== undefined) world.rename(tunnel, String(name))
  if (isSecret(secret)) world.setSecret(tunnel, secret)
  return success(toTunnel(tunnel, context))
}

const deleteTunnel: Handler = (context) => {
  const { world } = context
  const tunnel = liveTunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  if (world.connectedOf(tunnel).length > 0)
    return failure(400, 1022, 'Cannot delete tunnel because it has active connections')
  world.remove(tunnel)
  return success(toTunnel(tunnel, context))
}

const getToken: Handler = (context) => {
  const tunnel = liveTunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  const token = JSON.stringify({ a: tunnel.accountId, t: tunnel.id, s: tunnel.secret })
  return success(Buffer.from(token).toString('base64'))
}

const listConnectors: Handler = (context) => {
  const tunnel = tunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  return success(
    context.world.listed(tunnel).map((connector) => toConnector(connector, tunnel, context)),
  )
}

const getConnector: Handler = (context) => {
  const tunnel = tunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  const connector = context.world.listed(tunnel).find(({ id }) => id === context.connectorId)
  if (connector === undefined) return failure(404, 1003, 'Connector not found')
  return success(toConnector(connector, tunnel, context))
}

// What a failover to a wrong client answers is not documented beyond "4XX": codes and words are ours.
const failOver: Handler = (context) => {
  const { world } = context
  const tunnel = liveTunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  const body = bodyOf(context)
  if (body === null) return notAnObject()
  const clientId = body.client_id
  if (typeof clientId !== 'string' || !uuid.test(clientId))
    return invalid('client_id must be a UUID', '/client_id')
  const behaviour = world.behaviourOf(tunnel)
  if (behaviour.mode === 'refuse')
    return failure(
      behaviour.status ?? 400,
      behaviour.code ?? 1055,
      behaviour.message ?? 'Failover refused',
    )
  if (!tunnel.ha || tunnel.configuration.mode === 'disabled')
    return failure(400, 1051, 'Tunnel is not configured for high availability')
  const target = world.connector(clientId.toLowerCase())
  if (target?.tunnel !== tunnel)
    return failure(400, 1052, 'Client is not linked to this tunnel', {
      source: { pointer: '/client_id' },
    })
  if (!world.isConnected(target.connector))
    return failure(400, 1053, 'Client is offline and cannot be promoted', {
      source: { pointer: '/client_id' },
    })
  world.failOver(tunnel, target.connector, behaviour)
  return success(null)
}

const getConfiguration: Handler = (context) => {
  const tunnel = tunnelOf(context)
  return tunnel === undefined ? noTunnel() : success(toConfiguration(tunnel, context.clock))
}

const isAddressList = (value: unknown): value is { address: string }[] =>
  Array.isArray(value) &&
  value.every(
    (entry) => isRecord(entry) && typeof entry.address === 'string' && isIP(entry.address) !== 0,
  )

/** What is wrong with the configuration of a mode, or null. */
function configFault(mode: HaConfiguration['mode'], config: unknown): Answer | null {
  if (mode === 'none' || mode === 'disabled') {
    const empty =
      config === undefined ||
      config === null ||
      (isRecord(config) && Object.keys(config).length === 0)
    return empty ? null : invalid(`config must be empty for ha_mode ${mode}`, '/config')
  }
  if (!isRecord(config)) return invalid(`config is required for ha_mode ${mode}`, '/config')
  if (mode === 'aws')
    return typeof config.fnr_id === 'string' && /^\S{1,64}$/.test(config.fnr_id)
      ? null
      : invalid('config.fnr_id is required for ha_mode aws', '/config/fnr_id')
  const { vips, vips_previous: previous = [] } = config
  if (!isAddressList(vips) || vips.length < 1 || vips.length > 8)
    return invalid('config.vips must hold 1 to 8 IPv4 or IPv6 addresses', '/config/vips')
  if (!isAddressList(previous) || previous.length > 8)
    return invalid(
      'config.vips_previous must hold at most 8 IPv4 or IPv6 addresses',
      '/config/vips_previous',
    )
  return null
}

const modes = ['none', 'disabled', 'aws', 'local'] as const
const addresses = (value: unknown) =>
  isAddressList(value) ? value.map(({ address }) => ({ address })) : []

const putConfiguration: Handler = (context) => {
  const tunnel = liveTunnelOf(context)
  if (tunnel === undefined) return noTunnel()
  const body = bodyOf(context)
  if (body === null) return notAnObject()
  const mode = modes.find((each) => each === body.ha_mode)
  if (mode === undefined) return invalid(`ha_mode must be one of ${modes.join(', ')}`, '/ha_mode')
  if (!tunnel.ha && mode !== 'disabled')
    return failure(400, 1051, 'Tunnel was not created for high availability', {
      source: { pointer: '/ha_mode' },
    })
  const fault = configFault(mode, body.config)
  if (fault !== null) return fault
  const given = isRecord(body.config) ? body.config : {}
  const kept =
    mode === 'aws'
      ? { fnr_id: given.fnr_id }
      : mode === 'local'
        ? {
            vips: addresses(given.vips),
            ...(given.vips_previous === undefined
              ? {}
              : { vips_previous: addresses(given.vips_previous) }),
          }
        : null
  context.world.configure(tunnel, mode, kept)
  return success(toConfiguration(tunnel, context.clock))
}

type Route = { pattern: RegExp; methods: Record<string, { run: Handler; write: boolean }> }

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const accountPart = '/accounts/(?<account>[0-9a-f]{32})'
const idPart = (name: string) =>
  `(?<${name}>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`
const route = (path: string, methods: Route['methods']): Route => ({
  pattern: new RegExp(`^${accountPart}/warp_connector${path}$`, 'i'),
  methods,
})
const reads = (run: Handler) => ({ run, write: false })
const writes = (run: Handler) => ({ run, write: true })
const onTunnel = `/${idPart('tunnel')}`

const routes: Route[] = [
  route('', { GET: reads(listTunnels), POST: writes(createTunnel) }),
  route(onTunnel, {
    GET: reads(getTunnel),
    PATCH: writes(updateTunnel),
    DELETE: writes(deleteTunnel),
  }),
  // Only reads, but what it reads lets anyone join: it needs a Write permission.
  route(`${onTunnel}/token`, { GET: writes(getToken) }),
  route(`${onTunnel}/connections`, { GET: reads(listConnectors) }),
  route(`${onTunnel}/connectors/${idPart('connector')}`, { GET: reads(getConnector) }),
  route(`${onTunnel}/failover`, { PUT: writes(failOver) }),
  route(`${onTunnel}/configurations`, {
    GET: reads(getConfiguration),
    PUT: writes(putConfiguration),
  }),
]

const verifyAccount = new RegExp(`^${accountPart}/tokens/verify$`, 'i')

/** The verify endpoint of whoever the tokens do not belong to: it does not know them. */
function verifyElsewhere(path: string, { guesses }: World): Answer {
  switch (guesses.verifyElsewhere) {
    case 401:
      return failure(401, 1000, 'Invalid API Token')
    case 403:
      return failure(403, 9109, 'Unauthorized to access requested resource')
    case 404:
      return noRoute(path)
    default:
      return guesses.verifyElsewhere satisfies never
  }
}

/** The verify endpoint of whoever the tokens belong to. */
function verifyToken(
  identity: Identity,
  { access, clock }: Pick<Context, 'access' | 'clock'>,
): Answer {
  const name =
    identity.fault === null
      ? identity.caller === 'key'
        ? null
        : identity.caller
      : identity.fault === 'expired'
        ? identity.token
        : null
  if (name === null) return failure(401, 1000, 'Invalid API Token')
  const { id, expiresAt } = access.tokens[name]
  const expired = identity.fault === 'expired'
  return {
    status: 200,
    body: {
      success: true,
      errors: [],
      messages: expired
        ? [{ code: 10000, message: 'This API Token is expired', type: null }]
        : [{ code: 10000, message: 'This API Token is valid and active', type: null }],
      result: {
        id,
        status: expired ? 'expired' : 'active',
        ...(expiresAt === null ? {} : { expires_on: toTime(expiresAt, clock) }),
      },
    },
  }
}

function identityFault(fault: Exclude<Identity['fault'], null>): Answer {
  switch (fault) {
    case 'missing':
      return failure(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers')
    case 'malformed':
      return failure(400, 6003, 'Invalid request headers', {
        error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }],
      })
    case 'unknown-key':
      return failure(400, 9103, 'Unknown X-Auth-Key or X-Auth-Email')
    case 'unknown-token':
      return failure(401, 10000, 'Authentication error')
    case 'revoked':
    case 'expired':
      return failure(403, 9109, 'Invalid access token')
    default:
      return fault satisfies never
  }
}

const rateLimited = (allowance: Allowance): Answer => ({
  ...failure(
    429,
    971,
    'Please wait and consider throttling your request speed; you have been rate limited',
  ),
  headers: { 'retry-after': String(allowance.resetSeconds) },
})

/** The answer to one request, with what it did to the world done. */
export function answer(
  request: ApiRequest,
  parts: { world: World; access: Access; clock: Clock },
): ApiAnswer {
  const { access, world } = parts
  const identity = access.identify(request.headers)
  const caller = identity.caller
  const allowance =
    caller === null
      ? { limited: false, remaining: access.rate.limit, resetSeconds: access.rate.windowMs / 1_000 }
      : access.spend(caller)
  const finish = ({ status, body, headers = {} }: Answer): ApiAnswer => ({
    status,
    body,
    headers: {
      ratelimit: `"default";r=${allowance.remaining};t=${allowance.resetSeconds}`,
      'ratelimit-policy': `"default";q=${access.rate.limit};w=${access.rate.windowMs / 1_000}`,
      ...headers,
    },
  })

  if (allowance.limited) return finish(rateLimited(allowance))
  if (identity.fault === 'missing' || identity.fault === 'malformed')
    return finish(identityFault(identity.fault))

  const verified = verifyAccount.exec(request.path)?.groups?.account?.toLowerCase()
  if (verified !== undefined || request.path === '/user/tokens/verify') {
    if (request.method !== 'GET') return finish(methodNotAllowed(request.method))
    const isHome =
      verified === undefined
        ? world.guesses.tokensOf === 'user'
        : world.guesses.tokensOf === 'account' && world.accounts.includes(verified)
    return finish(isHome ? verifyToken(identity, parts) : verifyElsewhere(request.path, world))
  }

  if (identity.fault !== null) return finish(identityFault(identity.fault))
  for (const { pattern, methods } of routes) {
    const ids = pattern.exec(request.path)?.groups
    if (ids === undefined) continue
    const operation = methods[request.method]
    if (operation === undefined) return finish(methodNotAllowed(request.method))
    const accountId = (ids.account ?? '').toLowerCase()
    const allowed = world.accounts.includes(accountId) && !(operation.write && caller === 'read')
    if (!allowed) return finish(failure(403, 10000, 'Authentication error'))
    return finish(
      operation.run({
        ...parts,
        request,
        accountId,
        tunnelId: (ids.tunnel ?? '').toLowerCase(),
        connectorId: (ids.connector ?? '').toLowerCase(),
      }),
    )
  }
  return finish(noRoute(request.path))
}

const methodNotAllowed = (method: string) =>
  failure(405, 7001, `Method ${method} not available for that URI.`)
