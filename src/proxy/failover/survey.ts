import type { FailoverCheck, FailoverChecks } from '#contract/failover.ts'
import { type CheckId, reconnectsWithinMs, repeatedMs } from '#contract/failover-checks.ts'
import type { Connector, ConnectorList, Tunnel } from '#contract/tunnel.ts'
import { type Evidence, failoverChecks, reconnectsOf } from './checks.ts'
import type { Records } from './records.ts'

/** Gathers what the checks are made of: the last look, and what was seen before. */
export type Survey = ReturnType<typeof createSurvey>

export type SurveyDeps = {
  records: Records
  now: () => number
  /** Cloudflare's clock, as far as it is known. */
  cloudflareNow: () => number
  tunnel: (tunnelId: string) => Tunnel | null
  connectors: (tunnelId: string) => ConnectorList | null
  /** The connections of one connector that were open at some time since then. */
  livesSince: (
    tunnelId: string,
    connectorId: string,
    from: number,
  ) => Promise<readonly { openedAt: number; closedAt: number | null }[]>
  /** When another connector last became active, by Tandem, by itself or by others; null: not since then. */
  switchedAt: (tunnelId: string, from: number) => Promise<number | null>
  /** Until when the token for writing must rest; epoch ms, past when it need not. */
  lockedUntil: () => number
  /** Why the token may not write, as far as it is known; else null. */
  writeBarrier: (accountId: string) => string | null
  /** Since when nothing can be written down; null when the disk is fine. */
  notRecordingSince: () => number | null
}

export type Surveyed = {
  checks: FailoverCheck[]
  active: Connector | null
  target: Connector | null
  /** Ids that Cloudflare reported active. */
  actives: string[]
  answer: FailoverChecks
}

export function createSurvey(deps: SurveyDeps) {
  const { now } = deps

  /** Why nothing can be sent, whatever the connectors are like. */
  function standingBarriers(accountId: string): Evidence['barriers'] {
    const barriers: { id: CheckId; sentence: string }[] = []
    const lockedUntil = deps.lockedUntil()
    if (lockedUntil > now()) {
      const seconds = Math.ceil((lockedUntil - now()) / 1000)
      barriers.push({
        id: 'locked-out',
        sentence: `Cloudflare refuses every call of this token for another ${seconds} s, a failover too.`,
      })
    }
    const write = deps.writeBarrier(accountId)
    if (write) barriers.push({ id: 'no-write', sentence: write })
    if (deps.notRecordingSince() !== null) {
      barriers.push({
        id: 'not-recording',
        sentence:
          'Tandem can’t write to its disk: a failover that could not be recorded is refused.',
      })
    }
    return barriers
  }

  async function pastOf(tunnelId: string, targetId: string | null) {
    const from = deps.cloudflareNow() - reconnectsWithinMs
    const lives = targetId === null ? [] : await deps.livesSince(tunnelId, targetId, from)
    const closed = lives.flatMap(({ closedAt }) => closedAt ?? [])
    const earlier = await deps.records.sentSince(tunnelId, now() - repeatedMs)
    const switchedAt = await deps.switchedAt(tunnelId, now() - repeatedMs)
    return {
      reconnects: reconnectsOf(lives, from),
      lostAgeMs: closed.length > 0 ? Math.max(0, now() - Math.max(...closed)) : null,
      failoverAgesMs: earlier.map(({ sentAt, requestedAt }) =>
        Math.max(0, now() - (sentAt ?? requestedAt)),
      ),
      switchAgeMs: switchedAt === null ? null : Math.max(0, now() - switchedAt),
    }
  }

  /**
   * What speaks against a failover, from what is known now: whoever wants it fresh looks before.
   *
   * @param options.readAt when the look left that all of this rests on, if one was made for it.
   * @returns null for a tunnel that Tandem does not know.
   */
  async function survey(
    tunnelId: string,
    targetId: string | null,
    options: {
      seenActiveId?: string | null
      readAt?: number
      barriers?: Evidence['barriers']
    } = {},
  ): Promise<Surveyed | null> {
    const past = await pastOf(tunnelId, targetId)
    // After the last await, so that all of it is of one moment.
    const tunnel = deps.tunnel(tunnelId)
    const list = deps.connectors(tunnelId)
    if (!tunnel || !list) return null
    const { connectors } = list
    const readAt = options.readAt ?? list.checkedAt
    const actives = connectors.filter(({ role }) => role === 'active')
    const active = actives.length === 1 ? (actives[0] ?? null) : null
    const checks = failoverChecks(targetId, {
      ha: tunnel.ha,
      haMode: tunnel.haMode,
      deleted: tunnel.deletedAt !== null,
      connectors,
      now: deps.cloudflareNow(),
      ...(options.seenActiveId === undefined ? {} : { seenActiveId: options.seenActiveId }),
      readAgeMs: readAt === null ? null : now() - readAt,
      isReadForIt: options.readAt !== undefined,
      barriers: [...standingBarriers(tunnel.accountId), ...(options.barriers ?? [])],
      ...past,
    })
    return {
      checks,
      active,
      target: connectors.find(({ id }) => id === targetId) ?? null,
      actives: actives.map(({ id }) => id),
      answer: {
        tunnelId,
        to: targetId,
        checks,
        activeId: active?.id ?? null,
        at: now(),
        readAt,
        connectors: list,
      },
    }
  }

  return { survey }
}
