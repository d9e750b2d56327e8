import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KyselyPlugin } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HistoryEvent } from '#contract/history.ts'
import { noEvent } from '../history/advance.ts'
import { loadKeys } from '../history/keys.ts'
import { openStore } from '../store/open.ts'
import { createMarks } from './marks.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-marks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const changeAt = (at: number): HistoryEvent => ({
  ...noEvent,
  id: `1-${at}-0`,
  tunnelId: 't',
  tunnelName: 'lon-core',
  at,
  kind: 'active-changed',
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
  const marks = await createMarks({
    db: db.withPlugin(slowly),
    keys: await loadKeys(db),
    now: () => 1_000,
    after: () => () => {},
    newId: () => 'm',
    log: async () => {},
    tell: () => {},
  })
  marks.notice([changeAt(500)])
  whileWritten = () => marks.notice([changeAt(900)])
  const ana = { id: 'p', name: 'Ana' }
  await marks.acknowledge('t', { through: 500, comment: 'Seen.' }, ana)
  expect(marks.of('t').unacknowledged).toEqual({ count: 1, firstAt: 900, lastAt: 900 })
  expect(marks.of('t').acknowledged).toMatchObject({ by: 'Ana' })
  await db.destroy()
})
