import { sql } from 'kysely'
import type { Failover } from '#contract/failover.ts'
import { openToRead, type Store } from '../store/open.ts'

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
  /** What people were told was done. */
  acknowledged?: Acknowledged[]
  /** The most calls in any 300 s; 1,000, as at Cloudflare's own limit, if left out. */
  hardStop?: number
  /** By so much the clock of `calls` may differ from Tandem’s; not at all if left out. */
  clocksMs?: number
}

export type Acknowledged = { requestId: string; method: string; path: string }

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
 * By so much the clocks of two processes may differ: a machine's was seen to step 154 ms on and back again, and
 * Tandem's never goes back.
 */
const betweenProcessesMs = 1000

/**
 * What of I1 to I6, I8 and I9 of the reliability design is broken, in words; nothing if all of it holds. I7 is held in
 * `history/`, I9 of what Tandem sees by whoever kills, I10 in `streams.test.ts`; I11 is a figure of the machine, so
 * `npm run bench -- load` has it.
 */
export async function brokenInvariants(evidence: Evidence): Promise<string[]> {
  const { db, calls, lines, said, secrets, hardStop, clocksMs = 0, acknowledged = [] } = evidence
  const rows = await db.selectFrom('failovers').select('body').execute()
  const actions = await db
    .selectFrom('audit')
    .select(['tunnel_id', 'at'])
    .where('what', '=', 'failoverRun')
    .where('refers', 'is', null)
    .execute()
  const failovers = rows.map(({ body }) => JSON.parse(body) as Failover)
  const broken: string[] = []

  const puts = calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/failover'))
  for (const { path, at } of puts) {
    const own = failovers.filter((one) => path.includes(one.tunnelId))
    if (!own.some((one) => isWithin(at + clocksMs, one) || isWithin(at, one))) {
      const spans = own.map(({ requestedAt, endedAt }) => `${requestedAt} to ${endedAt}`).join(', ')
      broken.push(
        `I1: the failover of ${path} was not on disk before its PUT at ${at}, but ${spans || 'none'}`,
      )
    }
    const isNoted = actions.some(
      (one) => path.includes(String(one.tunnel_id)) && one.at <= at + clocksMs,
    )
    if (!isNoted) broken.push(`I1: nobody is noted down for ${path}`)
  }
  for (const [n, failover] of failovers.entries()) {
    const { id, tunnelId, state, activeNow, to, endedAt } = failover
    const its = puts.filter(({ path, at }) => path.includes(tunnelId) && isWithin(at, failover))
    if (its.length > 1) broken.push(`I2: ${its.length} PUTs of failover ${id}`)
    const overlaps = failovers
      .slice(n + 1)
      .filter((other) => other.tunnelId === tunnelId && doOverlap(failover, other))
    for (const other of overlaps) broken.push(`I3: failovers ${id} and ${other.id} at once`)
    const [sent] = its
    if (state !== 'confirmed' || !sent) continue
    const isRead = calls.some(
      ({ method, path, at }) =>
        method === 'GET' &&
        path.endsWith(`${tunnelId}/connections`) &&
        at >= sent.at &&
        at <= Number(endedAt),
    )
    if (!isRead) broken.push(`I4: failover ${id} is confirmed without a read after its PUT`)
    if (activeNow.join() !== to.connectorId)
      broken.push(`I4: failover ${id} is confirmed while ${activeNow.join()} is active`)
  }

  broken.push(...strangeCalls(calls, hardStop))
  broken.push(...(await unrecorded(db, acknowledged)))
  for (const [place, text] of Object.entries(await tablesOf(db))) {
    if (leaks([text], secrets).length > 0) broken.push(`I8: a piece of a token in ${place}`)
  }
  for (const [place, texts] of Object.entries({ log: lines, answers: said })) {
    for (const text of leaks(texts, secrets))
      broken.push(`I8: a piece of a token in the ${place}: ${text.slice(0, 200)}`)
  }
  return broken
}

/** The same of a data folder on which no Tandem runs any more, however it ended. */
export async function brokenIn(
  dataDir: string,
  evidence: Omit<Evidence, 'db' | 'clocksMs'>,
): Promise<string[]> {
  const db = openToRead(dataDir)
  const broken = await brokenInvariants({ ...evidence, db, clocksMs: betweenProcessesMs })
  await db.destroy()
  return broken
}

/** What of I9 is broken, in words: what was acknowledged to people, and is not on disk. */
async function unrecorded(db: Store, acknowledged: Acknowledged[]): Promise<string[]> {
  if (acknowledged.length === 0) return []
  const rows = await db
    .selectFrom('audit')
    .select('request_id')
    .where('refers', 'is', null)
    .execute()
  const known = new Set(rows.map(({ request_id }) => request_id))
  return acknowledged
    .filter(({ requestId }) => !known.has(requestId))
    .map(({ method, path }) => `I9: ${method} ${path} was acknowledged and is not on record`)
}

/**
 * What changes nothing, or need not; leaving, which waits for no record; and a failover: asked for twice it is one, and
 * its row is held by I1.
 */
const unrecordable = [
  'POST /screens/(pairings|claims)',
  'POST /invitations/look',
  'POST /me/second-factor',
  'POST /sign-out',
  'POST /demo/role',
  'PATCH /people/[^/]+',
  'POST /tunnels/[^/]+/failovers',
].map((pattern) => new RegExp(`^${pattern}$`))

/**
 * The request, if its answer acknowledges a change that must be on record.
 *
 * @param path without `/api`
 */
export function toAcknowledged(
  method: string,
  path: string,
  answer: { ok: boolean; headers: { get: (name: string) => string | null | undefined } },
): Acknowledged[] {
  const requestId = answer.headers.get('x-request-id')
  const isRead = method === 'GET' || method === 'HEAD'
  if (!answer.ok || isRead || !requestId) return []
  return unrecordable.some((pattern) => pattern.test(`${method} ${path}`))
    ? []
    : [{ requestId, method, path }]
}

type Span = Pick<Failover, 'requestedAt' | 'endedAt'>
const isWithin = (at: number, { requestedAt, endedAt }: Span) =>
  requestedAt <= at && at <= (endedAt ?? Number.POSITIVE_INFINITY)
const doOverlap = (one: Span, other: Span) =>
  other.requestedAt < (one.endedAt ?? Number.POSITIVE_INFINITY) &&
  one.requestedAt < (other.endedAt ?? Number.POSITIVE_INFINITY)

/** What of I5 and I6 is broken, in words: calls that Tandem must not make, and too many of them. */
export function strangeCalls(calls: Evidence['calls'], hardStop = 1000): string[] {
  const strangers = calls
    .map(({ method, path }) => `${method} ${path}`)
    .filter((call) => !allowed.some((pattern) => pattern.test(call)))
  const most = busiest(calls.map(({ at }) => at))
  return [
    ...strangers.map((call) => `I5: ${call} is no call that Tandem may make`),
    ...(most > hardStop ? [`I6: ${most} calls in 300 s`] : []),
  ]
}

/** All that the database holds: the rows of each of its tables as text, bytes as letters of their value. */
export async function tablesOf(db: Store): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table'
  `.execute(db)
  const texts: [string, string][] = []
  for (const { name } of rows) {
    const all = await sql<object>`select * from ${sql.table(name)}`.execute(db)
    const words = all.rows.flatMap(Object.values).map((each) =>
      // What is left of a database's bytes in JSON are numbers.
      each instanceof Uint8Array ? Buffer.from(each).toString('latin1') : String(each),
    )
    texts.push([`table ${name}`, words.join('\n')])
  }
  return Object.fromEntries(texts)
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
  // That nothing is there is the rule, and a few searches over everything tell it: whatever holds a piece in plain
  // letters holds one of these halves, wherever the piece begins.
  const halves = secrets.flatMap((secret) => secret.match(/.{6}/g) ?? [])
  const whole = pieces.filter((piece) => piece.length > pieceLength)
  const all = texts.join('\n')
  if (![...halves, ...whole].some((part) => all.includes(part))) return []
  return texts.filter((text) => pieces.some((piece) => text.includes(piece)))
}
