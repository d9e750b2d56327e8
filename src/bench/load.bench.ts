import { Agent, get } from 'node:http'
import { setTimeout as rest } from 'node:timers/promises'
import type { Failover } from '#contract/failover.ts'
import { riskIds } from '#contract/failover-checks.ts'
import type { WorldTunnel } from '../../e2e/world.ts'
import type { Figure } from './figure.ts'
import type { Group } from './group.ts'
import { peakResidentBytes } from './memory.ts'
import { onStage, type Stage } from './stage.ts'

/** Does it bear a busy day? 500 open pages and 200 requests a second, while somebody fails over. */

const screens = 500
const perSecond = 200
const seconds = 60
const tunnels = 50
/** When the failover begins, after the load has. */
const failoverAfterMs = 20_000
/** How often all pages come back at once, as after a restart. */
const storms = 10

/** When each event reached the first and the last of the streams, and how many it reached. */
type Arrival = { first: number; last: number; count: number }

/** Streams that read everything and note what arrives when; they are there when each has heard something. */
async function openScreens(address: string) {
  const arrivals = new Map<string, Arrival>()
  let broken = 0
  let isOver = false
  const open = () =>
    new Promise<() => void>((resolve, reject) => {
      // Each its own connection, as every browser has one.
      const request = get(`${address}/api/events`, { agent: false }, (response) => {
        if (response.statusCode !== 200) {
          reject(new Error(`A stream was answered with ${response.statusCode}.`))
          return
        }
        let tail = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const now = performance.now()
          const events = (tail + chunk).split('\n\n')
          tail = events.pop() ?? ''
          for (const event of events) note(/^id: (\S+)\ndata: \{"type":"(\w+)"/.exec(event), now)
        })
        response.on('error', () => {})
        response.on('close', () => {
          if (!isOver) broken += 1
        })
        response.once('data', () => resolve(() => void response.destroy()))
      })
      request.on('error', reject)
    })

  /** Heartbeats and snapshots are each stream's own; everything else goes to all. */
  function note(match: RegExpExecArray | null, now: number) {
    const [, id = '', type] = match ?? []
    if (!match || type === 'heartbeat' || type === 'snapshot') return
    const arrival = arrivals.get(id) ?? { first: now, last: now, count: 0 }
    arrivals.set(id, { first: arrival.first, last: now, count: arrival.count + 1 })
  }

  const closers = await Promise.all(Array.from({ length: screens }, open))
  return {
    /** What is published from now on counts: everybody is there. */
    begin: () => arrivals.clear(),
    close() {
      isOver = true
      for (const close of closers) close()
    },
    arrivals: () => [...arrivals.values()],
    broken: () => broken,
  }
}

/** All pages come back at once, time after time: how long until the last has heard what it missed, seconds. */
async function storm(address: string): Promise<number[]> {
  const took: number[] = []
  for (let round = 0; round < storms; round += 1) {
    const began = performance.now()
    const { close } = await openScreens(address)
    took.push((performance.now() - began) / 1000)
    close()
    await rest(1_000)
  }
  return took
}

/** What pages ask for: lists, a tunnel and its parts, a day of history. */
function toQuestions(all: WorldTunnel[]): string[] {
  return [
    '/api/tunnels',
    '/api/session',
    '/api/history/summary',
    '/api/activity',
    ...all
      .slice(0, 8)
      .flatMap(({ id }) => [
        `/api/tunnels/${id}`,
        `/api/tunnels/${id}/connectors`,
        `/api/tunnels/${id}/history`,
        `/api/tunnels/${id}/failovers`,
      ]),
  ]
}

/**
 * Asks at fixed times, whether or not earlier ones are answered, and measures from the time at which a
 * question was due: a server that stalls makes all who wait slow, not only the one that it stalled on.
 */
async function askAll(address: string, questions: string[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const began = performance.now()
  const asked = Array.from({ length: perSecond * seconds }, async (_, n) => {
    const dueAt = began + (n * 1000) / perSecond
    await rest(Math.max(0, dueAt - performance.now()))
    const status = await ask(`${address}${questions[n % questions.length]}`, agent)
    return { tookMs: performance.now() - dueAt, isGood: status === 200 }
  })
  const answers = await Promise.all(asked)
  agent.destroy()
  return answers
}

function ask(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const request = get(url, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', () => resolve(0))
  })
}

/** What the proxy loads beside itself: asked by SIGUSR2, it prints how long nothing else could be done. */
const loopWatch = `
  import { monitorEventLoopDelay } from 'node:perf_hooks'
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  process.on('SIGUSR2', () => {
    console.log('loop ' + JSON.stringify({ p99: delay.percentile(99), max: delay.max }))
    delay.reset()
  })`
const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(loopWatch)}` }

/** Since it was last asked; milliseconds. */
async function loopDelays({ tandem }: Stage): Promise<{ p99: number; max: number }> {
  const said = () => tandem.output().match(/^loop \{.*\}$/gm) ?? []
  const before = said().length
  process.kill(tandem.pid(), 'SIGUSR2')
  while (said().length === before) await rest(20)
  const { p99, max } = JSON.parse(said().at(-1)?.slice('loop '.length) ?? '') as {
    p99: number
    max: number
  }
  return { p99: p99 / 1e6, max: max / 1e6 }
}

/** Fails over to a standby and waits for the end; how long it took from being sent, milliseconds. */
async function failOver({ address, world }: Stage, name: string): Promise<number> {
  const { tunnelId, active, standby } = await world.pair(name)
  const answer = await fetch(`${address}/api/tunnels/${tunnelId}/failovers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-by': 'tandem' },
    body: JSON.stringify({
      client_id: standby.id,
      expected_active_id: active.id,
      ticked: riskIds,
      reason: 'measured',
    }),
  })
  if (answer.status !== 202) throw new Error(`The failover was refused: ${await answer.text()}`)
  const { id } = (await answer.json()) as Failover
  for (;;) {
    await rest(100)
    const state = (await (await fetch(`${address}/api/failovers/${id}`)).json()) as Failover
    if (state.endedAt === null) continue
    if (state.state !== 'confirmed') throw new Error(`The failover ended as ${state.state}.`)
    return state.endedAt - Number(state.sentAt)
  }
}

export const load: Group = {
  name: 'load',
  says: `${screens} open pages and ${perSecond} requests/s while somebody fails over (2 min)`,

  async run(tell): Promise<Figure[]> {
    const simulator = ['--tunnels', String(tunnels), '--accounts', '1']
    return onStage({ simulator, env }, async (stage) => {
      await stage.swept(240_000)
      const all = await stage.world.tunnels()
      const [quiet, busy] = all.filter(
        ({ ha, connectors }) => ha && connectors.filter((one) => one.connected).length > 1,
      )
      if (!quiet || !busy) throw new Error('The world has no two tunnels that can fail over.')
      const usualMs = await failOver(stage, quiet.name)
      tell(`a failover alone takes ${(usualMs / 1000).toFixed(1)} s`)

      const streams = await openScreens(stage.address)
      tell(`${screens} streams are open`)
      await rest(2_000)
      streams.begin()
      await loopDelays(stage)
      const answering = askAll(stage.address, toQuestions(all))
      await rest(failoverAfterMs)
      const loadedMs = await failOver(stage, busy.name)
      tell(`under load it takes ${(loadedMs / 1000).toFixed(1)} s`)
      const answers = await answering
      const delays = await loopDelays(stage)
      await rest(2_000)
      const arrivals = streams.arrivals()
      streams.close()
      await rest(1_000)
      const backAfter = await storm(stage.address)

      const failed = answers.filter(({ isGood }) => !isGood).length
      const lost = arrivals.filter(({ count }) => count !== screens).length
      const peak = peakResidentBytes(stage.tandem.pid())
      const told = `${arrivals.length} events, ${streams.broken()} streams broken`
      return [
        {
          name: `reads under load, ${perSecond}/s for ${seconds} s`,
          unit: 'ms',
          samples: answers.map(({ tookMs }) => tookMs),
          by: 'p99',
          goal: { atMost: 100 },
        },
        {
          name: 'reads that failed',
          unit: '%',
          samples: [(failed / answers.length) * 100],
          by: 'max',
          goal: { atMost: 0 },
        },
        {
          name: `events that missed one of ${screens} streams, or broken streams`,
          unit: '%',
          samples: [((lost + streams.broken()) / (arrivals.length + screens)) * 100],
          by: 'max',
          goal: { atMost: 0 },
          note: told,
        },
        {
          name: `P17: an event, from the first stream to the last of ${screens}`,
          unit: 'ms',
          samples: arrivals.map(({ first, last }) => last - first),
          by: 'p99',
          goal: { atMost: 500 },
        },
        {
          name: `P18: ${screens} pages come back at once, until the last is live`,
          unit: 's',
          samples: backAfter,
          by: 'max',
          goal: { atMost: 15 },
        },
        {
          name: 'a failover under load, longer than alone by',
          unit: 's',
          samples: [(loadedMs - usualMs) / 1000],
          by: 'max',
          goal: { atMost: 1 },
          note: `${(usualMs / 1000).toFixed(1)} s alone, ${(loadedMs / 1000).toFixed(1)} s under load`,
        },
        {
          name: 'I11: the proxy’s event loop held up, p99 of a minute under load',
          unit: 'ms',
          samples: [delays.p99],
          by: 'max',
          goal: { below: 50 },
        },
        {
          name: 'I11: the same, the longest',
          unit: 'ms',
          samples: [delays.max],
          by: 'max',
          goal: { below: 250 },
        },
        ...(peak === null
          ? []
          : [
              {
                name: 'proxy’s memory under load, at its peak',
                unit: 'MB' as const,
                samples: [peak / 1e6],
                by: 'max' as const,
                goal: { atMost: 250 },
              },
            ]),
      ]
    })
  },
}
