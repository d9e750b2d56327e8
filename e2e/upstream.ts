import { expect } from '@playwright/test'

/**
 * What may leave the proxy, written down once more, by hand and from Cloudflare's documents, so that a
 * wrong row in the proxy's own table makes a test fail.
 */

const account = '/accounts/[0-9a-f]{32}'
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const tunnels = `${account}/warp_connector`
const tunnel = `${tunnels}/${uuid}`

const allowed = [
  `GET ${tunnels}`,
  `POST ${tunnels}`,
  `GET ${tunnel}`,
  `PATCH ${tunnel}`,
  `DELETE ${tunnel}`,
  `GET ${tunnel}/token`,
  `GET ${tunnel}/connections`,
  `GET ${tunnel}/connectors/${uuid}`,
  `PUT ${tunnel}/failover`,
  `GET ${tunnel}/configurations`,
  `PUT ${tunnel}/configurations`,
  `GET ${account}/tokens/verify`,
  'GET /user/tokens/verify',
].map((pattern) => new RegExp(`^${pattern}$`))

/** A request as the simulator saw it; `path` may carry Cloudflare's prefix and a query. */
export type UpstreamRequest = { at: number; method: string; path: string }

const hardStop = 1000
const windowMs = 300_000

/** Asserts that only allowed calls were made, and at most 1,000 in any 300 s. */
export function expectAllowed(requests: UpstreamRequest[]) {
  const strangers = requests
    .map(({ method, path }) => `${method} ${path.replace(/\?.*$/, '').replace('/client/v4', '')}`)
    .filter((call) => !allowed.some((pattern) => pattern.test(call)))
  expect(strangers, 'calls that Tandem must not make').toEqual([])

  const times = requests.map(({ at }) => at).toSorted((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) <= at - windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  expect(most, 'calls in the busiest 300 s').toBeLessThanOrEqual(hardStop)
}
