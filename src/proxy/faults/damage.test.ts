import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../store/open.ts'
import { startRig } from './rig.ts'
import { startWorld, type World } from './world.ts'

/** A database that is damaged where no start looks. */

let world: World
beforeAll(async () => {
  world = await startWorld()
}, 60_000)
afterAll(() => world.end())

test('P6 damage that is found beside the watch is said on the page and in the log, and watching goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-damage-'))
  const { db } = await openStore(folder, Date.now)
  const words = Array.from({ length: 500 }, (_, n) => ({ key: n + 1, word: `word number ${n}` }))
  await db.insertInto('words').values(words).execute()
  await db.destroy()
  const file = join(folder, 'tandem.db')
  const bytes = readFileSync(file)
  const page = Math.floor(bytes.indexOf('word number 250') / 4096) * 4096
  bytes.fill(0x5a, page, page + 64)
  writeFileSync(file, bytes)

  const rig = await startRig(world, { folder, wholeUpTo: 0 })
  const heard = new Promise<string | null>((resolve) => {
    rig.tandem.parts.bus.subscribe(({ event }) => {
      if (event.type === 'sessionChanged' && event.session.storeNotice !== null)
        resolve(event.session.storeNotice)
    })
  })
  expect(await heard).toMatch(/is damaged/)
  expect((await rig.session()).storeNotice).toMatch(/is damaged/)
  expect(rig.lines.filter((line) => line.includes('is damaged'))).toHaveLength(1)
  await rig.looked()
  await rig.end()
})
