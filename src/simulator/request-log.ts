/** What was asked, by whom, and what came of it: every request under `/client/v4`, newest 20,000. */

export type RequestEntry = {
  /** Counts from 1. */
  n: number
  /** The machine's clock, epoch milliseconds. */
  at: number
  method: string
  /** After `/client/v4`. */
  path: string
  query: string
  token: 'write' | 'read' | 'key' | 'none'
  /** Null while unanswered, or when the caller never saw a status. */
  status: number | null
  /** Of writes, as it came. */
  body?: string
}

export type RequestLog = ReturnType<typeof createRequestLog>

export function createRequestLog(now: () => number, capacity = 20_000) {
  let entries: RequestEntry[] = []
  let last = 0
  return {
    /** The entry is filled in later with the status. */
    open(request: Omit<RequestEntry, 'n' | 'at' | 'status'>): RequestEntry {
      last += 1
      const entry = { n: last, at: now(), ...request, status: null }
      entries.push(entry)
      // Cut rarely, so that a full ring does not cost a copy for every request.
      if (entries.length > capacity * 1.25) entries = entries.slice(-capacity)
      return entry
    },
    /** Entries after number `n`, oldest first. */
    since: (n: number) => entries.slice(-capacity).filter((entry) => entry.n > n),
    clear: () => {
      entries = []
    },
  }
}
