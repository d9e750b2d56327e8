import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HistoryEvent } from '#contract/history.ts'
import { noEvent } from '../history/advance.ts'
import { loadKeys } from '../history/keys.ts'
import { openStore, type Store } from '../store/open.ts'
import { createMarks } from './marks.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-marks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const changeAt = (at: number, kind: HistoryEvent['kind'] = 'active-changed'): HistoryEvent => ({
  ...noEvent,
  id: `1-${at}-0`,
  tunnelId: 't',
  tunnelName: 'lon-core',
  at,
  kind,
})
const ana = { id: 'p', name: 'Ana' }

const marksOn = async (db: Store) =>
  createMarks({
    db,
    keys: await loadKeys(db),
    now: () => 1_000,
    after: () => () => {},
    newId: () => 'm',
    log: async () => {},
    tell: () => {},
  })

test('a change that comes while an acknowledgement is written still waits', async () => {
  const { db } = await openStore(folder, () => 0)
  let whileWritten = () => {}
  const slowly: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      whileWritten()
      return result
    },
  }
  const marks = await marksOn(db.withPlugin(slowly))
  marks.notice([changeAt(500)])
  whileWritten = () => marks.notice([changeAt(900)])
  await marks.acknowledge('t', { through: 500, comment: 'Seen.' }, ana)
  expect(marks.of('t').unacknowledged).toEqual({ count: 1, firstAt: 900, lastAt: 900 })
  expect(marks.of('t').acknowledged).toMatchObject({ by: 'Ana' })
  await db.destroy()
})

test('an entry that came after what the person saw is not acknowledged, nor another one in its place', async () => {
  const { db } = await openStore(folder, () => 0)
  const marks = await marksOn(db)
  const [began, changed] = [changeAt(500, 'no-active-began'), changeAt(900)]
  marks.notice([began, changed])
  const { unacknowledged } = marks.of('t')
  const early = marks.acknowledge('t', { eventId: changed.id, through: began.at }, ana)
  await expect(early).rejects.toMatchObject({
    kind: 'already-acknowledged',
    message: expect.stringMatching(/^This came after/),
  })
  expect(marks.of('t')).toMatchObject({ unacknowledged, acknowledged: null })
  await marks.acknowledge('t', { eventId: changed.id, through: changed.at }, ana)
  expect(marks.of('t').unacknowledged).toBeNull()
  await db.destroy()
})
