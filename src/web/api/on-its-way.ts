import type { QueryClient, QueryFilters } from '@tanstack/react-query'

/**
 * An answer that is on its way may have left before what the stream has just told, and nothing would put it
 * right until the next change: it is asked for anew. Whoever waits for it gets the later one.
 */
export function askAnew(cache: QueryClient, filters: QueryFilters) {
  for (const query of cache.getQueryCache().findAll({ ...filters, fetchStatus: 'fetching' })) {
    void query.cancel({ silent: true })
    query.fetch().catch(() => {
      // Whoever waits for it is told.
    })
  }
}

/** Shown now or on its way: asked for. Shown earlier: forgotten, so that nobody sees what was. */
export function askOrForget(cache: QueryClient, filters: QueryFilters) {
  cache.removeQueries({ ...filters, type: 'inactive', fetchStatus: 'idle' })
  askAnew(cache, filters)
  void cache.invalidateQueries({ ...filters, type: 'active', fetchStatus: 'idle' })
}
