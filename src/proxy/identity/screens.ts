import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import {
  type Pairing,
  type PairingState,
  type Screen,
  type ScreenApproval,
  type ScreenLink,
  type ScreenLinkRequest,
  screenLinkMs,
} from '#contract/people.ts'
import { ProblemError } from '../problem.ts'
import type { Store } from '../store/open.ts'
import type { Schema } from '../store/schema.ts'
import { networkOf } from './address.ts'
import { createWindow } from './limits.ts'
import { newCode, newOpaque, opaqueHash, readCode } from './opaque.ts'
import type { Who } from './who.ts'

/**
 * Screens on walls. One shows a short code, an admin approves it; or an admin makes a one-time link whose
 * secret is in the fragment. What waits to be claimed lives in memory for ten minutes, and is worth nothing once
 * whoever granted it is no admin any more; a screen that was paired has a cookie of its own, known here by its
 * hash, that changes every week and can be taken away.
 */
export type ScreenRow = Selectable<Schema['screens']>
export type Screens = ReturnType<typeof createScreens>

const minuteMs = 60_000
const dayMs = 86_400_000
const rotateMs = 7 * dayMs
const idleMs = 14 * dayMs
/** What was sent beside the request that changed the cookie still comes with the old one. */
const besideMs = minuteMs
const codeCharacters = 8
/** Showing a code at once, of one network: nobody can take everybody's places. */
const mostWaitingEach = 5
/** … and of all, so that many networks can't fill the memory. */
const mostWaiting = 1000
/** A screen asks every two seconds, in a hidden tab every minute: one that ceased shows its code no more. */
const unheardMs = 2 * minuteMs
/** Wrong codes of one admin in ten minutes. */
const wrongCodes = { most: 5, windowMs: screenLinkMs }
const touchMs = minuteMs
/** From more addresses than this in `spreadMs`, a copied cookie is likely. */
const usualAddresses = 2
const spreadMs = 15 * minuteMs

type Granter = Pick<Who, 'id' | 'name'>
type Grant = { name: string; view: string; days: number; by: Granter }
/** With the id that the screen is to have, so that the record of it can be written before. */
export type Granted = Grant & { id: string }
type Waiting = {
  code: string | null
  secretHash: string
  expiresAt: number
  grant: Grant | null
  heardAt: number
  /** While a screen is being made of it. */
  claim: Promise<unknown> | null
  /** The network that it was asked for from; null for an admin's link. */
  place: string | null
}

export function createScreens({
  db,
  now,
  isAdmin,
}: {
  db: Store
  now: () => number
  /** Whether whoever has this id, as `Who` has it, is an admin who may come in. */
  isAdmin: (id: string) => Promise<boolean>
}) {
  const waiting = new Set<Waiting>()
  const wrong = createWindow(wrongCodes, now)
  /** Cookies that were changed a moment ago, by their hash. */
  const changed = new Map<string, { screenId: string; at: number }>()
  const addresses = new Map<string, Map<string, number>>()
  const listeners = new Set<(screenId: string) => void>()

  function forgetWaiting() {
    for (const one of waiting) {
      const isLeft = one.grant === null && one.heardAt + unheardMs <= now()
      if (one.expiresAt <= now() || isLeft) waiting.delete(one)
    }
  }

  /** @throws ProblemError `too-many-attempts` when many of that network show a code already. */
  function begin(from: string): Pairing {
    forgetWaiting()
    const place = networkOf(from)
    const all = [...waiting].filter((one) => one.place !== null)
    const its = all.filter((one) => one.place === place)
    if (its.length >= mostWaitingEach || all.length >= mostWaiting) {
      throw new ProblemError(
        'too-many-attempts',
        'Too many screens are waiting to be paired. Pair those first, or try again in a few minutes.',
        { retryAt: now() + unheardMs },
      )
    }
    const code = newCode(codeCharacters, 4)
    return { code, ...wait(readCode(code), null, place) }
  }

  function wait(code: string | null, grant: Grant | null, place: string | null) {
    const secret = newOpaque()
    const expiresAt = now() + screenLinkMs
    const secretHash = opaqueHash(secret)
    waiting.add({ code, secretHash, expiresAt, grant, heardAt: now(), claim: null, place })
    return { secret, expiresAt }
  }

  /** An admin has read a screen's code. */
  function approve({ code, ...grant }: ScreenApproval, by: Granter) {
    forgetWaiting()
    const retryAt = wrong.fullUntil(by.id)
    if (retryAt > 0) {
      throw new ProblemError(
        'too-many-attempts',
        'Five wrong codes in ten minutes are enough. Let the screen show a new one and wait.',
        { retryAt },
      )
    }
    const typed = readCode(code)
    const found = [...waiting].find((one) => one.code === typed)
    if (!found) {
      wrong.add(by.id)
      throw new ProblemError(
        'not-found',
        'No screen shows this code. A code is good for ten minutes.',
        { field: 'code' },
      )
    }
    found.code = null
    found.grant = { ...grant, by: { id: by.id, name: by.name } }
  }

  /**
   * A screen asks for its access, with the secret that only it knows.
   *
   * @param onRecord writes down what begins, then begins it; if it throws, the access can be claimed again.
   * @returns what goes into its cookie once it was approved; null while it waits.
   * @throws ProblemError `link-spent`.
   */
  async function claim(
    secret: string,
    from: string,
    onRecord: <T>(granted: Granted, add: () => Promise<T>) => Promise<T>,
  ): Promise<{ state: PairingState; cookie: { secret: string; expiresAt: number } | null }> {
    forgetWaiting()
    const hash = opaqueHash(secret)
    const found = [...waiting].find((one) => one.secretHash === hash)
    if (found?.grant && !(await isAdmin(found.grant.by.id))) waiting.delete(found)
    // Of several claims at once one makes a screen, and the next one only if that fails.
    while (found?.claim) await found.claim.catch(() => {})
    if (!found || !waiting.has(found)) {
      throw new ProblemError(
        'link-spent',
        'This was used already, is older than ten minutes, or comes from somebody who is no admin any more. Start again for a new code.',
      )
    }
    found.heardAt = now()
    const { grant, expiresAt } = found
    if (!grant) return { state: { state: 'waiting', expiresAt }, cookie: null }
    const granted = { ...grant, id: randomUUID() }
    const claim = onRecord(granted, () => add(granted, from))
    found.claim = claim
    try {
      const cookie = await claim
      waiting.delete(found)
      return { state: { state: 'paired', view: grant.view }, cookie }
    } finally {
      found.claim = null
    }
  }

  async function add({ id, name, view, days, by }: Granted, from: string) {
    const secret = newOpaque()
    const expiresAt = now() + days * dayMs
    await db
      .insertInto('screens')
      .values({
        id,
        name,
        view,
        secret_hash: opaqueHash(secret),
        previous_hash: null,
        rotated_at: now(),
        added_at: now(),
        added_by: by.name,
        expires_at: expiresAt,
        seen_at: now(),
        from_address: from,
      })
      .execute()
    return { secret, expiresAt }
  }

  const holds = (row: ScreenRow | undefined): row is ScreenRow =>
    row !== undefined && now() < row.expires_at && now() - row.seen_at < idleMs

  /**
   * Whose cookie that is; null when it is nobody's or its time is over.
   *
   * @param rotate whether the answer can carry a new cookie.
   * @returns with `cookie` when it is to be changed: both are good until the new one was seen, and for a
   *   minute, because a page sends several requests at once.
   */
  async function find(secret: string, from: string, rotate: boolean) {
    const hash = opaqueHash(secret)
    forgetChanged()
    const row = await db
      .selectFrom('screens')
      .selectAll()
      .where((where) =>
        where.or([
          where('secret_hash', '=', hash),
          where('previous_hash', '=', hash),
          where('id', '=', changed.get(hash)?.screenId ?? ''),
        ]),
      )
      .executeTakeFirst()
    if (!holds(row)) return null
    noticeAddress(row.id, from)
    const set: Partial<ScreenRow> = {}
    if (now() - row.seen_at >= touchMs || row.from_address !== from) {
      set.seen_at = now()
      set.from_address = from
    }
    let cookie: { secret: string; expiresAt: number } | null = null
    if (row.secret_hash === hash && row.previous_hash !== null) set.previous_hash = null
    // A change whose answer was lost is made again when the old cookie comes back later.
    const isLost = row.previous_hash === hash && now() - row.rotated_at >= besideMs
    const isDue = now() - row.rotated_at >= rotateMs || isLost
    if (rotate && isDue) {
      const next = newOpaque()
      cookie = { secret: next, expiresAt: row.expires_at }
      set.secret_hash = opaqueHash(next)
      set.previous_hash = hash
      set.rotated_at = now()
    }
    if (Object.keys(set).length > 0) {
      const isWritten = await db
        .updateTable('screens')
        .set(set)
        .where('id', '=', row.id)
        // Of requests at the same moment, one changes the cookie.
        .where('secret_hash', '=', row.secret_hash)
        .executeTakeFirst()
        .then(
          ({ numUpdatedRows }) => numUpdatedRows > 0n,
          // A full disk does not turn a wall dark.
          () => false,
        )
      if (!isWritten) cookie = null
      else if (cookie) changed.set(hash, { screenId: row.id, at: now() })
    }
    return { row, cookie }
  }

  function forgetChanged() {
    for (const [hash, { at }] of changed) if (now() - at >= besideMs) changed.delete(hash)
  }

  function noticeAddress(screenId: string, from: string) {
    const known = addresses.get(screenId) ?? new Map<string, number>()
    addresses.set(screenId, known)
    known.delete(from)
    known.set(from, now())
    for (const [address, at] of known) {
      if (now() - at >= spreadMs || known.size > 16) known.delete(address)
    }
  }

  const isSpread = (screenId: string) =>
    [...(addresses.get(screenId)?.values() ?? [])].filter((at) => now() - at < spreadMs).length >
    usualAddresses

  async function list(): Promise<Screen[]> {
    const rows = await db.selectFrom('screens').selectAll().orderBy('added_at', 'desc').execute()
    return rows.filter(holds).map((row) => ({
      id: row.id,
      name: row.name,
      view: row.view,
      addedAt: row.added_at,
      addedBy: row.added_by,
      expiresAt: row.expires_at,
      seenAt: row.seen_at,
      from: row.from_address,
      isSpread: isSpread(row.id),
    }))
  }

  async function get(screenId: string): Promise<ScreenRow> {
    const row = await db
      .selectFrom('screens')
      .selectAll()
      .where('id', '=', screenId)
      .executeTakeFirst()
    if (!holds(row)) throw new ProblemError('not-found', 'Tandem knows no such screen.')
    return row
  }

  const rename = (screenId: string, name: string) =>
    db.updateTable('screens').set({ name }).where('id', '=', screenId).execute()

  async function revoke(screenId: string) {
    await db.deleteFrom('screens').where('id', '=', screenId).execute()
    addresses.delete(screenId)
    for (const each of listeners) each(screenId)
  }

  return {
    /** A screen wants to be paired: what it shows, and what it claims its access with. */
    begin,
    approve,
    /** A link for a machine that nobody can type at. */
    link: (request: ScreenLinkRequest, { id, name }: Granter): ScreenLink => {
      forgetWaiting()
      const { secret, expiresAt } = wait(null, { ...request, by: { id, name } }, null)
      return { path: `/screen#${secret}`, expiresAt }
    },
    claim,
    find,
    isAlive: async (screenId: string) =>
      holds(
        await db.selectFrom('screens').selectAll().where('id', '=', screenId).executeTakeFirst(),
      ),
    get,
    list,
    rename,
    revoke,
    onEnded: (listener: (screenId: string) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    forgetOld: () =>
      db
        .deleteFrom('screens')
        .where((where) =>
          where.or([where('expires_at', '<=', now()), where('seen_at', '<=', now() - idleMs)]),
        )
        .execute(),
  }
}
