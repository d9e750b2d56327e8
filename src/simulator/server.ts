import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createAccess } from './access.ts'
import { answer, tellOf } from './answers.ts'
import { createClock } from './clock.ts'
import { control } from './control.ts'
import { deliver } from './deliver.ts'
import { applies, createFaults, distort } from './faults.ts'
import { startLife } from './life.ts'
import { createRandom } from './random.ts'
import { createRequestLog } from './request-log.ts'
import { type SceneName, scenes } from './scenes/all.ts'
import { createTape } from './tape.ts'
import { createWorld } from './world.ts'

export type SimulatorOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  seed: number
  scene: SceneName
  tunnels: number
  accounts: number
  /** Whether anything happens by itself. */
  life: boolean
  speed: number
  /** How many days of the world's past are lived before it is needed; the scene demo alone has one. */
  past: number
  /** Calls per token in 300 s. */
  limit: number
}

export const defaults: SimulatorOptions = {
  host: '127.0.0.1',
  port: 4010,
  seed: 1,
  scene: 'demo',
  tunnels: 1_000,
  accounts: 20,
  life: true,
  speed: 1,
  past: 0,
  limit: 1_200,
}

const apiPrefix = '/client/v4'
const controlPrefix = '/__simulator'
const largestBody = 1_000_000
const warmUpMs = 10 * 60_000

/** The body as text, or null when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > largestBody) return null
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A world at its beginning, with who may ask about it and what is played with it. */
function begin(options: SimulatorOptions, real: () => number) {
  const { seed, scene, tunnels, accounts, life, speed, past, limit } = options
  const clock = createClock(real, speed)
  const endsAt = clock.now()
  const pastMs = past * 24 * 3_600_000
  const world = createWorld({ random: createRandom(seed, 'world'), startAt: endsAt - pastMs })
  const access = createAccess({ random: createRandom(seed, 'access'), wall: clock.wall, limit })
  const tape =
    pastMs > 0
      ? createTape({
          world,
          random: createRandom(seed, 'tape'),
          tell: (tunnel) => tellOf(tunnel, { world, clock }),
        })
      : null
  const lively = scenes[scene]({
    world,
    random: createRandom(seed, 'scene'),
    tunnels,
    accounts,
    past: tape ? { ms: pastMs, random: createRandom(seed, 'past'), tape } : undefined,
  })
  if (life)
    // A world with a past is as lively for some minutes already: its end does not show.
    world.schedule(endsAt - Math.min(pastMs, warmUpMs), () =>
      startLife(world, createRandom(seed, 'life'), lively),
    )
  world.advance(endsAt)
  return {
    world,
    access,
    clock,
    faults: createFaults(),
    log: createRequestLog(real),
    replay: tape?.end() ?? null,
  }
}

/**
 * Starts a simulator and resolves when it listens.
 * @param real the machine's clock, epoch milliseconds
 * @returns `ready`, what a client needs to know, and `close`, which drops every connection
 */
export async function startSimulator(
  options: Partial<SimulatorOptions> = {},
  real: () => number = Date.now,
) {
  const settings = { ...defaults, ...options }
  const { host, port } = settings
  let parts = begin(settings, real)

  async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL) {
    const { world, access, clock, faults, log } = parts
    const method = request.method ?? 'GET'
    const path = url.pathname.slice(apiPrefix.length)
    const { caller, ...rest } = access.identify(request.headers)
    const token = caller ?? ('token' in rest ? rest.token : null) ?? 'none'
    const body = await readBody(request)
    const entry = log.open({
      method,
      path,
      query: url.search.slice(1),
      token,
      ...(method === 'GET' || body === null ? {} : { body }),
    })
    world.advance(clock.now())
    const headers = {
      date: new Date(clock.wall() + clock.offsetMs()).toUTCString(),
      server: 'cloudflare',
      'cf-ray': `${randomBytes(8).toString('hex')}-LHR`,
      'cf-cache-status': 'DYNAMIC',
    }
    const fault = faults.take({ method, path, token })
    const honest =
      fault !== null && !applies(fault)
        ? { status: 200, headers: {}, body: {} }
        : answer(
            { method, path, query: url.searchParams, headers: request.headers, body: body ?? '' },
            { world, access, clock },
          )
    const said = fault === null ? honest : distort(honest, fault)
    entry.status = await deliver(response, said, fault, headers)
  }

  /** What a watcher would have seen of the past. */
  async function serveReplay(response: ServerResponse, lines: string[]) {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    await pipeline(
      Readable.from(lines).map((line: string) => `${line}\n`),
      response,
    )
  }

  async function serveControl(request: IncomingMessage, response: ServerResponse, url: URL) {
    const { replay } = parts
    if (replay !== null && request.method === 'GET' && url.pathname === `${controlPrefix}/replay`)
      return serveReplay(response, replay)
    const { status, body } = control(
      {
        method: request.method ?? 'GET',
        path: url.pathname.slice(controlPrefix.length),
        query: url.searchParams,
        text: (await readBody(request)) ?? '',
      },
      { ...parts, reset },
    )
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' })
    response.end(isText ? body : JSON.stringify(body))
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    // Put together as text: a path such as `//` is no address of its own.
    const url = new URL(`http://simulator${request.url ?? '/'}`)
    if (url.pathname.startsWith(`${apiPrefix}/`)) return serveApi(request, response, url)
    if (url.pathname.startsWith(`${controlPrefix}/`)) return serveControl(request, response, url)
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n')
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy()
      // A fault of the simulator's own must not pass for one of Cloudflare's.
      response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(`simulator: ${error instanceof Error ? error.message : String(error)}\n`)
    })
  })
  // Clients keep connections open between polls; longer than they do, so that they close first.
  server.keepAliveTimeout = 75_000
  server.listen(port, host)
  await once(server, 'listening')

  const { port: actualPort } = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`
  const toReady = ({ world, access }: typeof parts) => ({
    ready: true,
    baseUrl: `${origin}${apiPrefix}`,
    control: `${origin}${controlPrefix}`,
    accounts: world.accounts,
    token: access.tokens.write.value,
    readToken: access.tokens.read.value,
    email: access.email,
    key: access.key,
  })
  /** Begins another world in place of this one; what a client needs to know of it. */
  function reset(change: Partial<SimulatorOptions>) {
    parts = begin({ ...settings, ...change }, real)
    return toReady(parts)
  }

  return {
    ready: toReady(parts),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
