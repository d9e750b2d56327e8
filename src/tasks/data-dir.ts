import { join } from 'node:path'
import type { Settings } from '../proxy/settings.ts'
import { holdsDatabase } from '../proxy/store/open.ts'

/**
 * Which folder is a command of the host about? The demo’s, where no token is set and there is no other database:
 * the token may be known to Tandem’s own process only, and then what is meant is the account’s own.
 */
export function dataDirOf(settings: Settings): string {
  const folder = settings.TANDEM_DATA_DIR?.trim() || './data'
  const demo = join(folder, 'demo')
  const isDemo =
    !settings.CLOUDFLARE_API_TOKEN?.trim() && !holdsDatabase(folder) && holdsDatabase(demo)
  return isDemo ? demo : folder
}
