import type { Audit, AuditEntry } from './audit.ts'
import type { Strangers } from './strangers.ts'
import type { Who } from './who.ts'

/**
 * What was refused, as records. Somebody who keeps trying must not fill the disk: the same refusal of the
 * same one is written down at once and then once a minute with a count, and beyond `mostAMinute`
 * different ones, what else is refused becomes one record. Of those who are not signed in less is kept
 * (`strangers.ts`).
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
  const untold = new Map<string, number>()

  function note(refusal: Refusal) {
    if (refusal.who === null) return strangers.note(toEntry(refusal, 1))
    const own = `${refusal.who.id} ${refusal.why} ${refusal.method} ${refusal.path}`
    const isRoom = untold.size < mostAMinute
    const key = untold.has(own) || isRoom ? own : 'others'
    const times = untold.get(key)
    if (times !== undefined) {
      untold.set(key, times + 1)
      return
    }
    const told = key === own ? refusal : { ...refusal, ...others }
    untold.set(key, 0)
    write(told, 1)
    after(quietMs, () => tellRest(key, told))
  }

  function tellRest(key: string, refusal: Refusal) {
    const times = untold.get(key) ?? 0
    untold.delete(key)
    if (times === 0) return
    untold.set(key, 0)
    write(refusal, times)
    after(quietMs, () => tellRest(key, refusal))
  }

  function write(refusal: Refusal, times: number) {
    // Nothing was done, so there is nothing that must not be done unrecorded.
    void audit.append(toEntry(refusal, times)).catch(() => {})
  }

  return { note }
}

function toEntry({ who, from, why, method, path, requestId }: Refusal, times: number): AuditEntry {
  return {
    who: who ? { id: who.id, name: who.name, role: who.role } : null,
    from: from === '' ? null : from,
    what: 'refused',
    tunnelId: /^\/api\/tunnels\/([0-9a-f-]{36})(?:\/|$)/.exec(path)?.[1] ?? null,
    target: `${method} ${path.slice(0, mostPath)}`,
    facts: { why, ...(times > 1 ? { times } : {}) },
    requestId,
  }
}

const others = { who: null, from: '', method: 'ANY', path: 'many different ones' }
