import { networkOf } from './address.ts'
import type { Audit, AuditEntry } from './audit.ts'
import { createWindow } from './limits.ts'

/**
 * What those who are not signed in tried, as records. Records are never deleted, so that nobody may fill the disk
 * with them: the first few of a network are written down one by one, what else it tries becomes one record in ten
 * minutes that counts, and what comes from more networks than that becomes one that names some. Whoever tries how
 * much, that is 32 records in ten minutes.
 *
 * Whose name was tried decides nothing here: how long an answer takes must not tell which names exist.
 */
export type Strangers = ReturnType<typeof createStrangers>

const windowMs = 10 * 60_000
/** Written down one by one in such a time, of one network and of all. */
const mostEach = 5
const mostOfAll = 20
/** Networks that have a count of their own. */
const mostCounted = 10
/** Names, networks and reasons that a count tells. */
const mostTold = 10

type Count = {
  first: AuditEntry
  times: number
  targets: Set<string | null>
  networks: Set<string>
  facts: Map<string, Set<unknown>>
}
type Awaiting = { entry: AuditEntry; since: number }

export function createStrangers({
  audit,
  after,
  now,
}: {
  audit: Pick<Audit, 'append'>
  after: (ms: number, callback: () => void) => unknown
  now: () => number
}) {
  const each = createWindow({ most: mostEach, windowMs }, now)
  const all = createWindow({ most: mostOfAll, windowMs }, now)
  const counts = new Map<string, Count>()
  /** What has yet to be followed, by who and from where. */
  const awaited = new Map<string, Awaiting>()

  function note(entry: AuditEntry) {
    const key = ownKey(entry)
    if (each.fullUntil(key) > 0 || all.fullUntil('') > 0) return count(entry)
    each.add(key)
    all.add('')
    write(entry)
  }

  /**
   * What fails only if nothing follows it: noted when nothing did in ten minutes, or when it comes again. A record has
   * the time at which it is written, so this one tells how long before it was: `awaitedMs`.
   */
  function noteUnless(entry: AuditEntry) {
    const before = awaited.get(whose(entry))
    if (before) note(unfollowed(before))
    const awaiting = { entry, since: now() }
    awaited.set(whose(entry), awaiting)
    after(windowMs, () => {
      if (awaited.get(whose(entry)) !== awaiting) return
      followed(entry)
      note(unfollowed(awaiting))
    })
  }

  const unfollowed = ({ entry, since }: Awaiting): AuditEntry => ({
    ...entry,
    facts: { ...entry.facts, awaitedMs: now() - since },
  })

  const followed = (entry: AuditEntry) => void awaited.delete(whose(entry))

  function count(entry: AuditEntry) {
    const [own, network] = [ownKey(entry), networkOf(entry.from ?? '')]
    const key = counts.has(own) || counts.size < mostCounted ? own : entry.what
    const counted = counts.get(key) ?? begin(key, entry)
    counted.times += 1
    add(counted.targets, entry.target)
    add(counted.networks, network)
    const facts = entry.who ? { ...entry.facts, name: entry.who.name } : entry.facts
    for (const [name, value] of Object.entries(facts)) {
      const values = counted.facts.get(name) ?? new Set()
      counted.facts.set(name, values)
      add(values, value)
    }
  }

  function begin(key: string, first: AuditEntry): Count {
    const count: Count = {
      first,
      times: 0,
      targets: new Set(),
      networks: new Set(),
      facts: new Map(),
    }
    counts.set(key, count)
    after(windowMs, () => {
      // At the end of Tandem it was told before its time.
      if (counts.get(key) !== count) return
      counts.delete(key)
      write(toEntry(count))
    })
    return count
  }

  /**
   * Writes down now what was counted so far: Tandem ends.
   *
   * @throws ProblemError `not-recorded` at the first that can't be; the others are let go.
   */
  async function flush() {
    for (const awaiting of awaited.values()) count(unfollowed(awaiting))
    awaited.clear()
    const told = [...counts.values()]
    counts.clear()
    for (const count of told) await audit.append(toEntry(count))
  }

  function write(entry: AuditEntry) {
    // Nothing was done, so there is nothing that must not be done unrecorded.
    void audit.append(entry).catch(() => {})
  }

  return { note, noteUnless, followed, flush }
}

const ownKey = ({ what, from }: AuditEntry) => `${what} ${networkOf(from ?? '')}`
const whose = ({ who, from }: AuditEntry) => `${who?.id} ${networkOf(from ?? '')}`

function toEntry({ first, times, targets, networks, facts }: Count): AuditEntry {
  const [network = ''] = networks
  const isOne = networks.size === 1
  return {
    ...first,
    who: null,
    from: isOne && network !== '' ? network : null,
    tunnelId: null,
    target: targets.size === 1 ? first.target : 'ANY many different ones',
    facts: {
      ...Object.fromEntries([...facts].map(([name, values]) => [name, oneOrAll(values)])),
      ...(isOne ? {} : { network: [...networks] }),
      times,
    },
  }
}

const oneOrAll = (values: Set<unknown>) => (values.size === 1 ? [...values][0] : [...values])

/** As many as are told: what is remembered ends as well. */
function add<T>(values: Set<T>, value: T) {
  if (values.size < mostTold) values.add(value)
}
