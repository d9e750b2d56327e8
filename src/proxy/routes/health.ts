import type { Hono } from 'hono'
import { sql } from 'kysely'
import type { Env } from '../identity/who.ts'
import type { Parts } from './route.ts'

/** For supervisors: is the process alive, and has it something to show? */
export function healthRoutes(app: Hono<Env>, { db, poller }: Parts) {
  app.get('/healthz', (c) => c.json({ alive: true }, 200, { 'cache-control': 'no-store' }))

  app.get('/readyz', async (c) => {
    const storage = await sql`select 1`.execute(db).then(
      () => true,
      () => false,
    )
    const { state, reason } = poller.state(null)
    const looked = poller.hasLooked() || state === 'paused'
    const status = storage && looked ? 200 : 503
    return c.json({ ready: status === 200, storage, looked, poller: state, reason }, status, {
      'cache-control': 'no-store',
    })
  })
}
