import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openStore } from '../proxy/store/open.ts'
import { startWatcher } from '../proxy/survival/watcher.ts'
import type { Group } from './group.ts'
import { residentBytes } from './memory.ts'

/**
 * Does what remembers keep its memory? The recorder alone, on a real database: 20 tunnels, swept as often as in
 * six days; in each sweep the next of them has a new connection. Poller, present and streams are not in it: a
 * call of Cloudflare each would take hours.
 */

const sweeps = 100_000
const tunnels = 20
const t0 = Date.UTC(2025, 10, 24)

/** Which connection tunnel `t` has in sweep `n`: each has its turn, and none comes back. */
const runOf = (t: number, n: number) => Math.floor((n + tunnels - t) / tunnels)

export const sweeping: Group = {
  name: 'sweeps',
  says: 'memory of the recorder over 100,000 sweeps (3 min)',

  async run(tell) {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const heapMb = () => {
      collect()
      return process.memoryUsage().heapUsed / 1e6
    }
    const folder = mkdtempSync(join(tmpdir(), 'tandem-sweeps-'))
    const { db } = await openStore(folder, () => t0)
    const watcher = await startWatcher(db, t0)
    let early = { heap: 0, resident: 0 }
    const memory = () => ({ heap: heapMb(), resident: residentBytes(process.pid) / 1e6 })
    for (let n = 0; n < sweeps; n += 1) {
      watcher.pass(5_000)
      const looks = Array.from({ length: tunnels }, (_, t) =>
        watcher.toLooks(t + 1, { roles: ['active', 'passive'], runs: [runOf(t, n)] }),
      ).flat()
      await watcher.recorder.record(looks)
      watcher.told.length = 0
      if (n % 12 === 0) await watcher.recorder.flush()
      if (n === sweeps / 5) early = memory()
      if (n % (sweeps / 5) === 0 && n > 0) tell(`${n} sweeps`)
    }
    const late = memory()
    await db.destroy()
    rmSync(folder, { recursive: true })
    return [
      {
        name: 'recorder’s heap after 100,000 sweeps, of that after 20,000',
        unit: '%',
        samples: [(late.heap / early.heap) * 100],
        by: 'max',
        goal: { equals: 100, within: 0.05 },
        note: `${early.heap.toFixed(1)} MB → ${late.heap.toFixed(1)} MB of heap; resident ${early.resident.toFixed(0)} MB → ${late.resident.toFixed(0)} MB`,
      },
    ]
  },
}
