/** The tables. Times are epoch milliseconds; booleans 0 or 1; the same on SQLite and PostgreSQL. */
export type Schema = {
  /** One row a failover; `body` is the contract's `Failover` as JSON. */
  failovers: {
    id: string
    tunnel_id: string
    account_id: string
    /** 1 while it runs: a unique index allows one per tunnel. */
    running: number
    requested_at: number
    body: string
  }
  /** What people did: written before it is sent, settled after. Never holds a secret. */
  actions: {
    id: string
    at: number
    who: string
    role: string
    operation: string
    tunnel_id: string | null
    input: string
    request_id: string
    outcome: string | null
    settled_at: number | null
  }
  /** Until when a token must rest after a 429, by its fingerprint: a restart must not forget it. */
  lockouts: { fingerprint: string; until: number }
}
