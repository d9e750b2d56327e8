import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveEvent } from '#contract/events.ts'
import type { Failover } from '#contract/failover.ts'
import type { Problem } from '#contract/problem.ts'
import type { PollerState } from '#contract/session.ts'
import type { Tunnel } from '#contract/tunnel.ts'
import { start } from '../../../e2e/processes.ts'
import { listenAt } from '../faults/ear.ts'
import { type Acknowledged, brokenIn, toAcknowledged } from '../faults/invariants.ts'
import { wrongInAnswer, wrongInEvent } from '../faults/promised.ts'
import type { World } from '../faults/world.ts'

/** Tandem as a process of its own, reached over its socket in real time. */

export type Built = Awaited<ReturnType<typeof startBuilt>>

/**
 * @param env beside the settings that point it at the world; by default people sign in.
 * @param rateLimit calls in 300 s that Cloudflare allows here, as Tandem is told; by default enough for many tunnels.
 */
export async function startBuilt(
  world: World,
  env: Record<string, string> = {},
  rateLimit = 60_000,
) {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-built-'))
  await world.order('/rate-limit', { limit: rateLimit })
  const settings = {
    PORT: '0',
    TANDEM_DATA_DIR: folder,
    CLOUDFLARE_BASE_URL: world.baseUrl,
    CLOUDFLARE_API_TOKEN: world.token,
    CLOUDFLARE_ACCOUNT_ID: world.accounts.join(','),
    CLOUDFLARE_RATE_LIMIT: String(rateLimit),
    LOG_LEVEL: 'debug',
    ...env,
  }
  const program = start('proxy', [], { cwd: folder, early: true, env: settings })
  const line = await program.line(/is running: http:/)
  const port = Number(/:(\d+)\s*$/.exec(line)?.[1])
  const said: string[] = []
  const broken: (string | null)[] = []
  const acknowledged: Acknowledged[] = []

  /** What goes over the socket is what the request says, its Host too. */
  async function fetchAt(asked: Request): Promise<Response> {
    const answer = await send(port, asked)
    said.push(await answer.clone().text())
    const { pathname } = new URL(asked.url)
    const path = pathname.slice('/api'.length)
    acknowledged.push(...toAcknowledged(asked.method, path, answer))
    broken.push(await wrongInAnswer(asked.method, path, answer))
    return answer
  }

  /** One request of a person, where nobody signs in. A file comes as text. */
  async function ask(method: string, path: string, body?: unknown) {
    const headers = {
      host: '127.0.0.1:8787',
      'x-requested-by': 'tandem',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const asked = new Request(`http://127.0.0.1:8787/api${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = await fetchAt(asked)
    const isJson = /\bjson$/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, json: (await (isJson ? answer.json() : null)) as unknown }
  }
  async function get<T>(path: string): Promise<T> {
    const { status, json } = await ask('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(json)}`)
    return json as T
  }

  return {
    port,
    folder,
    settings,
    program,
    ask,
    get,
    /** A request that must be refused: its problem document. */
    async refused(method: string, path: string, body?: unknown): Promise<Problem> {
      const { status, json } = await ask(method, path, body)
      if (status < 400) throw new Error(`${method} ${path} was not refused: ${status}`)
      return json as Problem
    },
    /** For visitors, who come to it as to a rig. */
    app: { fetch: fetchAt },
    get lines() {
      return program.output().split('\n')
    },
    /** What a stream was told counts among what it said. */
    hear(event: LiveEvent) {
      said.push(JSON.stringify(event))
      broken.push(wrongInEvent(event))
    },
    /** Ends it as an operator does: what of the invariants and the contract it has broken, in words. */
    async end(): Promise<string[]> {
      const code = await program.end()
      const found = await brokenIn(folder, {
        calls: await world.requests(),
        lines: [program.output()],
        said,
        secrets: [world.token, world.readToken],
        acknowledged,
        hardStop: (rateLimit * 1000) / 1200,
      })
      rmSync(folder, { recursive: true })
      const bad = broken.filter((each) => each !== null)
      return [...(code === 0 ? [] : [`It ended with ${code}.`]), ...bad, ...found]
    },
  }
}

/** Node's own `fetch` would ask for the host that it connects to. */
async function send(port: number, asked: Request): Promise<Response> {
  const { pathname, search } = new URL(asked.url)
  const body = await asked.text()
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method } = asked
    const headers = {
      ...Object.fromEntries(asked.headers),
      // Node says it by itself for some methods only.
      ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    }
    const path = `${pathname}${search}`
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, resolve)
    sent.once('error', reject)
    sent.end(body === '' ? undefined : body)
  })
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(answer.headersDistinct))
    for (const value of values) headers.append(name, value)
  return new Response(await text(answer), { status: answer.statusCode ?? 0, headers })
}

/** Asks until it is so; the test's own time limit ends it. Null is no answer yet. */
export async function eventually<T>(
  ask: () => Promise<T | null>,
  isSo: (answer: NoInfer<T>) => boolean,
): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== null && isSo(answer)) return answer
    // Many ask at once, on a machine that has other things to do too.
    await sleep(300)
  }
}

/** A page that is open all the time, made of nothing but what its stream says. */
export function openPage({ port, hear }: Built) {
  const tunnels = new Map<string, Tunnel>()
  const failovers = new Map<string, Failover>()
  const events: LiveEvent[] = []
  const waiting = new Set<() => void>()
  let poller: PollerState | null = null

  function land(event: LiveEvent) {
    if (event.type === 'snapshot') {
      tunnels.clear()
      poller = event.session.poller
      for (const failover of event.failovers) failovers.set(failover.id, failover)
    }
    if (event.type === 'snapshot' || event.type === 'polled')
      for (const tunnel of event.tunnels) tunnels.set(tunnel.id, tunnel)
    if (event.type === 'polled') {
      for (const [id, checkedAt] of Object.entries(event.checked)) {
        const tunnel = tunnels.get(id)
        if (tunnel) tunnels.set(id, { ...tunnel, checkedAt })
      }
    }
    if (event.type === 'pollerChanged') poller = event.poller
    if (event.type === 'failoverChanged') failovers.set(event.failover.id, event.failover)
  }

  const ear = listenAt(port, undefined, {
    onEvent(event) {
      hear(event)
      events.push(event)
      land(event)
      for (const look of waiting) look()
    },
  })

  return {
    tunnels,
    failovers,
    events,
    /** Version and kind of each. */
    heard: ear.heard,
    poller: () => poller,
    /** Resolves at the event that makes it so; the test's own time limit ends it. */
    until: (isSo: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!isSo()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close: ear.close,
  }
}
