import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { expect } from 'vitest'
import type { Problem } from '#contract/problem.ts'
import type { Session } from '#contract/session.ts'
import type { ConnectorList, Tunnel, TunnelDetail } from '#contract/tunnel.ts'
import { createApp } from '../app.ts'
import { assemble } from '../assemble.ts'
import { toTrustedProxies } from '../identity/address.ts'
import { createSecret } from '../secret.ts'
import type { OutsideSignIn } from '../sign-in-config.ts'
import { openStore } from '../store/open.ts'
import { type Acknowledged, brokenInvariants, toAcknowledged } from './invariants.ts'
import { wrongInAnswer, wrongInEvent } from './promised.ts'
import { createVirtualTime } from './time.ts'
import type { World } from './world.ts'

/**
 * The real Tandem, wired as `main.ts` wires it, in this process and on a clock of its own, against a
 * simulated Cloudflare in another process. Only the socket that people come in by is missing.
 */
export type Rig = Awaited<ReturnType<typeof startRig>>

export type RigOptions = {
  token?: string
  readToken?: string
  accountIds?: string[]
  baseUrl?: string
  /** Cloudflare's limit as Tandem has it in its settings. */
  rateLimit?: number
  /** Where the database lies: another rig's, to be that one after a restart. */
  folder?: string
  /** A database of more bytes is looked through beside the watch only. */
  wholeUpTo?: number
  /** Whether people sign in; by default nobody is asked. */
  signIn?: 'people' | 'off' | 'demo'
  /** Cloudflare Access, OpenID Connect, and whether passwords are taken beside them. */
  outside?: Partial<OutsideSignIn>
  /** What a call of an identity provider becomes. */
  signInFetch?: typeof fetch
  /** Safe hashing is slow on purpose: by default it is quick, and everything around it is tried. */
  passwordCost?: number
  /** Where people reach it, through a TLS proxy on this machine. */
  publicUrl?: string
  /** The simulated world stands still, which spares a request a call. */
  still?: boolean
  /** So far may the simulated world's clock fall behind, milliseconds, which spares most of them; not at all by default. */
  behindMs?: number
  /** Tandem's clock minus Cloudflare's, milliseconds. */
  aheadMs?: number
  /** The machine's clock as Tandem sees it, made of the rig's; by default the rig's own. */
  clock?: (now: () => number) => () => number
  /** What the machine's clock itself shows, made of the rig's; by default what Tandem's does. */
  wall?: (now: () => number) => () => number
  /** What a call of Cloudflare becomes on its way; by default it goes out as it is. */
  via?: (
    send: () => Promise<Response>,
    request: { method: string; path: string },
  ) => Promise<Response>
}

/** A call of Cloudflare, by the clock that Tandem has. */
export type Call = {
  at: number
  method: string
  path: string
  query: string
  status: number | null
  /** How many others were under way when it left. */
  beside: number
  /** Real time from its start to the end of its body. */
  tookMs: number | null
}

/** In memory where the machine offers it: every commit waits for the disk, which is not what is tried here. */
const home = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

export async function startRig(world: World, options: RigOptions = {}) {
  const folder = options.folder ?? mkdtempSync(join(home, 'tandem-fault-'))
  const { db, notice, checked } = await openStore(folder, Date.now, {
    wholeUpTo: options.wholeUpTo,
  })
  const baseUrl = options.baseUrl ?? world.baseUrl
  const token = options.token ?? world.token
  const rateLimit = options.rateLimit ?? 1200
  let underWay = 0
  let behindMs = 0
  const calls: Call[] = []
  const { now: worldNow } = await world.state()
  const aheadMs = options.aheadMs ?? 0
  const time = createVirtualTime(worldNow + aheadMs, () => underWay === 0)
  const now = options.clock?.(time.now) ?? time.now
  let lastAt = time.now()

  let caughtUp: Promise<unknown> = Promise.resolve()

  /** The simulated world lives as long as we did since it was last asked; no call gets there before. */
  function catchUp() {
    behindMs += time.now() - lastAt
    lastAt = time.now()
    if (behindMs < (options.behindMs ?? 0)) return caughtUp
    const ms = Math.round(behindMs)
    behindMs = 0
    if (ms > 0) caughtUp = caughtUp.then(() => world.order('/clock', { advanceMs: ms }))
    return caughtUp
  }

  async function upstream(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const url = new URL(String(input))
    const { pathname } = new URL(baseUrl)
    const call: Call = {
      at: now(),
      method: init?.method ?? 'GET',
      path: url.pathname.slice(pathname.length),
      query: url.search.slice(1),
      status: null,
      beside: underWay,
      tookMs: null,
    }
    calls.push(call)
    underWay += 1
    const began = performance.now()
    // Under way until its body has ended, so that the clock does not move before.
    const end = () => {
      if (call.tookMs !== null) return
      call.tookMs = performance.now() - began
      underWay -= 1
    }
    const send = async () => {
      if (baseUrl === world.baseUrl && !options.still) await catchUp()
      return fetch(input, init)
    }
    try {
      const response = await (options.via ? options.via(send, call) : send())
      call.status = response.status
      return endingWith(response, end)
    } catch (error) {
      end()
      throw error
    }
  }

  const lines: string[] = []
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => lines.push(line) })
  const tandem = await assemble({
    config: {
      mode: 'live',
      host: '127.0.0.1',
      demoRole: 'viewer',
      signIn: options.signIn ?? 'off',
      trustedProxies: options.publicUrl ? toTrustedProxies(['127.0.0.1']) : null,
      publicUrl: options.publicUrl ?? null,
      outside: { access: null, oidc: null, localAccounts: true, ...options.outside },
      recentSignInMs: 3_600_000,
      dataDir: folder,
      rateLimit,
      pollShare: 0.6,
      retentionDays: 400,
    },
    accountIds: options.accountIds ?? world.accounts,
    baseUrl,
    token: createSecret(token),
    readToken: options.readToken ? createSecret(options.readToken) : null,
    db,
    passwordCost: options.passwordCost ?? 2 ** 10,
    storeNotice: notice,
    storeChecked: checked,
    build: 'test',
    now,
    wall: options.wall?.(time.now) ?? now,
    after: time.after,
    random: () => 0.5,
    fetch: upstream,
    ...(options.signInFetch ? { signInFetch: options.signInFetch } : {}),
    log: {
      debug: (facts, message) => log.debug(facts, message),
      info: (facts, message) => log.info(facts, message),
      warn: (facts, message) => log.warn(facts, message),
      error: (facts, message) => log.error(facts, message),
      record: (facts, message) => log.info(facts, message),
    },
  })
  const app = createApp(tandem.parts, new Map())
  /** Everything that left the rig, for the search for secrets. */
  const said: string[] = []
  /** What of it is not what the contract promises. */
  const broken: (string | null)[] = []
  const acknowledged: Acknowledged[] = []
  tandem.parts.bus.subscribe(({ event }) => {
    said.push(JSON.stringify(event))
    broken.push(wrongInEvent(event))
  })
  const serve = app.fetch
  app.fetch = async (request, ...rest) => {
    const answer = await serve(request, ...rest)
    const { pathname } = new URL(request.url)
    if (!pathname.startsWith('/api/')) return answer
    const asked = [request.method, pathname.slice('/api'.length)] as const
    acknowledged.push(...toAcknowledged(...asked, answer))
    broken.push(await wrongInAnswer(...asked, answer))
    return answer
  }

  /** One request of a person. */
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const request = new Request(`http://127.0.0.1:8787/api${path}`, {
      method,
      headers: {
        host: '127.0.0.1:8787',
        'x-requested-by': 'tandem',
        ...headers,
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const response = await app.fetch(request)
    const text = await response.text()
    said.push(text)
    return { status: response.status, json: JSON.parse(text) as unknown }
  }
  /** The same, with time going on until it is answered. */
  const ask = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => time.during(send(method, path, body, headers))
  async function get<T>(path: string): Promise<T> {
    const { status, json } = await ask('GET', path)
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(json)}`)
    return json as T
  }

  let ended = false
  async function stop() {
    if (ended) return
    ended = true
    tandem.stop()
    await time.run(0)
  }

  /** Holds everything that it did to the invariants. */
  async function account() {
    expect(broken.filter((each) => each !== null)).toEqual([])
    const secrets = [token, ...(options.readToken ? [options.readToken] : [])]
    const hardStop = (rateLimit * 1000) / 1200
    const evidence = { db, calls, lines, said, secrets, acknowledged, hardStop }
    expect(await brokenInvariants(evidence)).toEqual([])
  }

  /** As it is held in the end, for whoever lives so long that there is no room for all that it did. */
  async function accountAndForget() {
    await account()
    for (const all of [calls, lines, said, broken, acknowledged]) all.length = 0
  }

  /** However it ends, it is held to account. */
  async function kill() {
    await stop()
    await account()
    await db.destroy()
  }

  tandem.start()
  return {
    tandem,
    time,
    calls,
    lines,
    db,
    folder,
    app,
    send,
    ask,
    get,
    session: () => get<Session>('/session'),
    poller: async () => (await get<Session>('/session')).poller,
    tunnels: async () => (await get<{ tunnels: Tunnel[] }>('/tunnels')).tunnels,
    tunnel: (tunnelId: string) => get<TunnelDetail>(`/tunnels/${tunnelId}`),
    connectors: (tunnelId: string) => get<ConnectorList>(`/tunnels/${tunnelId}/connectors`),
    /** A request that must be refused: its problem document. */
    async refused(method: string, path: string, body?: unknown): Promise<Problem> {
      const { status, json } = await ask(method, path, body)
      if (status < 400) throw new Error(`${method} ${path} was not refused: ${status}`)
      return json as Problem
    },
    /** Lets time pass until every live tunnel was read. */
    looked: () =>
      time.until('every tunnel was read', () => {
        const tunnels = tandem.parts.present.tunnels()
        return (
          tandem.parts.poller.hasLooked() && tunnels.every(({ checkedAt }) => checkedAt !== null)
        )
      }),
    accountAndForget,
    /** As a crash ends it: nothing more is done, and its folder stays. */
    kill,
    /** Ends it with everything that it wrote. */
    async end() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The same answer, which tells when its body has been read, thrown away or has broken off. */
function endingWith(response: Response, end: () => void): Response {
  const { status, headers, body } = response
  if (!body) {
    end()
    return response
  }
  const reader = body.getReader()
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        controller.close()
        end()
      } catch (error) {
        controller.error(error)
        end()
      }
    },
    async cancel(reason) {
      end()
      await reader.cancel(reason)
    },
  })
  return new Response(stream, { status, headers })
}
