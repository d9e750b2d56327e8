import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../proxy/settings.ts'
import { isHeld } from '../proxy/store/hold.ts'
import { holdsDatabase } from '../proxy/store/open.ts'

/**
 * Which folder is a command of the host about? A demo’s, where no token is set and there is no other database:
 * the token may be known to Tandem’s own process only, and then what is meant is the account’s own. Of several demos
 * it is the one that runs, or else the usual one.
 */
export function dataDirOf(settings: Settings): string {
  const folder = settings.TANDEM_DATA_DIR?.trim() || './data'
  if (settings.CLOUDFLARE_API_TOKEN?.trim() || holdsDatabase(folder)) return folder
  const demos = demosIn(folder)
  return demos.find(isHeld) ?? demos[0] ?? folder
}

/** Each world of the demo has its own, and the usual one’s comes first: `demo`, `demo-outage`. */
const demosIn = (folder: string) =>
  namesIn(folder)
    .filter((name) => /^demo(?:-|$)/.test(name))
    .toSorted()
    .map((name) => join(folder, name))
    .filter(holdsDatabase)

/** None where there is no folder, or not for us: the command says so of the folder that it opens. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
