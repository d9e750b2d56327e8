import type { Hono } from 'hono'
import { sql } from 'kysely'
import type { Env } from '../identity/who.ts'
import type { Parts } from './route.ts'

/**
 * For supervisors: is the process alive, and has it something to show? Ready is whose store is open and who has
 * listed the tunnels once, or could not and says why. Who asks signs in nowhere, so that every word is Tandem's
 * own: what Cloudflare says may have this machine's address in it.
 */
export function healthRoutes(app: Hono<Env>, { db, poller }: Parts) {
  app.get('/healthz', (c) => c.json({ alive: true }, 200, { 'cache-control': 'no-store' }))

  app.get('/readyz', async (c) => {
    const storage = await sql`select 1`.execute(db).then(
      () => true,
      () => false,
    )
    const state = poller.phase()
    const reason = poller.problem()
    const looked = poller.hasLooked() || state === 'paused'
    const status = storage && looked ? 200 : 503
    return c.json({ ready: status === 200, storage, looked, poller: state, reason }, status, {
      'cache-control': 'no-store',
    })
  })
}
