import { CfConfiguration } from '#contract/cloudflare.ts'
import type { Configuration } from '#contract/tunnel.ts'
import { ConfigurationChange } from '#contract/tunnel-requests.ts'
import { toConfiguration } from '../cloudflare/translate.ts'
import { ProblemError } from '../problem.ts'
import { wantsFresh } from './fresh.ts'
import { liveTunnel, noticing, type Parts, perform, type Route, readBody } from './route.ts'

export function configurationRoutes(route: Route, parts: Parts) {
  const { client, present, poller, mayRefresh } = parts
  /** Reads that are under way, by tunnel. */
  const reading = new Map<string, Promise<Configuration>>()

  route('configurationGet', async (c, { tunnelId = '' }) => {
    liveTunnel(parts, tunnelId)
    const known = present.configuration(tunnelId)
    if (known && !wantsFresh(c)) return c.json(known)
    const read = reading.get(tunnelId) ?? beginReading(tunnelId)
    if (read) return c.json(await read)
    if (known) return c.json(known)
    throw new ProblemError(
      'not-ready',
      'Tandem has not read this tunnel’s HA configuration yet. It goes on trying by itself: look again in a few seconds.',
    )
  })

  /** Null when Cloudflare was asked often enough already. */
  function beginReading(tunnelId: string) {
    if (!mayRefresh('configurationGet', tunnelId)) return null
    const read = poller.readConfiguration(tunnelId, 'look').finally(() => reading.delete(tunnelId))
    reading.set(tunnelId, read)
    return read
  }

  route('configurationPut', async (c, { tunnelId = '' }) => {
    const change = await readBody(c, ConfigurationChange)
    const { accountId } = liveTunnel(parts, tunnelId)
    const before = present.configuration(tunnelId)
    const input = {
      from: { haMode: before?.haMode ?? null, fnrId: before?.fnrId, vips: before?.vips },
      to: change,
    }
    const facts = { operation: 'configurationPut', tunnelId, input } as const
    const after = await perform(parts, c, facts, async (_, noted) => {
      const answer = await noticing(
        parts,
        { ...facts, accountId },
        noted,
        client.call(
          'configurationPut',
          { accountId, tunnelId },
          { purpose: 'person', body: toCloudflare(change) },
        ),
      )
      const configuration = toConfiguration(
        CfConfiguration.parse(answer.result),
        tunnelId,
        answer.at,
      )
      // An answer without a mode tells nothing: what holds now is read instead.
      if (configuration.haMode === null) return poller.readConfiguration(tunnelId, 'person')
      // What was read while the change was under way may still show the time before it.
      await present.landConfiguration(configuration, answer.doneAt, answer.at)
      return configuration
    })
    return c.json(after)
  })
}

function toCloudflare(change: ConfigurationChange) {
  const addresses = (list: string[]) => list.map((address) => ({ address }))
  switch (change.haMode) {
    case 'aws':
      return { ha_mode: 'aws', config: { fnr_id: change.fnrId } }
    case 'local':
      return {
        ha_mode: 'local',
        config: {
          vips: addresses(change.vips),
          ...(change.vipsPrevious ? { vips_previous: addresses(change.vipsPrevious) } : {}),
        },
      }
    default:
      return { ha_mode: change.haMode }
  }
}
