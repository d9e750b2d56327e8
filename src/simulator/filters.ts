import type { Status, Tunnel } from './world.ts'

/** Which tunnels does a listing ask for? The query of `GET /accounts/{id}/warp_connector`. */

export type Listing = {
  matches: (tunnel: Tunnel, status: Status) => boolean
  page: number
  perPage: number
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const statuses = ['inactive', 'degraded', 'healthy', 'down']
const dateTime = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

const existedAt = (tunnel: Tunnel, at: number) =>
  tunnel.createdAt <= at && (tunnel.deletedAt === null || tunnel.deletedAt > at)
const wasActiveAt = (tunnel: Tunnel, at: number) =>
  tunnel.activity.some(({ from, to }) => from <= at && (to === null || to > at))

const bad = (parameter: string, message: string) => ({ parameter, message })
/** 0 for what is no whole number: out of every range here. */
const whole = (text: string | null, fallback: number) =>
  text === null ? fallback : /^\d{1,9}$/.test(text) ? Number(text) : 0

/**
 * @param offsetMs what reported times are ahead of the world's
 * @returns what to list, or the fault of the first parameter that is wrong
 */
export function readListing(
  query: URLSearchParams,
  offsetMs = 0,
): Listing | { parameter: string; message: string } {
  const rules: ((tunnel: Tunnel, status: Status) => boolean)[] = []
  // An empty value counts as not given.
  const given = (name: string) => query.get(name) || null

  const deleted = given('is_deleted')
  if (deleted !== null && deleted !== 'true' && deleted !== 'false')
    return bad('is_deleted', 'is_deleted must be true or false')
  // Omitted means live only since December 2025; older texts say "all".
  rules.push((tunnel) => (tunnel.deletedAt !== null) === (deleted === 'true'))

  const name = given('name')
  if (name !== null) rules.push((tunnel) => tunnel.name === name)
  const include = given('include_prefix')
  if (include !== null) rules.push((tunnel) => tunnel.name.startsWith(include))
  const exclude = given('exclude_prefix')
  if (exclude !== null) rules.push((tunnel) => !tunnel.name.startsWith(exclude))

  const id = given('uuid')
  if (id !== null && !uuid.test(id)) return bad('uuid', 'uuid must be a UUID')
  if (id !== null) rules.push((tunnel) => tunnel.id === id.toLowerCase())

  const status = given('status')
  if (status !== null && !statuses.includes(status))
    return bad('status', `status must be one of ${statuses.join(', ')}`)
  if (status !== null) rules.push((_, actual) => actual === status)

  for (const [parameter, holds] of [
    ['existed_at', existedAt],
    ['was_active_at', wasActiveAt],
    [
      'was_inactive_at',
      (tunnel: Tunnel, at: number) => existedAt(tunnel, at) && !wasActiveAt(tunnel, at),
    ],
  ] as const) {
    const text = given(parameter)
    if (text === null) continue
    const at = dateTime.test(text) ? Date.parse(text) : Number.NaN
    if (Number.isNaN(at)) return bad(parameter, `${parameter} must be an RFC 3339 date-time`)
    rules.push((tunnel) => holds(tunnel, at - offsetMs))
  }

  const page = whole(given('page'), 1)
  if (page < 1) return bad('page', 'page must be a whole number, 1 or more')
  const perPage = whole(given('per_page'), 20)
  if (perPage < 1 || perPage > 1_000)
    return bad('per_page', 'per_page must be a whole number from 1 to 1000')

  return { matches: (tunnel, actual) => rules.every((rule) => rule(tunnel, actual)), page, perPage }
}
