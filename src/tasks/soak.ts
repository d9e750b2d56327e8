import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWriter } from '../proxy/survival/bundle.ts'
import { killOften } from '../proxy/survival/killed.ts'

/**
 * `npm run soak [KILLS]`: kills the writer of history by SIGKILL 200 times, or as often as is asked, and
 * holds the database to everything that was said to be on the disk. Exits 1 when anything is missing.
 */

const kills = Number(process.argv[2] ?? 200)
const writer = await bundleWriter()
const startedAt = Date.now()
const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'tandem-soak-')))
const verdicts = await Promise.all(
  folders.map((folder, at) => killOften(writer, folder, Math.ceil((kills - at) / 2), 400)),
)
for (const folder of folders) rmSync(folder, { recursive: true })

const sum = (key: 'kills' | 'looks' | 'events' | 'actions') =>
  verdicts.reduce((total, verdict) => total + verdict[key], 0)
const faults = verdicts.flatMap((verdict) => verdict.faults)
for (const fault of faults) console.log(fault)
const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
console.log(
  `${sum('kills')} kills, ${sum('looks')} looks, ${sum('events')} events and ${sum('actions')} actions said to be on the disk, ${faults.length} missing or wrong, ${seconds} s`,
)
process.exitCode = faults.length > 0 || sum('kills') < kills ? 1 : 0
