import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { mostLetters } from '#contract/most-letters.ts'
import type { ConnectorsFound } from '#contract/tunnel.ts'
import { get } from './client.ts'

/** Connectors of all tunnels in which the words occur. What was found stays until the next answer is there. */
export const connectorsFoundQuery = (words: string) =>
  queryOptions({
    queryKey: ['connectors-found', words],
    queryFn: ({ signal }) =>
      get<ConnectorsFound>(`/connectors?q=${encodeURIComponent(words.slice(0, mostLetters))}`, {
        signal,
      }),
    placeholderData: keepPreviousData,
    enabled: words.trim() !== '',
    gcTime: 0,
    retry: false,
  })
