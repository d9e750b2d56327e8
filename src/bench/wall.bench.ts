import { setTimeout as rest } from 'node:timers/promises'
import type { CDPSession } from '@playwright/test'
import { inFreshBrowser } from './browser.ts'
import type { Group } from './group.ts'
import { onStage } from './stage.ts'
import { openStream } from './stream.ts'

/** Is a wall of 300 tiles a quiet guest on its machine? */

const tunnels = 300
const restSeconds = 60
const changes = 60
const everySeconds = 2
const foundOutSeconds = 180

/**
 * Milliseconds for which the page's main thread was busy since it began, by its own clock: what it waited for a
 * processor that others had does not count.
 */
async function busyMs(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length

/**
 * A second of the page: how long its main thread was busy, how many messages told of changes, and how often it asked
 * for its strips anew, which follows a change by up to a minute (`land-logged.ts`).
 */
type Second = { busyMs: number; told: number; asked: number }

/**
 * What changes cost beyond what a second costs anyway. A busy machine makes every second dearer, so those with
 * changes (and the ones after, for what follows a change) are held against their quiet neighbours of the same
 * minutes, not against a rest that was measured before.
 */
export function msPerChange(seconds: Second[]): number {
  const touches = (second: Second | undefined) =>
    second !== undefined && second.told + second.asked > 0
  const isTouched = (n: number) => touches(seconds[n]) || touches(seconds[n - 1])
  const busy = (touched: boolean) =>
    seconds.filter((_, n) => isTouched(n) === touched).map(({ busyMs: ms }) => ms)
  const quiet = mean(busy(false))
  const more = sum(busy(true).map((ms) => ms - quiet))
  return more / sum(seconds.map(({ told }) => told))
}

/**
 * For how many seconds each page must stay, so that a wall of so many pages shows its first from now on for as long
 * as is measured: there all tiles move up for one that changed. Pages turn by the clock, so the hour would choose.
 */
export function secondsOfFirst(pages: number, now: number): number {
  const lasts = restSeconds + changes * everySeconds + foundOutSeconds + 60
  for (let seconds = 3600; seconds > lasts; seconds -= 1) {
    const at = now / 1000 / seconds
    if (Math.floor(at) % pages === 0 && (1 - (at % 1)) * seconds > lasts) return seconds
  }
  throw new Error(`No wall of ${pages} pages shows its first one for ${lasts} s from now on.`)
}

export const wall: Group = {
  name: 'wall',
  says: 'A wall of 300 tunnels: its rest, a change (14 min)',

  async run() {
    // With the usual number of calls: a wall hears of each of them.
    const simulator = ['--tunnels', String(tunnels), '--accounts', '1', '--life', 'off']
    const found = await onStage({ simulator }, async (stage) => {
      await stage.swept(900_000)
      return inFreshBrowser(stage.address, async (page, devTools) => {
        await devTools.send('Performance.enable', { timeDomain: 'threadTicks' })
        // Heard beside the page: to listen in on its own stream would be work for its main thread.
        const told: number[] = []
        const close = await openStream(stage.address, {
          onEvent: (event, text) => {
            if (event.type === 'polled' && event.tunnels.length > 0)
              told.push(Buffer.byteLength(text))
          },
        })
        let asked = 0
        page.on('request', (request) => {
          if (new URL(request.url()).pathname === '/api/history/summary') asked += 1
        })
        await page.setViewportSize({ width: 1920, height: 1080 })
        await page.goto(`${stage.address}/wall`)
        const paging = await page.getByText(/^Page \d+ of \d+$/).innerText()
        const stays = secondsOfFirst(Number(/\d+$/.exec(paging)?.[0]), Date.now())
        await page.goto(`${stage.address}/wall?page=${stays}`)
        await page.getByText('Page 1 of').waitFor()
        await rest(5000)
        const before = await busyMs(devTools)
        await rest(restSeconds * 1000)
        const atRest = ((await busyMs(devTools)) - before) / (restSeconds * 1000)

        const some = (await stage.world.tunnels()).filter(({ connectors }) => connectors.length > 1)
        told.length = 0
        asked = 0
        const seconds: Second[] = []
        let [busy, heard] = [await busyMs(devTools), 0]
        // Nobody looks at these tunnels, so each change is found out when the tunnel's turn comes.
        for (let n = 0; n < changes * everySeconds + foundOutSeconds; n += 1) {
          const tunnel = some[n / everySeconds]
          if (tunnel && n < changes * everySeconds) await stage.world.swap(tunnel.id)
          await rest(1000)
          const [busyNow, heardNow] = [await busyMs(devTools), told.length]
          seconds.push({ busyMs: busyNow - busy, told: heardNow - heard, asked })
          ;[busy, heard] = [busyNow, heardNow]
          asked = 0
        }
        close()
        return { atRest, perChange: msPerChange(seconds), told: [...told] }
      })
    })
    return [
      {
        name: 'main thread at rest',
        unit: '%',
        samples: [found.atRest * 100],
        by: 'max',
        goal: { atMost: 2 },
      },
      {
        name: 'main thread for a change',
        unit: 'ms',
        samples: [found.perChange],
        by: 'max',
        goal: { atMost: 8 },
        note: `${found.told.length} messages with changes`,
      },
      {
        name: 'what the server sends for a change to a stream',
        unit: 'B',
        samples: found.told,
        by: 'median',
        goal: { atMost: 1000 },
      },
    ]
  },
}
