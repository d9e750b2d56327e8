import { gunzipSync, gzipSync } from 'node:zlib'
import { CfTunnel } from '#contract/cloudflare.ts'
import { InstallToken, type Tunnel, type TunnelDetail, type TunnelList } from '#contract/tunnel.ts'
import { TunnelChange, TunnelCreation } from '#contract/tunnel-requests.ts'
import type { Answer } from '../cloudflare/client.ts'
import { toListedTunnel } from '../cloudflare/translate.ts'
import { detailForScreen, isScreen, tunnelForScreen } from '../identity/for-screens.ts'
import { ProblemError } from '../problem.ts'
import { wantsFresh } from './fresh.ts'
import { liveTunnel, noticing, type Parts, perform, type Route, readBody } from './route.ts'

export function tunnelRoutes(route: Route, parts: Parts) {
  const { client, present, poller, now, bus, mayRefresh } = parts
  const serveList = createListCache((tunnels) => tunnels)
  const serveScreens = createListCache((tunnels) => tunnels.map(tunnelForScreen))

  route('tunnelList', (c) => {
    const zip = isScreen(c.get('who')) ? serveScreens() : serveList()
    c.header('content-type', 'application/json')
    c.header('vary', 'accept-encoding')
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(gunzipSync(zip))
    c.header('content-encoding', 'gzip')
    return c.body(zip)
  })

  route('tunnelGet', async (c, { tunnelId = '' }) => {
    if (wantsFresh(c)) {
      liveTunnel(parts, tunnelId)
      if (mayRefresh('tunnelGet', tunnelId)) await poller.readTunnel(tunnelId, 'look')
    }
    const tunnel = present.tunnel(tunnelId)
    const found = tunnel ?? liveTunnel(parts, tunnelId)
    return c.json(isScreen(c.get('who')) ? detailForScreen(found) : found)
  })

  route('tunnelCreate', async (c) => {
    const { name, ha, accountId: asked } = await readBody(c, TunnelCreation)
    const accountId = asked ?? (parts.accountIds.length === 1 ? parts.accountIds[0] : undefined)
    if (!accountId || !parts.accountIds.includes(accountId)) {
      throw new ProblemError('invalid-request', 'Choose one of the accounts that Tandem watches.', {
        field: 'accountId',
      })
    }
    const facts = {
      operation: 'tunnelCreate',
      tunnelId: null,
      input: { name, ha, accountId },
    } as const
    const created = await perform(parts, c, facts, async (_, noted) => {
      const options = { purpose: 'person', body: { name, ha } } as const
      return land(
        await noticing(
          parts,
          { ...facts, accountId },
          noted,
          client.call('tunnelCreate', { accountId }, options),
        ),
        accountId,
      )
    })
    poller.poke(created.id)
    return c.json(asItIsNow(created), 201)
  })

  route('tunnelUpdate', async (c, { tunnelId = '' }) => {
    const change = await readBody(c, TunnelChange)
    const { accountId, name: nameBefore } = liveTunnel(parts, tunnelId)
    const input = {
      ...(change.name === undefined ? {} : { name: { from: nameBefore, to: change.name } }),
      ...(change.secret === undefined ? {} : { secret: 'replaced' }),
    }
    const facts = { operation: 'tunnelUpdate', tunnelId, input } as const
    const changed = await perform(parts, c, facts, async (_, noted) => {
      const body = {
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.secret === undefined ? {} : { tunnel_secret: change.secret }),
      }
      const ids = { accountId, tunnelId }
      return land(
        await noticing(
          parts,
          { ...facts, accountId },
          noted,
          client.call('tunnelUpdate', ids, { purpose: 'person', body }),
        ),
        accountId,
      )
    })
    return c.json(asItIsNow(changed))
  })

  route('tunnelDelete', async (c, { tunnelId = '' }) => {
    const { accountId, name } = liveTunnel(parts, tunnelId)
    const facts = { operation: 'tunnelDelete', tunnelId, input: { name } } as const
    await perform(parts, c, facts, async (_, noted) => {
      const ids = { accountId, tunnelId }
      // Never `cascade`: that would delete the routes that depend on the tunnel.
      const answer = await noticing(
        parts,
        { ...facts, accountId },
        noted,
        client.call('tunnelDelete', ids, { purpose: 'person', body: {} }),
      )
      const listed = toListedTunnel(CfTunnel.parse(answer.result), accountId)
      await present.landDeleted(tunnelId, listed?.deletedAt ?? now())
    })
    return c.json(present.tunnel(tunnelId))
  })

  route('tokenGet', async (c, { tunnelId = '' }) => {
    const { accountId } = liveTunnel(parts, tunnelId)
    const facts = { operation: 'tokenGet', tunnelId, input: {} } as const
    const token = await perform(parts, c, facts, async (_, noted) => {
      const { result } = await noticing(
        parts,
        { ...facts, accountId },
        noted,
        client.call('tokenGet', { accountId, tunnelId }, { purpose: 'person' }),
      )
      const parsed = InstallToken.safeParse({ token: result })
      if (parsed.success && parsed.data.token !== '') return parsed.data
      throw new ProblemError(
        'unexpected-answer',
        'Cloudflare answered without an install token. Try again.',
      )
    })
    return c.json(token)
  })

  /** While it was put on record, a poll may have brought news, which every stream has told already. */
  const asItIsNow = (then: TunnelDetail) => present.tunnel(then.id) ?? then

  /** Takes the tunnel that a write answered into the present, for everybody. */
  async function land(answer: Answer, accountId: string) {
    const listed = toListedTunnel(CfTunnel.parse(answer.result), accountId)
    // The write worked; without an id in its answer the next listing shows what it made.
    const unreadable = () =>
      new ProblemError(
        'outcome-unknown',
        'Cloudflare did it but its answer names no tunnel. The list shows the result in a few seconds.',
      )
    if (!listed) throw unreadable()
    // What was read while the change was under way may still show the time before it.
    await present.landChange(listed, answer.doneAt, answer.at)
    const tunnel = present.tunnel(listed.id)
    if (!tunnel) throw unreadable()
    return tunnel
  }

  /**
   * The list is the same for all people, and for all screens: made once a version. Only what nearly everybody
   * takes is kept: beside it the text would be ten times as much, with every version once more.
   */
  function createListCache(tell: (tunnels: Tunnel[]) => Tunnel[]) {
    let made: { version: string; zip: Buffer<ArrayBuffer> } | null = null
    return () => {
      const version = bus.version()
      if (made?.version !== version) {
        const list: TunnelList = { version, at: now(), tunnels: tell(present.tunnels()) }
        made = { version, zip: gzipSync(JSON.stringify(list), { level: 5 }) }
      }
      return made.zip
    }
  }
}
