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
    /** Of the dialog that it came from: a second request with it is the same failover. */
    idempotency_key: string | null
    drill: number
    /** The record of who started it, which its end is added to; null for a seeded one. */
    audit_id: string | null
    body: string
  }
  /** What was seen after a failover's end; `body` is the contract's `AfterFact` as JSON. */
  failover_facts: { failover_id: string; at: number; body: string }
  /** The connector that should carry a tunnel's traffic. */
  preferences: { tunnel_id: string; connector_id: string }
  /** How people label tunnels; a tag as `contract/tags.ts` keeps it. */
  tunnel_tags: { tunnel_id: string; tag: string }
  /** What people say to a tunnel's story; one row a contract's `Mark`. */
  marks: {
    id: string
    tunnel_id: string
    kind: string
    at: number
    from_at: number | null
    to_at: number | null
    by_id: string
    by_name: string
    text: string | null
    event_id: string | null
    ended_at: number | null
  }
  /** One row: since when changes wait for an acknowledgement. */
  marks_begin: { at: number }
  /**
   * What people did, append-only. A row with `refers` is what came of an earlier one. `hash` chains each
   * row to the one before it. Never holds a secret.
   */
  audit: {
    seq: number
    at: number
    who_id: string | null
    who_name: string | null
    role: string | null
    from_address: string | null
    what: string
    tunnel_id: string | null
    target: string | null
    /** JSON */
    facts: string
    request_id: string | null
    refers: number | null
    outcome: string | null
    hash: string
  }
  /** One row: where the chain ends. */
  audit_head: { seq: number; hash: string }
  /** People who may sign in. `name_key` is the name as it is compared. No secret is kept as it is told. */
  people: {
    id: string
    name: string
    name_key: string
    role: string
    /** Issuer and subject of somebody who signs in elsewhere, else null. */
    subject: string | null
    /** scrypt's answer with its parameters; null: none set. */
    password: string | null
    password_at: number | null
    /** Base32. The one thing that has to be kept as it is, because both sides compute with it. */
    totp_secret: string | null
    /** Shown but not yet confirmed with a code. */
    totp_pending: string | null
    /** The last 30 s step whose code was used: each is good once. */
    totp_used: number | null
    created_at: number
    disabled_at: number | null
    signed_in_at: number | null
    /** Of Cloudflare Access only tokens made after it count; null: an admin has ended none. */
    signed_out_at: number | null
    /** When Cloudflare Access made the newest token by which they were taken in. */
    vouched_at: number | null
  }
  /** When somebody was removed who signs in elsewhere, by their subject: no token of before that brings them back. */
  removals: { subject: string; at: number }
  /** One-time links to set a password. The secret itself is in the link only. */
  invitations: { secret_hash: string; person_id: string; expires_at: number }
  sessions: {
    /** For lists and the audit; it opens nothing. */
    id: string
    /** SHA-256 of what is in the cookie. */
    secret_hash: string
    person_id: string
    method: string
    signed_in_at: number
    /** When the person last proved to be the one. */
    proven_at: number
    seen_at: number
    from_address: string
    agent: string
  }
  /** Browsers that somebody has signed in with before: an attack from elsewhere does not slow them. */
  devices: { secret_hash: string; person_id: string; seen_at: number }
  screens: {
    id: string
    name: string
    /** The page that it shows: a path of Tandem's own. */
    view: string
    secret_hash: string
    /** The cookie before the last change of it, until the new one was seen. */
    previous_hash: string | null
    rotated_at: number
    added_at: number
    added_by: string
    expires_at: number
    seen_at: number
    from_address: string | null
  }
  /** Until when a token must rest after a 429, by its fingerprint: a restart must not forget it. */
  lockouts: { fingerprint: string; until: number }
  /** Calls of Cloudflare by ten seconds, and how many of them were polls; the last five minutes count. */
  calls: { at: number; calls: number; polls: number }

  /** Short keys for the long ids, so that a year of history stays small. */
  tunnels: { key: number; tunnel_id: string; account_id: string; watched_since: number }
  connectors: { key: number; tunnel: number; connector_id: string }
  /** Every word that repeats: states, colos, addresses, versions, names. */
  words: { key: number; word: string }
  /** What a tunnel looked like at the last look, as JSON: where a restart goes on from. */
  sights: { tunnel: number; body: string }
  /**
   * When it was last confirmed: moves with every sweep, so it is apart from everything that does not. Of 0, Tandem
   * itself: when it was last at work while it saw nothing.
   */
  confirmations: { tunnel: number; listed_at: number | null; seen_at: number | null }

  /**
   * Intervals, clustered by lane kind, tunnel and start. `kind` 0 status, 1 active connector, 2 role.
   * `subject` is the connector of a role lane, else 0. `value` is a word. `until_at` null: still holds.
   */
  spans: {
    kind: number
    tunnel: number
    began_at: number
    subject: number
    value: number
    reported: number
    precision_ms: number | null
    until_at: number | null
    reason: number | null
  }
  /** Lives of connections, clustered by tunnel and start. `connection` is the id's bytes. */
  lives: {
    tunnel: number
    opened_at: number
    connection: Buffer
    connector: number
    colo: number | null
    origin_ip: number | null
    version: number | null
    reported: number
    closed_at: number | null
    precision_ms: number | null
  }
  /** The log. `tunnel` 0 is Tandem itself; `kind` is the place in the contract's `eventKinds`. */
  events: {
    tunnel: number
    at: number
    seq: number
    kind: number
    connector: number | null
    from_word: number | null
    to_word: number | null
    /** The place in the contract's causes, or null. */
    cause: number | null
    by_word: number | null
    failover_id: string | null
    /** A word, as the other texts. */
    note: number | null
    precision_ms: number | null
  }
}
