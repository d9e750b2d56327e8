import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { outcomeWord } from '#contract/audit.ts'
import { openStore, type Store } from '../store/open.ts'
import { act } from './actions.ts'
import { type AuditEntry, createAudit } from './audit.ts'
import { beginning, type ChainRow, follow, hashOf } from './chain.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const ana = { id: 'person:ana', name: 'Ana', role: 'operator' } as const
const ben = { id: 'person:ben', name: 'Ben_100%', role: 'admin' } as const
const tunnelId = '11111111-1111-4111-8111-111111111111'
const entry: AuditEntry = {
  who: ana,
  from: '192.0.2.1',
  what: 'failoverRun',
  tunnelId,
  target: null,
  facts: { from: 'a', to: 'b' },
  requestId: 'r-1',
}
const everything = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100 }

let folder: string
let db: Store
let at: number
let lines: Record<string, unknown>[]
const now = () => {
  at += 1
  return at
}
const make = () => createAudit({ db, now, log: (facts) => lines.push(facts) })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-audit-'))
  at = start
  lines = []
  db = (await openStore(folder, now)).db
})
afterEach(async () => {
  await db.destroy()
  rmSync(folder, { recursive: true })
})

/** What somebody does who has the file and knows SQL: the triggers are no obstacle to that one. */
function byHand(...statements: string[]) {
  const file = new Database(join(folder, 'tandem.db'))
  file.exec('drop trigger audit_no_update; drop trigger audit_no_delete')
  for (const statement of statements) file.exec(statement)
  file.close()
}

async function fill(count: number) {
  const audit = make()
  for (let n = 0; n < count; n += 1) await audit.append({ ...entry, requestId: `r-${n}` })
  return audit
}

describe('what is written down', () => {
  test('a deed and what came of it are two records, shown as one', async () => {
    const audit = make()
    const id = await audit.append(entry)
    await audit.settle(id, 'started', { failoverId: 'f' })
    await audit.settle(id, 'confirmed', { ms: 4000 })
    const { records } = await audit.list(everything)
    expect(records).toMatchObject([
      {
        seq: 1,
        who: ana,
        what: 'failoverRun',
        facts: { from: 'a', to: 'b' },
        outcomes: [
          { result: 'started', facts: { failoverId: 'f' } },
          { result: 'confirmed', facts: { ms: 4000 } },
        ],
      },
    ])
    expect(await audit.verify()).toMatchObject({ isWhole: true, records: 3, last: { seq: 3 } })
  })

  test('what is being done is under way; only what nobody does any more has an end that is not known', async () => {
    const audit = make()
    const words = async () => (await audit.list(everything)).records.map(outcomeWord)
    const deed = {
      operation: 'failoverRun',
      who: { ...ana, from: '192.0.2.1' },
      tunnelId,
      input: {},
      requestId: 'r-1',
    } as const
    await audit.append({ ...entry, requestId: 'r-0' })
    const meanwhile = await act(audit, deed, words)
    expect(meanwhile).toEqual(['started', 'not known'])
    expect(await words()).toEqual(['done', 'not known'])
  })

  test('each record’s hash stands in the log', async () => {
    const audit = await fill(2)
    const { records } = await audit.list(everything)
    const logged = lines.map((line) => (line.audit as { hash: string }).hash)
    expect(logged).toEqual(records.map(({ hash }) => hash).toReversed())
  })

  test('a disk that fails is said before anything is done, and after a deed it is silent', async () => {
    const audit = make()
    const id = await audit.append(entry)
    await db.schema.alterTable('audit').renameTo('elsewhere').execute()
    await expect(audit.append(entry)).rejects.toMatchObject({ kind: 'not-recorded' })
    await expect(audit.settle(id, 'done')).resolves.toBeUndefined()
    await db.schema.alterTable('elsewhere').renameTo('audit').execute()
    await audit.append(entry)
    expect(await audit.verify()).toMatchObject({ isWhole: true, records: 2 })
  })

  test('many at once, from two processes’ hands, make one chain', async () => {
    const second = await openStore(folder, now)
    const hands = [make(), createAudit({ db: second.db, now, log: () => {} })]
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        (hands[n % 2] as (typeof hands)[0]).append({ ...entry, requestId: `r-${n}` }),
      ),
    )
    expect(new Set(ids).size).toBe(8)
    expect(await make().verify()).toMatchObject({ isWhole: true, records: 8 })
    await second.db.destroy()
  })

  test('half a character and a NUL, wherever they stand, leave the chain whole', async () => {
    const audit = make()
    const odd = 'a\ud83d b\ude00 \0 c'
    const id = await audit.append({
      who: { ...ana, id: odd, name: odd },
      from: odd,
      what: 'refused',
      tunnelId: odd,
      target: odd,
      facts: { [odd]: odd },
      requestId: odd,
    })
    await audit.settle(id, odd, { odd })
    expect(await audit.verify()).toMatchObject({ isWhole: true, records: 2 })
    const { records } = await audit.list(everything)
    expect(records[0]?.target).toBe('a\ufffd b\ufffd \0 c')
  })

  test('filters: window, person, part of a name, deed, tunnel, and page by page', async () => {
    const audit = make()
    await audit.append(entry)
    await audit.append({ ...entry, who: ben, what: 'tokenGet', tunnelId: null })
    await audit.append({ ...entry, who: null, from: '203.0.113.9', what: 'sign-in-failed' })
    const found = async (query: Partial<Parameters<typeof audit.list>[0]>) =>
      (await audit.list({ ...everything, ...query })).records.map(({ seq }) => seq)
    expect(await found({})).toEqual([3, 2, 1])
    expect(await found({ whoId: ana.id })).toEqual([1])
    expect(await found({ who: 'BEN' })).toEqual([2])
    expect(await found({ who: '203.0' })).toEqual([3])
    // Not a pattern: only one name has these characters.
    expect(await found({ who: '_1' })).toEqual([2])
    expect(await found({ who: '%' })).toEqual([2])
    expect(await found({ what: ['tokenGet', 'sign-in-failed'] })).toEqual([3, 2])
    expect(await found({ tunnelId })).toEqual([3, 1])
    expect(await found({ from: at, to: at + 1 })).toEqual([3])
    const first = await audit.list({ ...everything, limit: 2 })
    expect(first.before).toBe(2)
    expect(await found({ before: 2 })).toEqual([1])
  })

  test.for(['Özil', 'özil', 'ÖZIL', 'ö', 'O\u0308zil', '\uff5aIL'])(
    'a name with letters beyond A to Z is found by “%s”, whatever their case and way of being written',
    async (who) => {
      const audit = make()
      await audit.append({ ...entry, who: { ...ana, name: 'Mesut Özil' } })
      await audit.append(entry)
      const { records } = await audit.list({ ...everything, who })
      expect(records.map(({ seq }) => seq)).toEqual([1])
    },
  )
})

describe('S28 a record that was tampered with', () => {
  test('the database itself refuses to change or delete one', async () => {
    await fill(2)
    await expect(
      db.updateTable('audit').set({ who_name: 'Eve' }).where('seq', '=', 1).execute(),
    ).rejects.toThrow('append-only')
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow('append-only')
    expect(await make().verify()).toMatchObject({ isWhole: true, records: 2 })
  })

  test.for([
    ['edited', `update audit set who_name = 'Eve' where seq = 3`, 3, /^Record 3 was changed/],
    [
      'edited in its facts',
      `update audit set facts = '{}' where seq = 5`,
      5,
      /^Record 5 was changed/,
    ],
    ['taken out', 'delete from audit where seq = 4', 4, /^Record 4 is missing/],
    ['taken out at the beginning', 'delete from audit where seq = 1', 1, /^Record 1 is missing/],
    ['cut off at the end', 'delete from audit where seq = 6', 6, /^Record 6 is missing: the end/],
    ['cut off, several', 'delete from audit where seq > 3', 4, /^Records 4 to 6 are missing/],
    [
      'put in behind the end',
      `insert into audit select 7, at, who_id, 'Eve', role, from_address, what, tunnel_id, target,
        facts, request_id, refers, outcome, hash from audit where seq = 6`,
      7,
      /^Record 7 was put in/,
    ],
    [
      'swapped with its neighbour',
      'update audit set seq = 99 where seq = 2; update audit set seq = 2 where seq = 3; update audit set seq = 3 where seq = 99',
      2,
      /^Record 2 was changed/,
    ],
  ] as const)('%s', async ([, statement, seq, sentence]) => {
    const audit = await fill(6)
    byHand(statement)
    expect(await audit.verify()).toMatchObject({
      isWhole: false,
      fault: { seq, sentence: expect.stringMatching(sentence) },
    })
  })

  test('the end taken out of the database', async () => {
    const audit = await fill(3)
    byHand('delete from audit_head')
    expect(await audit.verify()).toMatchObject({
      isWhole: false,
      records: 3,
      fault: {
        seq: 4,
        sentence: expect.stringMatching(/^Where the chain ends is not written down/),
      },
    })
    await expect(audit.append(entry)).rejects.toMatchObject({
      kind: 'not-recorded',
      message: expect.stringMatching(/where its record ends is missing/),
    })
  })

  test('a chain that was written anew from a record on, or cut off with its end, is found by the log', async () => {
    const audit = await fill(4)
    const logged = new Map(
      lines.map((line) => {
        const { seq, hash } = line.audit as { seq: number; hash: string }
        return [seq, new Set([hash])] as const
      }),
    )
    expect(await audit.verify(logged)).toMatchObject({ isWhole: true })
    const rows = await db.selectFrom('audit').selectAll().orderBy('seq').execute()
    let hash = rows[1]?.hash ?? ''
    const statements = rows.slice(2).map((row) => {
      hash = hashOf(hash, { ...row, who_name: 'Eve' })
      return `update audit set who_name = 'Eve', hash = '${hash}' where seq = ${row.seq}`
    })
    byHand(...statements, `update audit_head set hash = '${hash}'`)
    expect(await audit.verify()).toMatchObject({ isWhole: true })
    expect(await audit.verify(logged)).toMatchObject({ isWhole: false, fault: { seq: 3 } })

    const short = new Database(join(folder, 'tandem.db'))
    short.exec('delete from audit where seq > 2')
    short.exec('update audit_head set seq = 2, hash = (select hash from audit where seq = 2)')
    short.close()
    expect(await audit.verify()).toMatchObject({ isWhole: true, records: 2 })
    expect(await audit.verify(logged)).toMatchObject({ isWhole: false, fault: { seq: 3 } })
  })
})

describe('the chain', () => {
  const text = fc.option(fc.string(), { nil: null })
  const row = fc.record({
    at: fc.nat(),
    who_id: text,
    who_name: text,
    role: text,
    from_address: text,
    what: fc.string(),
    tunnel_id: text,
    target: text,
    facts: fc.json(),
    request_id: text,
    refers: fc.option(fc.nat(), { nil: null }),
    outcome: text,
  })
  const chained = (bare: Omit<ChainRow, 'seq'>[]) => {
    let hash = beginning
    return bare.map((one, at) => {
      const next = { ...one, seq: at + 1 }
      hash = hashOf(hash, next)
      return { ...next, hash }
    })
  }
  const origin = { seq: 0, hash: beginning }

  test('every chain is followed to its end, and any one change, loss or swap is named no later than it is', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 2, maxLength: 12 }),
        fc.nat(),
        fc.constantFrom('change', 'loss', 'swap'),
        fc.string(),
        (bare, place, deed, other) => {
          const rows = chained(bare)
          expect(follow(origin, rows)).toEqual({ seq: rows.length, hash: rows.at(-1)?.hash })
          const at = place % (rows.length - 1)
          const changed = rows.map((one) => ({ ...one }))
          const [first, second] = [changed[at], changed[at + 1]]
          if (!first || !second) return
          if (deed === 'change') first.what = `${first.what}${other}.`
          if (deed === 'loss') changed.splice(at, 1)
          if (deed === 'swap') changed.splice(at, 2, second, first)
          expect(follow(origin, changed)).toMatchObject({
            seq: at + 1,
            sentence: expect.any(String),
          })
        },
      ),
      { numRuns: 500 },
    )
  })

  test('no two rows are one to it: what moves from one column into the next changes the hash', () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b)
        const hashes = [a, b].map((one) => hashOf(beginning, { ...one, seq: 1 }))
        expect(hashes[0] === hashes[1]).toBe(same)
      }),
    )
    const base = { at: 1, who_id: null, role: null, from_address: null, what: 'x', tunnel_id: null }
    const rest = {
      target: null,
      facts: '{}',
      request_id: null,
      refers: null,
      outcome: null,
      seq: 1,
    }
    expect(hashOf(beginning, { ...base, ...rest, who_name: 'ab', role: 'c' })).not.toBe(
      hashOf(beginning, { ...base, ...rest, who_name: 'a', role: 'bc' }),
    )
  })
})
