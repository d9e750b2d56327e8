import type { Audit, AuditEntry } from './audit.ts'
import { characters } from './characters.ts'
import type { Strangers } from './strangers.ts'
import type { Who } from './who.ts'

/**
 * What was refused, as records. Somebody who keeps trying must not fill the disk: the same refusal of the
 * same one is written down at once and then once a minute with a count, and beyond `mostAMinute`
 * different ones of somebody, what else is refused to them becomes one record. Of those who are not signed in
 * less is kept (`strangers.ts`).
 */
export type Refusal = {
  who: Pick<Who, 'id' | 'name' | 'role'> | null
  /** The client's address. */
  from: string
  /** The problem's kind. */
  why: string
  method: string
  path: string
  requestId: string
}

export type Refusals = ReturnType<typeof createRefusals>

const quietMs = 60_000
const mostAMinute = 60
const mostPath = 200

export function createRefusals({
  audit,
  strangers,
  after,
}: {
  audit: Pick<Audit, 'append'>
  strangers: Strangers
  after: (ms: number, callback: () => void) => unknown
}) {
  /** How often each was refused since it was last written down. */
  const untold = new Map<string, { refusal: Refusal; times: number }>()

  function note(refusal: Refusal) {
    if (refusal.who === null) return strangers.note(toEntry(refusal, 1))
    const whose = `${refusal.who.id} `
    const own = `${whose}${refusal.why} ${refusal.method} ${refusal.path}`
    const different = [...untold.keys()].filter((key) => key.startsWith(whose)).length
    const key = untold.has(own) || different < mostAMinute ? own : `${whose}others`
    const counted = untold.get(key)
    if (counted) counted.times += 1
    else tell(key, key === own ? refusal : { ...refusal, ...others }, 1)
  }

  /** Writes it down, and a minute later how often it came since. */
  function tell(key: string, refusal: Refusal, times: number) {
    const counted = { refusal, times: 0 }
    untold.set(key, counted)
    write(refusal, times)
    after(quietMs, () => {
      // At the end of Tandem it was told before its time.
      if (untold.get(key) !== counted) return
      untold.delete(key)
      if (counted.times > 0) tell(key, refusal, counted.times)
    })
  }

  /**
   * Writes down now what was counted so far: Tandem ends.
   *
   * @throws ProblemError `not-recorded` at the first that can't be; the others are let go.
   */
  async function flush() {
    const rest = [...untold.values()]
    untold.clear()
    for (const { refusal, times } of rest)
      if (times > 0) await audit.append(toEntry(refusal, times))
    await strangers.flush()
  }

  function write(refusal: Refusal, times: number) {
    // Nothing was done, so there is nothing that must not be done unrecorded.
    void audit.append(toEntry(refusal, times)).catch(() => {})
  }

  return { note, flush }
}

function toEntry({ who, from, why, method, path, requestId }: Refusal, times: number): AuditEntry {
  return {
    who: who ? { id: who.id, name: who.name, role: who.role } : null,
    from: from === '' ? null : from,
    what: 'refused',
    tunnelId: /^\/api\/tunnels\/([0-9a-f-]{36})(?:\/|$)/.exec(path)?.[1] ?? null,
    target: `${method} ${characters(path, 0, mostPath)}`,
    facts: { why, ...(times > 1 ? { times } : {}) },
    requestId,
  }
}

const others = { from: '', method: 'ANY', path: 'many different ones' }
