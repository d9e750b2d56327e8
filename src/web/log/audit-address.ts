import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { AuditChain, AuditPage, type AuditWhat, auditWhats } from '#contract/audit.ts'
import { get } from '#web/api/client.ts'
import { someOf } from '#web/api/search.ts'
import { parseRange, rangeQuery } from '#web/charts/range.ts'
import { serverNow } from '#web/ui/clock.ts'

/** What the address of the record may hold. Without a range it goes back to its beginning. */
export type AuditAddress = {
  who?: string | undefined
  /** Words joined by commas: which of them are known is this page's to say, not every page's. */
  what?: string | undefined
  tunnel?: string | undefined
  range?: string | undefined
}

export type AuditSearch = Omit<AuditAddress, 'what'> & { what?: AuditWhat[] | undefined }

export const toAuditSearch = ({ what, ...rest }: AuditAddress): AuditSearch => ({
  ...rest,
  what: someOf(auditWhats, what),
})

export const toAuditAddress = ({ what, ...rest }: AuditSearch): AuditAddress => ({
  ...rest,
  what: what?.join(','),
})

/** The same as Tandem's API and its exports take it. */
export function auditSearch({ who, what, tunnel, range: text }: AuditSearch): string {
  const range = parseRange(text)
  const query = new URLSearchParams(range ? rangeQuery(range, serverNow()) : '')
  if (who) query.set('who', who)
  if (what) query.set('what', what.join(','))
  if (tunnel) query.set('tunnel', tunnel)
  return query.toString()
}

/** A reader who has not gone back in time sees what others do; the stream does not tell it. */
const againMs = 10_000

/** The record, newest first, page by page. */
export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', search] as const,
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(auditSearch(search))
      if (pageParam !== null) query.set('cursor', pageParam)
      return get<AuditPage>(`/audit?${query}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? againMs : false),
    staleTime: 0,
    gcTime: 60_000,
  })

/** Whether the chain of records is whole; asking costs the server a walk along all of it. */
export const auditChainQuery = queryOptions({
  queryKey: ['audit-chain'],
  queryFn: ({ signal }) => get<AuditChain>('/audit/chain', { signal }),
  staleTime: 60_000,
  gcTime: 60_000,
})
