import { expect } from 'vitest'
import type { Failover } from '#contract/failover.ts'
import type { Store } from '../store/open.ts'

/**
 * What must hold after every fault, whatever it was. The allow-list is written down once more, by hand,
 * so that a wrong row in the proxy's own table makes a test fail.
 */
type Evidence = {
  db: Store
  /** Calls of Cloudflare by one clock, in the order in which they left. */
  calls: { at: number; method: string; path: string }[]
  lines: string[]
  /** Answers and events. */
  said: string[]
  secrets: string[]
  /** The most calls in any 300 s: 1,000 at Cloudflare's own limit. */
  hardStop: number
}

const account = '/accounts/[0-9a-f]{32}'
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const tunnel = `${account}/warp_connector/${uuid}`
const allowed = [
  `(GET|POST) ${account}/warp_connector`,
  `(GET|PATCH|DELETE) ${tunnel}`,
  `GET ${tunnel}/(token|connections)`,
  `GET ${tunnel}/connectors/${uuid}`,
  `(GET|PUT) ${tunnel}/configurations`,
  `PUT ${tunnel}/failover`,
  `GET (${account}|/user)/tokens/verify`,
].map((pattern) => new RegExp(`^${pattern}$`))

const windowMs = 300_000

/**
 * Fails the test that breaks one of I1 to I6 and I8 of the reliability design. I7 is held in `history/`, I9
 * by whoever kills, I10 in `streams.test.ts`; I11 is a figure of the machine, so `npm run bench -- load` has it.
 */
export async function checkInvariants({ db, calls, lines, said, secrets, hardStop }: Evidence) {
  const rows = await db.selectFrom('failovers').selectAll().execute()
  const actions = await db
    .selectFrom('audit')
    .selectAll()
    .where('what', '=', 'failoverRun')
    .where('refers', 'is', null)
    .execute()
  const failovers = rows.map((row) => JSON.parse(row.body) as Failover)

  const puts = calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/failover'))
  for (const put of puts) {
    const its = failovers.filter(
      ({ tunnelId, requestedAt, endedAt }) =>
        put.path.includes(tunnelId) &&
        requestedAt <= put.at &&
        put.at <= (endedAt ?? Number.POSITIVE_INFINITY),
    )
    expect(its.length, 'I1: a PUT whose failover was not on disk before').toBeGreaterThan(0)
    const noted = actions.some(
      ({ tunnel_id, at }) => put.path.includes(String(tunnel_id)) && at <= put.at,
    )
    expect(noted, 'I1: a PUT of which nobody is noted down').toBe(true)
  }
  for (const failover of failovers) {
    const its = puts.filter(
      ({ path, at }) =>
        path.includes(failover.tunnelId) &&
        at >= failover.requestedAt &&
        at <= (failover.endedAt ?? Number.POSITIVE_INFINITY),
    )
    expect(its.length, 'I2: PUTs of one failover').toBeLessThanOrEqual(1)
    const sent = its[0]
    if (failover.state !== 'confirmed' || !sent) continue
    const read = calls.some(
      ({ method, path, at }) =>
        method === 'GET' &&
        path.endsWith(`${failover.tunnelId}/connections`) &&
        at >= sent.at &&
        at <= Number(failover.endedAt),
    )
    expect(read, 'I4: confirmed without a read after the PUT').toBe(true)
    expect(failover.activeNow, 'I4: confirmed while another one is active').toEqual([
      failover.to.connectorId,
    ])
  }

  for (const [at, failover] of failovers.entries()) {
    const overlaps = failovers
      .slice(at + 1)
      .filter(({ tunnelId }) => tunnelId === failover.tunnelId)
      .filter(
        (other) =>
          other.requestedAt < (failover.endedAt ?? Number.POSITIVE_INFINITY) &&
          failover.requestedAt < (other.endedAt ?? Number.POSITIVE_INFINITY),
      )
    expect(overlaps, 'I3: two failovers of one tunnel at once').toEqual([])
  }

  const strangers = calls
    .map(({ method, path }) => `${method} ${path}`)
    .filter((call) => !allowed.some((pattern) => pattern.test(call)))
  expect(strangers, 'I5: calls that Tandem must not make').toEqual([])
  expect(busiest(calls.map(({ at }) => at)), 'I6: calls in 300 s').toBeLessThanOrEqual(hardStop)

  const store = JSON.stringify({ rows, actions })
  for (const [place, texts] of Object.entries({ logs: lines, answers: said, store: [store] })) {
    expect(leaks(texts, secrets), `I8: pieces of a token in ${place}`).toEqual([])
  }
}

/** The most that fall into any 300 s. */
function busiest(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [last, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - windowMs) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

const pieceLength = 12

/** Texts that hold a piece of a secret: raw, as base64 or as it stands in an address. */
export function leaks(texts: string[], secrets: string[]): string[] {
  const pieces = secrets.flatMap((secret) => [
    ...Array.from({ length: secret.length - pieceLength + 1 }, (_, at) =>
      secret.slice(at, at + pieceLength),
    ),
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
  ])
  const all = texts.join('\n')
  // One search over everything tells that nothing is there, which is the rule.
  if (!pieces.some((piece) => all.includes(piece))) return []
  return texts.filter((text) => pieces.some((piece) => text.includes(piece)))
}
