import { setTimeout as rest } from 'node:timers/promises'
import type { CDPSession } from '@playwright/test'
import { inFreshBrowser } from './browser.ts'
import type { Group } from './group.ts'
import { onStage } from './stage.ts'

/** Is a wall of 300 tiles a quiet guest on its machine? */

const tunnels = 300
const restMs = 60_000
const changes = 60
const everyMs = 500
const foundOutMs = 240_000

/** Milliseconds for which the page's main thread was busy since it began. */
async function busyMs(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
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
        await devTools.send('Performance.enable')
        await devTools.send('Network.enable')
        const told: number[] = []
        devTools.on('Network.eventSourceMessageReceived', ({ data }) => {
          if (data.includes('"type":"polled"') && data.includes('"tunnels":['))
            told.push(Buffer.byteLength(data))
        })
        await page.setViewportSize({ width: 1920, height: 1080 })
        await page.goto(`${stage.address}/wall?page=3600`)
        await page.getByRole('listitem').first().waitFor()
        await rest(5000)
        const before = await busyMs(devTools)
        await rest(restMs)
        const atRest = ((await busyMs(devTools)) - before) / restMs

        const some = (await stage.world.tunnels()).filter(({ connectors }) => connectors.length > 1)
        told.length = 0
        const [begun, since] = [await busyMs(devTools), performance.now()]
        for (let n = 0; n < changes; n += 1) {
          const tunnel = some[n % some.length]
          if (tunnel) await stage.world.swap(tunnel.id)
          await rest(everyMs)
        }
        // Nobody looks at these tunnels, so each is found out when its turn comes.
        await rest(foundOutMs)
        const lasted = performance.now() - since
        const perChange =
          ((await busyMs(devTools)) - begun - atRest * lasted) / Math.max(1, told.length)
        return { atRest, perChange, told: [...told] }
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
