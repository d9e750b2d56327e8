import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FailoverCheck, FailoverChecks } from '#contract/failover.ts'
import { get } from '#web/api/client.ts'
import { landConnectors } from '#web/api/fresh.ts'

/**
 * What speaks against a failover, asked of Cloudflare when the dialog opens and again while it stays open,
 * so that nobody decides on old data. Tandem grants a fresh look once in ten seconds for one tunnel; in
 * between it answers from memory, with its age.
 */

const againMs = 11_000

/** @param activeId the active connector as the person saw it: what was asked of another one does not count. */
export function useFailoverChecks(
  tunnelId: string,
  to: string | null,
  activeId: string | null,
  isAsking: boolean,
) {
  const cache = useQueryClient()
  return useQuery({
    queryKey: ['failover-checks', tunnelId, to, activeId],
    queryFn: async ({ signal }) => {
      const query = to === null ? '' : `?to=${to}`
      const path = `/tunnels/${tunnelId}/failovers/checks${query}`
      const answer = await get<FailoverChecks>(path, { signal })
      landConnectors(cache, answer.connectors)
      return answer
    },
    enabled: isAsking,
    refetchInterval: againMs,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
}

/** What the person accepts and says, for the target and the active connector that it was said of. */
export type Consent = { ticked: readonly string[]; reason: string; drill: boolean }

export const noConsent: Consent = { ticked: [], reason: '', drill: false }

export const blocksIn = (checks: readonly FailoverCheck[]) =>
  checks.filter(({ kind }) => kind === 'block')

export const risksIn = (checks: readonly FailoverCheck[]) =>
  checks.filter(({ kind }) => kind === 'risk')

/**
 * @param checks null while Cloudflare is asked.
 * @param named what a refusal of the same failover named. That its look was slow stays to be accepted: a later one
 *   from memory can't tell. All else that look told to everybody, and what is no longer true goes.
 */
export function withNamed(
  checks: readonly FailoverCheck[] | null,
  named: readonly FailoverCheck[],
): FailoverCheck[] | null {
  if (checks === null) return null
  const isMissing = (check: FailoverCheck) =>
    check.id === 'stale-read' && !checks.some(({ id }) => id === check.id)
  // Behind the others, whose keys stay.
  return [...checks, ...named.filter(isMissing)]
}

/** Whether a grave risk asks for a reason. */
export const needsReason = (checks: readonly FailoverCheck[]): boolean =>
  risksIn(checks).some(({ grave }) => grave)

/** Why it can't be sent yet, as far as the checks and the person's consent go; null when it can. */
export function whyNotYet(
  checks: readonly FailoverCheck[] | null,
  { ticked, reason }: Consent,
): string | null {
  if (checks === null) return 'Tandem is asking Cloudflare what speaks against it.'
  const block = blocksIn(checks)[0]
  if (block) return block.sentence
  const open = risksIn(checks).filter(({ id }) => !ticked.includes(id)).length
  if (open > 0) return open === 1 ? 'Accept the risk first.' : `Accept the ${open} risks first.`
  return needsReason(checks) && reason.trim() === '' ? 'Say why in a few words first.' : null
}

/** A key for one decision: the same one sent again is the same failover. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  // Version 4, variant 1; `randomUUID` is missing where the page comes over plain HTTP.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
