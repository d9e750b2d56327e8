import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { setTimeout as rest } from 'node:timers/promises'
import { TunnelList } from '#contract/tunnel.ts'
import type { Tandem } from '../../e2e/tandem.ts'
import { peakResidentBytes } from '../bench/memory.ts'
import { onStage } from '../bench/stage.ts'

/** The built Tandem with half a core for itself, with 1,000 tunnels and 100 screens, while somebody uses it. */

const tunnels = 1000
const screens = 100
/** As a container's quota does it: half of every tenth of a second it stands still, even if it has done nothing before. */
const turnMs = 50

export type CrampedVerdict = {
  minutes: number
  /** The most memory that it ever had, bytes; null where the system does not keep it. */
  peak: number | null
  /** Processor time that it took, as a share of one core. */
  core: number
  /** The longest time in which a screen heard nothing, milliseconds. */
  silentMs: number
  /** Of what somebody asked every second, milliseconds. */
  answers: number[]
  refused: number
  /** Tunnels that were read at the end. */
  known: number
}

/** @param minutes after it has started */
export function cramp(minutes: number): Promise<CrampedVerdict> {
  const simulator = ['--tunnels', String(tunnels), '--accounts', '1', '--life', 'on']
  return onStage({ simulator }, async ({ address, tandem }) => {
    let isOver = false
    const ears = Array.from({ length: screens }, () => listenAt(address))
    const halving = halve(tandem, () => isOver)
    const [began, coreBefore] = [performance.now(), coreSeconds(tandem.pid())]
    const answers: number[] = []
    let refused = 0
    while (performance.now() - began < minutes * 60_000) {
      const askedAt = performance.now()
      const isGood = await fetch(`${address}/api/tunnels`)
        .then(async (answer) => (await answer.arrayBuffer()) && answer.ok)
        .catch(() => false)
      answers.push(performance.now() - askedAt)
      if (!isGood) refused += 1
      await rest(1000)
    }
    const seconds = (performance.now() - began) / 1000
    const core = (coreSeconds(tandem.pid()) - coreBefore) / seconds
    isOver = true
    await halving
    const silentMs = Math.max(...ears.map((end) => end()))
    const list = TunnelList.parse(await (await fetch(`${address}/api/tunnels`)).json())
    const known = list.tunnels.filter(({ checkedAt }) => checkedAt !== null).length
    const peak = peakResidentBytes(tandem.pid())
    return { minutes, peak, core, silentMs, answers, refused, known }
  })
}

async function halve(tandem: Tandem, isOver: () => boolean) {
  while (!isOver()) {
    tandem.pause()
    await rest(turnMs)
    tandem.resume()
    await rest(turnMs)
  }
}

/** A screen, which comes back when its stream ends. Ends it and tells its longest silence, milliseconds. */
function listenAt(address: string): () => number {
  let silentMs = 0
  let heardAt = performance.now()
  let isOver = false
  const hear = () => {
    silentMs = Math.max(silentMs, performance.now() - heardAt)
    heardAt = performance.now()
  }
  let close = () => {}
  const open = () => {
    // Each its own connection, as every browser has one.
    const request = get(`${address}/api/events`, { agent: false }, (response) => {
      response.on('data', hear)
      response.on('error', () => {})
    })
    request.on('error', () => {})
    request.on('close', () => {
      if (!isOver) setTimeout(open, 1000)
    })
    close = () => request.destroy()
  }
  open()
  return () => {
    isOver = true
    hear()
    close()
    return silentMs
  }
}

/** Of all its threads, since it began; Linux counts in hundredths of a second. */
function coreSeconds(pid: number): number {
  // The name, which comes second, may hold spaces.
  const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [, , , , , , , , , , , user, system] = after.split(' ')
  return (Number(user) + Number(system)) / 100
}
